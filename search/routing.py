"""Which zone or office may and should take a case: the question, its answer, and the reasons."""

from __future__ import annotations

import tomllib
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Count, Q

from intake.steps import passing
from search import backends
from search.models import Routing, ToRoute
from search.query import Candidate, Route, RouteQuestion, RouteReason, RouteWeights, ZoneDocument
from search.siblings import siblings_of
from triage import actions
from triage.competence import accused, commission_of, receiving
from triage.house import House, township_of
from triage.jurisdiction import LIFTED_GROUNDS, Competence, Person, competent, lifting_ground, lifts_at_once
from triage.models import Appointment, Case, Office, Recusal, Role, Zone
from triage.names import full_name
from triage.places import keys
from triage.recusal import house_of, places_of

Mode = Case.Mode


def route(case: Case) -> Route:
    """The answer for a case as it stands in the database now. Raises SearchDown."""
    if case.state == Case.State.SEALED_UP:
        return Route(None, "", "sealed_up")
    asked = _Asked.about(case)
    verdict = competent(asked.accused, case.kind, receiving(case))
    if verdict.sealed_up:
        return Route(None, "", "sealed_up")
    if case.outside:
        return Route(None, "", "out_of_territory", (_body(_body_of(case.outside)),))
    if verdict.level == "external":
        return asked.commission("", verdict.ground, (_body(verdict.ground),))
    if verdict.level != "township":
        lifted = verdict.ground in LIFTED_GROUNDS
        return asked.commission(Mode.LIFTED if lifted else Mode.OWN, verdict.ground, level=verdict.level)
    return asked.zone(verdict)


def apply(case: Case, answer: Route) -> None:
    """Keeps the answer and puts the case where it says, in one transaction; None is the unrouted queue.

    What a person has taken in hand or sent elsewhere stays there, and the answer is a proposal, unless
    the zone or office that holds it must not.
    """
    with transaction.atomic():
        ToRoute.objects.filter(pk=case.pk).delete()
        if case.state == Case.State.SEALED_UP:
            return
        Routing.objects.create(
            case=case,
            to_kind=answer.to[0] if answer.to else "",
            to_code=answer.to[1] if answer.to else "",
            mode=answer.mode,
            ground=answer.ground,
            reasons=[asdict(r) for r in answer.reasons],
            runners_up=[asdict(c) for c in answer.runners_up],
        )
        to = _target(answer)
        if _moves(case, to, answer.mode):
            actions.assign(case, to=to, mode=answer.mode, facts={"ground": answer.ground})
        passing("assigned")


def _moves(case: Case, to: Zone | Office | None, mode: str) -> bool:
    zone = to.pk if isinstance(to, Zone) else None
    office = to.pk if isinstance(to, Office) else None
    if (case.zone_id, case.office_id) == (zone, office) and (to is None or case.mode == mode):
        return False
    if case.state not in Case.OPEN_STATES:
        return False
    kept = case.state == Case.State.IN_HAND or case.mode == Mode.ASSIGNED_ELSEWHERE
    return not kept or _holder_is_out(case)


def _holder_is_out(case: Case) -> bool:
    held = Q(zone__isnull=False, zone=case.zone_id) | Q(office__isnull=False, office=case.office_id)
    return case.recusals.filter(held).exists()


def _target(answer: Route) -> Zone | Office | None:
    if answer.to is None:
        return None
    kind, code = answer.to
    return Zone.objects.get(code=code) if kind == "zone" else Office.objects.get(code=code)


def _body(value: str) -> RouteReason:
    """The body outside that the clerk should send it to: a place key, or "petition" or "vertical"."""
    return RouteReason("competent_body", 0, value)


def _body_of(outside: str) -> str:
    """A county's commission takes what lies in the county; a higher one what is known no nearer."""
    return keys.ancestor(outside, "county") or outside


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "route_weights.toml").read_text("utf-8"))


@cache
def weights() -> RouteWeights:
    raw = _table()
    return RouteWeights(raw["covers"], raw["knows"], raw["siblings"], tuple(raw["room"]))


def load_step(open_cases: int, handlers: int) -> int:
    """0 to 4, by open cases for each handler; a zone without a pool counts as one handler."""
    share = open_cases / max(1, handlers)
    return sum(share > step for step in _table()["load_steps"])


