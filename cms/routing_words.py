"""Says in sentences why a case was routed where it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy

from cms import place_labels
from search.models import Routing
from triage.models import Case, Domain, Office, Zone

# Codes of the rule that decided (search.routing, triage.jurisdiction).
GROUNDS = {
    "not_asked": gettext_lazy("The routing question has not been asked yet."),
    "covers": gettext_lazy(
        "Village cadres and ordinary township staff: the zone that covers the place takes it."
    ),
    "own_zone_out": gettext_lazy("The zone that covers the place must not take it; another zone does."),
    "no_zone_left": gettext_lazy("Every zone of the county is recused."),
    "no_office_left": gettext_lazy("The county's own desk is recused."),
    "no_zone_covers": gettext_lazy("No zone covers the place."),
    "place_unknown": gettext_lazy("The township is not known."),
    "out_of_territory": gettext_lazy("The place lies outside this territory."),
    "sealed_up": gettext_lazy("It belongs to a higher level and goes up unread."),
    "own_head": gettext_lazy("It concerns the head of this organ and goes up unread."),
    "higher_level": gettext_lazy("It concerns somebody whom a higher level oversees."),
    "city_cadre": gettext_lazy("It concerns somebody whom the city oversees."),
    "petition": gettext_lazy("It is no accusation: the letters-and-visits body answers it."),
    "vertical": gettext_lazy("The unit answers to its own line, not to the county."),
    "suggestion": gettext_lazy("A suggestion: the county's own desk answers it."),
    "appeal": gettext_lazy("An appeal goes to the organ that decided."),
    "own_staff": gettext_lazy("It concerns the county commission's own staff."),
    "county_cadre": gettext_lazy("It concerns a cadre whom the county oversees."),
    "county_unit": gettext_lazy("It concerns a unit of the county."),
    "township_leader": gettext_lazy("A township leader is accused: lifted to the county."),
    "station_head": gettext_lazy("The head of a township station is accused: lifted to the county."),
    "township_inspection": gettext_lazy(
        "The township's own inspection body is accused: lifted to the county."
    ),
    "village_first_hand": gettext_lazy("The first hand of a village is accused: lifted to the county."),
    "reported_often": gettext_lazy("The same person has been reported several times: lifted to the county."),
    "collective_visit": gettext_lazy("Many came together: lifted to the county."),
    "repeated": gettext_lazy("It has been reported before without a result: lifted to the county."),
    "long_unresolved": gettext_lazy("It has long been unresolved: lifted to the county."),
    "crime_suspected": gettext_lazy("A crime is suspected: lifted to the county."),
    "result_disputed": gettext_lazy("An earlier result is disputed: lifted to the county."),
}
# Named clauses of the routing question; `%(value)s` is what the clause names.
REASONS = {
    "covers": gettext_lazy("covers the place"),
    "knows": gettext_lazy("knows the domain “%(value)s”"),
    "siblings": gettext_lazy("already has a case about the same accused"),
    "room": gettext_lazy("has room"),
    "competent_body": gettext_lazy("competent body: %(value)s"),
    "lifting_proposed": gettext_lazy("the county may lift it: the first hand of a village is accused"),
}
LACKS = {
    "covers": gettext_lazy("does not cover the place"),
    "knows": gettext_lazy("does not know the domain"),
    "siblings": gettext_lazy("has no case about the same accused"),
    "room": gettext_lazy("has its hands full"),
}
BODIES = {
    "petition": gettext_lazy("letters-and-visits body"),
    "vertical": gettext_lazy("inspection group of the unit's own line"),
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
    to: Zone | Office | None = None
    if row.to_kind == "zone":
        to = zones.get(row.to_code)
    elif row.to_kind == "office":
        to = Office.objects.filter(code=row.to_code).first()
    return Proposal(
        to=to,
        mode=str(dict(Case.Mode.choices).get(row.mode, "")),
        ground=sentence(GROUNDS, row.ground, ""),
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
    return tuple(_reason(r["code"], r["weight"], r.get("value", "")) for r in reasons)


def _reason(code: str, weight: int, value: str) -> str:
    words = sentence(REASONS, code, _named(code, value))
    return f"{words} (+{weight})" if weight else words


def _named(code: str, value: str) -> str:
    """What a clause names, in words: a domain, a body, a place."""
    if code == "knows":
        domain = Domain.objects.filter(pk=value).first()
        return domain.label if domain else value
    if value in BODIES:
        return str(BODIES[value])
    return place_labels.path(value) if ":" in value else value


def _candidate(raw: dict[str, Any], zones: dict[str, Zone]) -> Candidate:
    zone = zones.get(raw["zone"])
    return Candidate(
        label=zone.label if zone else raw["zone"],
        score=raw["score"],
        reasons=_sentences(raw.get("reasons", [])),
        lacks=tuple(sentence(LACKS, code, "") for code in raw.get("lacks", [])),
    )
