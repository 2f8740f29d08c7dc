"""A report becomes a case in a queue, before any model has read it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from intake import masking
from intake.models import Report
from intake.refusals import Refused
from triage import recusal
from triage.actions.sealing_up import seal_up
from triage.claims import claim, moment, record
from triage.competence import competence_of
from triage.models import Case, Role, Subject
from triage.scope import scope_of
from triage.signals import case_opened
from triage.territory import default_inbox, place_key

if TYPE_CHECKING:
    from django.contrib.auth.models import User

# After this long without a reading a coordinator may open a case unread (house.md, joint 9).
UNREAD_FOR = timedelta(minutes=30)


def open_case(report: Report) -> Case:
    """Puts a report into the unread queue; what the form says of the accused recuses at once.

    A report has one case: a second call fails with IntegrityError.
    """
    inbox = place_key(report.inbox) or default_inbox()
    case = Case(
        report=report,
        channel=report.channel,
        received_at=report.received_at,
        inbox_id=inbox,
        place_id=place_key(report.stated.get("place", "")) or inbox,
        named=report.named,
    )
    case.payload = {}
    with transaction.atomic(savepoint=False):
        case.save(force_insert=True)
        if report.stated.get("accused"):
            state_subjects(case, report)
            recusal.derive(case)
        record(case, "opened", first=True)
        case_opened.send(Case, case=case)
    return case


def state_subjects(case: Case, report: Report) -> None:
    for accused in report.stated.get("accused", ()):
        subject = Subject(case=case, source=Subject.Source.FORM, level=accused.get("rank") or "unknown")
        words = {k: accused.get(k, "") for k in ("name", "unit", "post")}
        # Somebody may have put the own name into the wrong field.
        subject.payload = {k: masking.mask(v, masking.identity_spans(report, v)) for k, v in words.items()}
        subject.save()


def open_unread(case: Case, *, by: User) -> None:
    """A coordinator opens what nothing has read for half an hour; it is then sorted by hand.

    What the form says of a higher level is sealed up instead, and stays closed to the coordinator.
    """
    if not scope_of(by).may(Role.COORDINATOR):
        raise Refused(_("Only a coordinator may open a case that has not been read."))
    if timezone.now() - case.opened_at < UNREAD_FOR:
        raise Refused(_("The case will be read by the machine first; please wait half an hour."))
    from triage.actions.reading import mask_by_rules

    verdict = competence_of(case)
    if verdict.sealed_up:
        seal_up(case, ground=verdict.ground, for_upper=verdict.unread_below, by=by)
        return
    with claim(case, Case.objects.unread(), verb="opened_unread", by=by) as change:
        case.payload = mask_by_rules(case.report)
        change(
            state=Case.State.UNROUTED,
            unsure=True,
            key_id=case.key_id,
            sealed=case.sealed,
            read_at=moment(),
        )