@dataclass
class _Asked:
    """A case with what the database knows of it while the question is put."""

    case: Case
    places: list[str]
    house: House
    accused: list[Person]
    out_officers: set[int] = field(default_factory=set)
    out_offices: set[int] = field(default_factory=set)
    out_zones: set[int] = field(default_factory=set)

    @classmethod
    def about(cls, case: Case) -> _Asked:
        places = places_of(case)
        house = house_of(places)
        found = cls(case, places, house, accused(case, house))
        for officer, office, zone in Recusal.objects.filter(case=case).values_list(
            "officer_id", "office_id", "zone_id"
        ):
            found.out_officers |= {officer} - {None}
            found.out_offices |= {office} - {None}
            found.out_zones |= {zone} - {None}
        return found

    def commission(
        self, mode: str, ground: str, reasons: tuple[RouteReason, ...] = (), *, level: str = "county"
    ) -> Route:
        """The desk of the commission itself; the unrouted queue where that must not have it."""
        office = commission_of(self.case, level)
        if office is None or office.pk in self.out_offices:
            return Route(None, "", "no_office_left", reasons)
        return Route(("office", office.code), mode, ground, reasons)

    def zone(self, verdict: Competence) -> Route:
        names = {n for p in self.accused if (n := full_name(p.name))}
        near = siblings_of(self.case, names, looked_through=_table()["looked_through"])
        lifted = lifting_ground(self.accused, self._signs(), near.times_reported)
        if lifts_at_once(lifted):
            return self.commission(Mode.LIFTED, lifted)
        if not township_of(self.case.place_id):
            return Route(None, "", "place_unknown")
        zones = self._zones()
        path = keys.path_of(self.case.place_id)
        if not any(z.covers.intersection(path) for z in zones.values()):
            return Route(None, "", "no_zone_covers")
        ranked = backends.route(self._question(path, zones, near.zones), zones.values())
        if not ranked:
            return Route(None, "", "no_zone_left")
        return self._chosen(ranked, (RouteReason("lifting_proposed", 0, lifted),) if lifted else ())

    def _chosen(self, ranked: list[Candidate], proposals: tuple[RouteReason, ...]) -> Route:
        best, *others = ranked
        own = "covers" not in best.lacks
        mode, ground = (self._own_mode(), "covers") if own else (Mode.CROSS_TOWNSHIP, "own_zone_out")
        return Route(
            ("zone", best.zone),
            mode,
            ground,
            best.reasons + proposals,
            tuple(others[: _table()["runners_up"]]),
        )

    def _own_mode(self) -> str:
        """Zone-joint where several places are concerned or the township's own people must not handle it."""
        known = [k for k in self.places if township_of(k)]
        nearest = {k for k in known if not any(k != other and keys.covers(k, other) for other in known)}
        if len(nearest) > 1 or self._nobody_left_in_township():
            return Mode.ZONE_JOINT
        return Mode.OWN

    def _nobody_left_in_township(self) -> bool:
        here = township_of(self.case.place_id)
        offices = [
            o.pk for o in self.house.offices.values() if o.kind == Office.Kind.TOWNSHIP and o.place == here
        ]
        people = {m for office in offices for m in self.house.of_office.get(office, ())}
        return bool(people) and (people <= self.out_officers or set(offices) <= self.out_offices)

    def _signs(self) -> tuple[str, ...]:
        reading = self.case.readings.first()
        return reading.finding.urgency if reading else ()

    def _zones(self) -> dict[int, ZoneDocument]:
        county = keys.ancestor(self.case.place_id, "county")
        found = {
            pk: ZoneDocument(code, frozenset(), frozenset())
            for pk, code in Zone.objects.filter(active=True, county=county).values_list("pk", "code")
        }
        for column, through, target in (
            ("covers", Zone.townships.through, "place_id"),
            ("knows", Zone.knows.through, "domain_id"),
        ):
            for zone, value in through.objects.filter(zone__in=found).values_list("zone_id", target):
                held = getattr(found[zone], column)
                found[zone] = replace(found[zone], **{column: held | {value}})
        return found

    def _question(
        self, path: tuple[str, ...], zones: dict[int, ZoneDocument], siblings: frozenset[int]
    ) -> RouteQuestion:
        held = dict(
            Case.objects.open()
            .filter(zone__in=zones)
            .exclude(pk=self.case.pk)
            .values_list("zone")
            .annotate(Count("pk"))
            .order_by()
        )
        pools = dict(
            Appointment.objects.in_force()
            .filter(zone__in=zones)
            .exclude(role=Role.ZONE_LEADER)
            .values_list("zone")
            .annotate(Count("officer", distinct=True))
            .order_by()
        )
        return RouteQuestion(
            places=path,
            domain=self.case.domain_id or "",
            out=frozenset(zones[z].code for z in self.out_zones if z in zones),
            siblings=frozenset(zones[z].code for z in siblings if z in zones),
            loads=tuple(
                (zones[z].code, load_step(count, pools.get(z, 0))) for z, count in sorted(held.items())
            ),
            weights=weights(),
        )
