"""The history of who may do what, as sentences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from triage.actions.people import digest_of
from triage.models import Reset, Role, StaffEvent

SHOWN = 100
VERBS = {
    "officer_added": gettext_lazy("Added to the house."),
    "facts_changed": gettext_lazy("Facts were changed."),
    "made_editor": gettext_lazy("May edit the public pages."),
    "appointed": gettext_lazy("A role was granted."),
    "appointed_at_the_console": gettext_lazy(
        "A role was granted at the machine's console, without a second person."
    ),
    "appointment_approved": gettext_lazy("A role was approved."),
    "appointment_ended": gettext_lazy("A role has ended."),
    "reset_asked": gettext_lazy("A reset was asked for."),
    "reset_done": gettext_lazy("A reset was approved and done."),
    "reset_withdrawn": gettext_lazy("A reset was withdrawn."),
    "password_changed": gettext_lazy("Chose an own password."),
}
FACTS = {
    "name": gettext_lazy("name"),
    "name_en": gettext_lazy("English name"),
    "post": gettext_lazy("post"),
    "skills": gettext_lazy("skills"),
    "home": gettext_lazy("home town"),
    "former_posts": gettext_lazy("former posts"),
    "kin": gettext_lazy("relatives"),
}


@dataclass(frozen=True)
class StaffLine:
    at: datetime
    who: str
    about: str
    what: str
    broken: bool


def staff_lines() -> list[StaffLine]:
    """The newest first; a line that does not fit the one before is marked."""
    rows = list(StaffEvent.objects.select_related("officer", "by")[: SHOWN + 1])
    lines = []
    for row, last in zip_longest(rows, rows[1:]):
        cut_off = last is None and len(rows) > SHOWN
        fits = cut_off or row.previous_digest == (last.digest if last else "")
        lines.append(
            StaffLine(
                at=row.at,
                who=row.by.get_username() if row.by else _("The console"),
                about=row.officer.label if row.officer else "",
                what=_what(row),
                broken=not fits or digest_of(row) != row.digest,
            )
        )
    return lines[:SHOWN]


def _what(row: StaffEvent) -> str:
    words = str(VERBS.get(row.verb, row.verb))
    role = dict(Role.choices).get(row.facts.get("role", ""))
    if role:
        return f"{words} {role}, {row.facts.get('to', '')}"
    if fields := row.facts.get("fields"):
        return f"{words} {', '.join(str(FACTS.get(f, f)) for f in fields)}"
    thing = dict(Reset.What.choices).get(row.facts.get("what", ""))
    return f"{words} {thing}" if thing else words
