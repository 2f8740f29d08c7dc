"""Says in sentences why a case was routed where it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from search.models import Routing
from triage.models import Case, Office, Zone

# Codes of the rule that decided (search.routing); `%(value)s` is what the reason names.
GROUNDS = {
    "covers": gettext_lazy("The zone covers the place."),
    "not_asked": gettext_lazy("The routing question has not been asked yet."),
    "no_zone_left": gettext_lazy("Every zone that could take it is recused."),
}
REASONS = {
    "covers": gettext_lazy("Covers the place."),
}
LACKS = {
    "covers": gettext_lazy("does not cover the place"),
}


@dataclass(frozen=True)
class Candidate:
    label: str
    score: int
    reasons: tuple[str, ...]
    lacks: tuple[str, ...]


@dataclass(frozen=True)
class Proposal:
    """`to`: the zone or office proposed, None for the unrouted queue."""

    to: Zone | Office | None
    mode: str
    ground: str
    reasons: tuple[str, ...]
    runners_up: tuple[Candidate, ...]
    row: Routing


def proposal(row: Routing) -> Proposal:
    zones = {z.code: z for z in Zone.objects.all()}
    to = None
    if row.to_kind == "zone":
        to = zones.get(row.to_code)
    elif row.to_kind == "office":
        to = Office.objects.filter(code=row.to_code).first()
    return Proposal(
        to=to,
        mode=str(dict(Case.Mode.choices).get(row.mode, "")),
        ground=str(GROUNDS.get(row.ground) or sentence(REASONS, row.ground, "")),
        reasons=_sentences(row.reasons),
        runners_up=tuple(_candidate(c, zones) for c in row.runners_up),
        row=row,
    )


def sentence(table: dict[str, Any], code: str, value: str) -> str:
    """The sentence of a code; a code without one is shown as it is, so that nothing is hidden."""
    words = table.get(code)
    if words is None:
        return f"{code.replace('_', ' ')} {value}".strip()
    return str(words) % {"value": value} if "%(value)s" in str(words) else str(words)


def _sentences(reasons: list[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(
        _("%(reason)s (%(weight)+d)")
        % {"reason": sentence(REASONS, r["code"], r.get("value", "")), "weight": r["weight"]}
        for r in reasons
    )


def _candidate(raw: dict[str, Any], zones: dict[str, Zone]) -> Candidate:
    zone = zones.get(raw["zone"])
    return Candidate(
        label=zone.label if zone else raw["zone"],
        score=raw["score"],
        reasons=_sentences(raw.get("reasons", [])),
        lacks=tuple(sentence(LACKS, code, "") for code in raw.get("lacks", [])),
    )
