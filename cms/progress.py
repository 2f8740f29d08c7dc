"""How far a report has come, in the few words that its reporter may read.

Nothing here tells what the report says, who is accused, who handles it or why: whoever finds the code
learns a status and dates. A case that nothing has read, that no zone has, or that went up sealed looks
the same as one that has just come in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from intake.models import Message, Report
from triage.models import Case

RECEIVED, ACCEPTED, IN_HAND = "received", "accepted", "in_hand"
FORWARDED, NOT_ACCEPTED, CLOSED = "forwarded", "not_accepted", "closed"

_STATUS: dict[str, str] = {
    Case.State.ASSIGNED: ACCEPTED,
    Case.State.IN_HAND: IN_HAND,
    Case.State.FORWARDED: FORWARDED,
    Case.State.CLOSED: CLOSED,
}
# The events from which a date in the timeline comes; any other event is the office's own business.
_MILESTONES = {"routed": ACCEPTED, "accepted": IN_HAND, "forwarded": FORWARDED, "closed": CLOSED}
_ENDS = (FORWARDED, NOT_ACCEPTED, CLOSED)


@dataclass(frozen=True)
class Step:
    on: date
    sentence: str


@dataclass(frozen=True)
class Line:
    """One message of the mailbox. text is "" for the reporter's own: it is not shown again to whoever
    holds the code."""

    on: date
    kind: str
    label: str
    from_office: bool
    text: str
    files: int


@dataclass(frozen=True)
class Progress:
    status: str
    word: str
    explanation: str
    steps: list[Step]
    lines: list[Line]
    asked: bool  # the office waits for an answer
    may_object: bool
    withdrawn: bool
    may_withdraw: bool


def progress_of(report: Report) -> Progress:
    case = getattr(report, "case", None)  # None while a failed receiver's work has not been made up for
    status = status_of(case.state, case.outcome) if case else RECEIVED
    messages = list(report.messages.prefetch_related("attachments"))
    kinds = [m.kind for m in messages]
    return Progress(
        status=status,
        word=words()[status][0],
        explanation=words()[status][1],
        steps=_steps(report, case, status),
        lines=[_line(m) for m in messages],
        asked=_asked(messages),
        may_object=status in _ENDS and Message.Kind.OBJECTION not in kinds,
        withdrawn=Message.Kind.WITHDRAWAL in kinds,
        may_withdraw=status not in _ENDS and Message.Kind.WITHDRAWAL not in kinds,
    )


def words() -> dict[str, tuple[str, str]]:
    return {
        RECEIVED: (
            _("Received"),
            _("Your report has arrived. It is read and sorted, and goes to the office that may handle it."),
        ),
        ACCEPTED: (_("Accepted"), _("Your report has been accepted and given to an office.")),
        IN_HAND: (_("In hand"), _("An office is working on your report.")),
        FORWARDED: (
            _("Passed to the competent body"),
            _("Another body is responsible for this matter. Your report was passed to it."),
        ),
        NOT_ACCEPTED: (
            _("Not accepted"),
            _(
                "The matter is outside what we may handle, for example because a court, arbitration or another "
                "body decides on it. If we have written to you, you find it below."
            ),
        ),
        CLOSED: (
            _("Concluded"),
            _("The work on your report is concluded. Whoever reported under a name is told the result."),
        ),
    }


def status_of(state: str, outcome: str) -> str:
    # The codes of outcomes are the desk's (cms.forms.desk).
    if state == Case.State.CLOSED and outcome.startswith("not_accepted"):
        return NOT_ACCEPTED
    return _STATUS.get(state, RECEIVED)


def _steps(report: Report, case: Case | None, status: str) -> list[Step]:
    """Days only. A step that the present status does not bear out (taken back, sealed up) is left out."""
    steps = [Step(report.received_on, words()[RECEIVED][0])]
    if case is None or status == RECEIVED:
        return steps
    order = (ACCEPTED, IN_HAND) if status in (ACCEPTED, IN_HAND) else (ACCEPTED, IN_HAND, FORWARDED, CLOSED)
    first: dict[str, date] = {}
    for verb, at in case.events.filter(verb__in=_MILESTONES).order_by("seq").values_list("verb", "at"):
        milestone = _MILESTONES[verb]
        if milestone in (FORWARDED, CLOSED):
            first[milestone] = timezone.localdate(at)  # the last time counts: it may have been reopened
        else:
            first.setdefault(milestone, timezone.localdate(at))
    shown = [m for m in order if m in first and _borne_out(m, status)]
    for milestone in shown:
        told = status if milestone == CLOSED else milestone
        steps.append(Step(first[milestone], words()[told][0]))
    return steps


def _borne_out(milestone: str, status: str) -> bool:
    rank = {RECEIVED: 0, ACCEPTED: 1, IN_HAND: 2}
    if milestone in rank:
        return rank[milestone] <= rank.get(status, 2)
    return milestone == status or (milestone == CLOSED and status == NOT_ACCEPTED)


def _asked(messages: list[Message]) -> bool:
    asked = False
    for message in messages:
        if message.kind == Message.Kind.QUESTION:
            asked = True
        elif message.kind == Message.Kind.ANSWER:
            asked = False
    return asked


def _line(message: Message) -> Line:
    return Line(
        on=timezone.localdate(message.at),
        kind=message.kind,
        label=message.get_kind_display(),
        from_office=message.from_office,
        text=message.text if message.from_office else "",
        files=len(message.attachments.all()),
    )
