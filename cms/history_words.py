"""A case's events as sentences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms import place_labels
from cms.routing_words import GROUNDS, sentence
from triage.claims import broken_lines
from triage.models import Case, Domain, Event

VERBS = {
    "opened": gettext_lazy("The report arrived and the case was opened."),
    "opened_unread": gettext_lazy("Opened before any machine had read it."),
    "read": gettext_lazy("The machine read the report."),
    "routed": gettext_lazy("Routed."),
    "reroute_asked": gettext_lazy("To be routed again."),
    "confirmed": gettext_lazy("Confirmed."),
    "confirmation_undone": gettext_lazy("The confirmation was taken back."),
    "corrected": gettext_lazy("Corrected."),
    "correction_undone": gettext_lazy("A correction was taken back."),
    "transferred": gettext_lazy("Transferred."),
    "accepted": gettext_lazy("Accepted."),
    "forwarded": gettext_lazy("Forwarded to the competent body."),
    "closed": gettext_lazy("Closed."),
    "reopened": gettext_lazy("Reopened."),
    "linked": gettext_lazy("Linked with another case."),
    "recused": gettext_lazy("A recusal was declared."),
    "asked": gettext_lazy("A question was put to the reporter."),
    "answered": gettext_lazy("A notice was sent to the reporter."),
    "reporter_addition": gettext_lazy("The reporter added something."),
    "reporter_answer": gettext_lazy("The reporter answered."),
    "reporter_objection": gettext_lazy("The reporter objected."),
    "reporter_withdrawal": gettext_lazy("The reporter asked to withdraw the report."),
    "attachment_added": gettext_lazy("A file was added."),
    "identity_opened": gettext_lazy("The identity of the reporter was opened."),
    "original_opened": gettext_lazy("The original text was opened."),
    "sealed_up": gettext_lazy("Sealed up for a higher level."),
}


@dataclass(frozen=True)
class Entry:
    at: datetime
    who: str
    what: str
    ground: str
    details: tuple[str, ...]
    broken: bool


def entries(case: Case) -> list[Entry]:
    """Newest first; a line that was changed afterwards, or before which one is missing, is marked."""
    broken = set(broken_lines(case))
    rows = case.events.select_related("by").order_by("-seq")
    return [
        Entry(
            at=e.at,
            who=e.by.get_username() if e.by else _("The system"),
            what=str(VERBS.get(e.verb, e.verb.replace("_", " "))),
            ground=e.ground,
            details=tuple(_details(e)),
            broken=e.seq in broken,
        )
        for e in rows
    ]


def _details(event: Event) -> list[str]:
    found = []
    for name, value in event.facts.items():
        words = _fact(name, value)
        if words:
            found.append(words)
    return found


def _fact(name: str, value: Any) -> str:
    if name == "domain":
        known = Domain.objects.in_bulk([v for v in value if v])
        return _change(_("Domain"), [str(known.get(v, v or "–")) for v in value])
    if name == "place":
        paths = place_labels.paths(v for v in value if v)
        return _change(_("Place"), [paths.get(v, "–") for v in value])
    if name == "kind":
        kinds = dict(Case.Kind.choices)
        return _change(_("Kind"), [str(kinds.get(v, v)) for v in value])
    if name == "bounce":
        return _("It had come here by mistake.") if value else ""
    if name == "ground":
        return sentence(GROUNDS, str(value), "")
    if name == "to":
        return str(value)
    return ""


def _change(label: str, values: list[str]) -> str:
    return _("%(label)s: %(before)s → %(after)s") % {"label": label, "before": values[0], "after": values[1]}
