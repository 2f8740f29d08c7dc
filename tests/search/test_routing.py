"""The contract of routing: tests/data/routing.csv, walked by the product's own verbs."""

from __future__ import annotations

import itertools

import pytest

from search import tasks
from search.models import Routing, ToRoute
from tests.product import Accused, staff, submit
from tests.routing_county import RoutingCounty, make_routing_county
from tests.tables import read_csv
from triage import actions
from triage.models import Appointment, Case, Role
from triage.pipeline.finding import DomainFound, Finding, MatterFound, PlaceFound, PlaceGuess, SubjectFound
from triage.scope import scope_of

pytestmark = pytest.mark.django_db

ROWS = read_csv("routing.csv")
_ids = itertools.count(1)


@pytest.fixture(autouse=True)
def sqlite_engine(settings):
    settings.FLYPAPER_SEARCH = "sqlite"


@pytest.fixture
def here(db) -> RoutingCounty:
    return make_routing_county()


def people(text: str) -> list[list[str]]:
    return [(p + "||||").split("|")[:4] for p in filter(None, text.split(";"))]


def found_place(here: RoutingCounty, label: str) -> PlaceFound:
    if not label:
        return PlaceFound(None, abstained=True)
    key = here.place(label)
    names = [*(None for _ in range(5))]
    return PlaceFound(PlaceGuess(key, tuple(names), 0.9))


def finding(here: RoutingCounty, case: Case, row: dict[str, str]) -> Finding:
    """What a pipeline that reads without error finds in the row's report."""
    domain = DomainFound(row["domain"] or "other", 0.9, abstained=not row["domain"])
    subjects = tuple(SubjectFound(n, u, p, level or "unknown") for n, u, p, level in people(row["subjects"]))
    places = [found_place(here, label) for label in row["places"].split(";")]
    matters = tuple(
        MatterFound(domain, place, tuple(range(len(subjects))) if i == 0 else ())
        for i, place in enumerate(places)
    )
    return Finding(
        text=case.report.text,
        language="zh",
        version="by hand",
        domain=domain,
        place=places[0],
        matters=matters,
        subjects=subjects,
        kind=row["kind"],
        urgency=tuple(filter(None, row["signs"].split(";"))),
    )


def receive(row: dict[str, str]) -> Case:
    stated = tuple(Accused(n, u, p, level) for n, u, p, level in people(row["stated_subjects"]))
    return submit(f"反映问题 {next(_ids)}", accused=stated)


def read(here: RoutingCounty, row: dict[str, str]) -> Case:
    case = receive(row)
    actions.read(case, finding(here, case, row))
    return Case.objects.get(pk=case.pk)


def fill(here: RoutingCounty, row: dict[str, str]) -> None:
    """Earlier cases: siblings in the zones named, and open ones up to the step of load named."""
    mover = staff(Role.COORDINATOR, here.offices["COUNTY"], username="earlier")
    for code in filter(None, row["siblings_in"].split(";")):
        sibling = read(here, {**row, "signs": "", "stated_subjects": ""})
        actions.transfer(sibling, to=here.zones[code], by=mover, ground="earlier")
    for code, step in (pair.split("=") for pair in filter(None, row["loads"].split(";"))):
        zone = here.zones[code]
        pool = Appointment.objects.filter(zone=zone).exclude(role=Role.ZONE_LEADER).count()
        needed = {"1": 1, "2": pool + 1, "3": 2 * pool + 1, "4": 4 * pool + 1}[step]
        elsewhere = {**row, "places": "青澜县", "subjects": "", "stated_subjects": "", "signs": ""}
        for _ in range(needed):
            actions.assign(read(here, elsewhere), to=zone)


def where(case: Case) -> str:
    if case.state == Case.State.SEALED_UP:
        return "UPPER"
    if case.zone:
        return case.zone.code
    if case.state == Case.State.UNROUTED:
        return "UNROUTED"
    newest = Routing.objects.filter(case=case).first()
    proposed = [r["value"] for r in newest.reasons if r["code"] == "competent_body"]
    if proposed:
        return f"OUT:{proposed[0]}"
    return case.office.code


def mode(case: Case) -> str:
    if case.state == Case.State.SEALED_UP:
        return "sealed_up_unread" if case.for_upper else "sealed_up"
    newest = Routing.objects.filter(case=case).first()
    if case.state == Case.State.OUTSIDE:
        return newest.ground
    return "forwarded" if newest.ground in ("petition", "vertical") else case.mode


def expected_to(here: RoutingCounty, row: dict[str, str]) -> str:
    kind, _colon, body = row["expected_to"].partition(":")
    if kind != "OUT":
        return kind
    return f"OUT:{ {'petition_office': 'petition', 'vertical': 'vertical'}.get(body) or here.place(body) }"


def kept_away(here: RoutingCounty, row: dict[str, str]) -> set[str]:
    """The usernames behind the column: persons, and everybody of a zone or office."""
    found = set()
    for word in filter(None, row["expected_excluded"].split(";")):
        if word == "ALL":
            return set(here.officers)
        if word in here.officers:
            found.add(word)
        else:
            held = here.zones.get(word) or here.offices[word]
            column = "zone" if word in here.zones else "office"
            found |= set(
                Appointment.objects.filter(**{column: held}).values_list("officer__user__username", flat=True)
            )
    return found


def unseeing(here: RoutingCounty, case: Case) -> set[str]:
    """Officers for whom the case does not exist whatever they may else see."""
    if case.state == Case.State.SEALED_UP:
        return {name for name, o in here.officers.items() if not o.user.pk or not _lists(o.user, case)}
    return {name for name, o in here.officers.items() if case.pk in scope_of(o.user).recused}


def _lists(user, case: Case) -> bool:
    return Case.objects.visible_to(user).filter(pk=case.pk).exists()


@pytest.mark.parametrize("row", ROWS, ids=lambda r: r["id"])
def test_the_office_gets_the_route_it_signed(here, row):
    fill(here, row)
    case = read(here, row)
    if ToRoute.objects.filter(pk=case.pk).exists():
        assert tasks.route_case(case.pk)
    case.refresh_from_db()

    assert (where(case), mode(case), sorted(unseeing(here, case))) == (
        expected_to(here, row),
        row["expected_mode"],
        sorted(kept_away(here, row)),
    )
    for name in kept_away(here, row):
        assert not _lists(here.officers[name].user, case)
