"""Says in sentences why a case was routed where it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from search.models import Routing
from triage.models import Case, Office, Place, Zone
from triage.places import UnknownPlace, gazetteer

# Codes of the rule that decided (search.routing, triage.jurisdiction).
GROUNDS = {
    "covers": gettext_lazy("The zone covers the place."),
    "own_zone_out": gettext_lazy("The zone that covers the place is recused; this one is next."),
    "not_asked": gettext_lazy("The routing question has not been asked yet."),
    "no_zone_left": gettext_lazy("Every zone that could take it is recused."),
    "no_zone_covers": gettext_lazy("No zone covers the place."),
    "no_office_left": gettext_lazy("The commission itself is recused or there is none."),
    "place_unknown": gettext_lazy("The place is not known below the county."),
    "out_of_territory": gettext_lazy("The place lies outside the territory (RULE 13)."),
    "petition": gettext_lazy("No supervised person is named: a request for the petition office (RULE 13)."),
    "vertical": gettext_lazy("The accused belongs to a vertically managed body (RULE 12)."),
    "suggestion": gettext_lazy("A criticism or suggestion goes to the commission itself (RULE 4)."),
    "appeal": gettext_lazy("An appeal goes to the organ that decided (RULE 4)."),
    "own_staff": gettext_lazy("The accused is the commission's own staff (RULE 11)."),
    "county_cadre": gettext_lazy("The accused is managed by the county (RULE 11)."),
    "county_unit": gettext_lazy("The accused serves in a unit of the county (RULE 11)."),
    "city_cadre": gettext_lazy("The accused is managed by the city (RULE 11)."),
    "township_leader": gettext_lazy("A township's leader is accused: the county takes it (RULE 11)."),
    "station_head": gettext_lazy("A station's head is accused: the county takes it (RULE 11)."),
    "township_inspection": gettext_lazy(
        "A township's inspection staff is accused: the county takes it (RULE 11)."
    ),
    "village_first_hand": gettext_lazy("Lifted: the village's first hand is accused."),
    "reported_often": gettext_lazy("Lifted: the same person has been reported several times."),
    "collective_visit": gettext_lazy("Lifted: a collective visit."),
    "repeated": gettext_lazy("Lifted: a repeated report."),
    "long_unresolved": gettext_lazy("Lifted: long unresolved."),
    "result_disputed": gettext_lazy("Lifted: the earlier result is disputed."),
    "crime_suspected": gettext_lazy("Lifted: a crime is suspected."),
    "higher_level": gettext_lazy("The accused belongs to a higher level (RULE 15)."),
    "own_head": gettext_lazy("About the receiving organ's own main head (RULE 15)."),
}
# `%(value)s` is what the reason names.
REASONS = {
    "covers": gettext_lazy("Covers the place."),
    "knows": gettext_lazy("Knows the field."),
    "siblings": gettext_lazy("Holds earlier cases of the same accused or village."),
    "room": gettext_lazy("Has room (load step %(value)s of 4)."),
    "competent_body": gettext_lazy("Competent body: %(value)s."),
}
LACKS = {
    "covers": gettext_lazy("does not cover the place"),
    "knows": gettext_lazy("does not know the field"),
    "siblings": gettext_lazy("holds no such earlier case"),
    "room": gettext_lazy("has no room"),
}
BODIES = {
    "petition": gettext_lazy("petition office"),
    "vertical": gettext_lazy("inspection body of the managing department"),
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


def body_name(value: str) -> str:
    """The outside body that a case should go to: a place's commission, or a kind of body."""
    if ":" not in value:
        return str(BODIES.get(value, value))
    place = Place.objects.filter(pk=value).first()
    try:
        name = place.label if place else gazetteer().get(value).name
    except UnknownPlace:
        name = value
    return _("commission of %(place)s") % {"place": name}


def _sentences(reasons: list[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(
        _("%(reason)s (%(weight)+d)")
        % {"reason": sentence(REASONS, r["code"], r.get("value", "")), "weight": r["weight"]}
        for r in reasons
        if r["weight"]
    ) + tuple(
        sentence(REASONS, r["code"], body_name(r["value"])) for r in reasons if r["code"] == "competent_body"
    )


def _candidate(raw: dict[str, Any], zones: dict[str, Zone]) -> Candidate:
    zone = zones.get(raw["zone"])
    return Candidate(
        label=zone.label if zone else raw["zone"],
        score=raw["score"],
        reasons=_sentences(raw.get("reasons", [])),
        lacks=tuple(sentence(LACKS, code, "") for code in raw.get("lacks", [])),
    )
