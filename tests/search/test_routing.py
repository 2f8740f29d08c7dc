"""The contract of routing: tests/data/routing.csv, walked by the product's own verbs."""

from __future__ import annotations

import itertools
import tomllib
from pathlib import Path

import pytest
from django.db import transaction

from search import backends, routing, tasks
from search.models import Routing, ToRoute
from search.query import RouteQuestion, RouteWeights, SearchDown, ZoneDocument
from tests.product import Accused, staff, submit
from tests.routing_county import RoutingCounty, make_routing_county
from tests.tables import read_csv
from triage import actions
from triage.deadlines import table
from triage.models import Appointment, Case, Place, Recusal, Role
from triage.pipeline import signs
from triage.pipeline.finding import DomainFound, Finding, MatterFound, PlaceFound, PlaceGuess, SubjectFound
from triage.scope import scope_of

pytestmark = pytest.mark.django_db

ROWS = read_csv("routing.csv")
_ids = itertools.count(1)


@pytest.fixture(autouse=True)
def sqlite_engine(settings):
    settings.FLYPAPER_SEARCH = "sqlite"


@pytest.fixture(scope="module")
def county_of_all(django_db_setup, django_db_blocker):
    """The county, made once for all rows: each test works in a savepoint of this transaction."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_routing_county()
        transaction.set_rollback(True)


@pytest.fixture
def here(county_of_all, db) -> RoutingCounty:
    return county_of_all


def people(text: str) -> list[list[str]]:
    return [(p + "||||").split("|")[:4] for p in filter(None, text.split(";"))]


def found_place(here: RoutingCounty, label: str) -> PlaceFound:
    if not label:
        return PlaceFound(None, abstained=True)
    key = here.place(label)
    return PlaceFound(PlaceGuess(key, (None,) * 5, 0.9))


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
        return {name for name, officer in here.officers.items() if not _lists(officer.user, case)}
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


WEIGHTS = RouteWeights(covers=1000, knows=40, siblings=30, room=(20, 15, 10, 5, 0))


def zone(code: str, covers: str = "", knows: str = "") -> ZoneDocument:
    return ZoneDocument(code, frozenset(covers.split()), frozenset(knows.split()))


def ask(*zones: ZoneDocument, **question) -> list[tuple[str, int]]:
    asked = {
        "places": ("p",),
        "domain": "d",
        "out": frozenset(),
        "siblings": frozenset(),
        "loads": (),
    } | question
    return [(c.zone, c.score) for c in backends.route(RouteQuestion(weights=WEIGHTS, **asked), zones)]


def test_the_zone_that_covers_the_place_comes_first_however_busy_it_is():
    found = ask(zone("a", knows="d"), zone("b", covers="p"), loads=(("b", 4),))

    assert found == [("b", 1000), ("a", 60)]


def test_a_recused_zone_is_no_candidate():
    assert ask(zone("a", covers="p"), zone("b"), out=frozenset("a")) == [("b", 20)]


def test_equal_zones_fall_by_their_code():
    assert ask(zone("b"), zone("a"), zone("c")) == [("a", 20), ("b", 20), ("c", 20)]


@pytest.mark.parametrize(("step", "room"), [(0, 20), (1, 15), (2, 10), (3, 5), (4, 0)])
def test_a_zone_has_less_room_with_each_step_of_load(step, room):
    assert ask(zone("a"), loads=(("a", step),)) == [("a", room)]


def test_a_question_leaves_nothing_behind_for_the_next():
    ask(zone("a", covers="p", knows="d"))

    assert ask(zone("b")) == [("b", 20)]


def test_reasons_name_the_clauses_that_matched_and_runners_up_what_they_lack():
    question = RouteQuestion(("p",), "d", frozenset(), frozenset("b"), (("b", 4),), WEIGHTS)

    best, other = backends.route(question, [zone("a", covers="p", knows="d"), zone("b")])

    assert [(r.code, r.weight) for r in best.reasons] == [("covers", 1000), ("knows", 40), ("room", 20)]
    assert best.lacks == ("siblings",)
    assert [r.code for r in other.reasons] == ["siblings"]
    assert other.lacks == ("covers", "knows", "room")


@pytest.mark.parametrize(
    ("open_cases", "handlers", "step"),
    [(0, 5, 0), (1, 5, 1), (5, 5, 1), (6, 5, 2), (11, 5, 3), (20, 5, 3), (21, 5, 4), (3, 0, 3)],
)
def test_load_is_counted_for_each_handler_of_the_pool(open_cases, handlers, step):
    assert routing.load_step(open_cases, handlers) == step


def routed(here: RoutingCounty, case: Case) -> Case:
    routing.apply(case, routing.route(case))
    return Case.objects.get(pk=case.pk)


def plain(**changes: str) -> dict[str, str]:
    row = next(r for r in ROWS if r["id"] == "A05")  # of Hongye village in Z1
    return {**row, **changes}


def test_the_same_question_gives_the_same_route(here):
    case = read(here, plain())

    assert routing.route(case) == routing.route(case)


def test_each_answer_is_kept_with_its_reasons(here):
    case = routed(here, read(here, plain()))

    row = Routing.objects.get(case=case)
    assert (row.to_kind, row.to_code, row.ground) == ("zone", "Z1", "covers")
    assert [r["code"] for r in row.reasons] == ["covers", "knows", "room"]
    assert [c["zone"] for c in row.runners_up] == ["Z2", "Z3", "Z4"]


def test_a_corrected_place_takes_the_case_to_the_zone_of_the_new_one(here):
    case = routed(here, read(here, plain()))

    actions.correct(
        case, by=here.officers["lin_shu"].user, place=Place.objects.get(pk=here.place("铜鼓镇鼓楼村"))
    )
    assert tasks.route_case(case.pk)

    case.refresh_from_db()
    assert case.zone.code == "Z3"


def test_a_corrected_kind_brings_a_request_back_to_its_zone(here):
    case = routed(here, read(here, next(r for r in ROWS if r["id"] == "M01")))
    assert case.office.code == "COUNTY"

    actions.correct(case, by=here.officers["lin_shu"].user, kind="accusation")
    assert tasks.route_case(case.pk)

    case.refresh_from_db()
    assert (case.zone.code, case.office) == ("Z1", None)


def test_the_signs_that_lift_are_signs_that_the_pipeline_reads():
    known = set(tomllib.loads((Path(signs.__file__).parent / "signs.toml").read_text("utf-8"))["urgency"])

    assert set(table("cn-rule")["lifting"]["signs"]) <= known


def test_what_a_zone_has_in_hand_stays_with_it_and_the_answer_is_a_proposal(here):
    case = routed(here, read(here, plain()))
    actions.accept(case, by=here.officers["lin_shu"].user)
    clerk = here.officers["lin_shu"].user

    actions.correct(case, by=clerk, place=Place.objects.get(pk=here.place("铜鼓镇鼓楼村")))
    assert tasks.route_case(case.pk)

    case.refresh_from_db()
    assert (case.zone.code, Routing.objects.filter(case=case).first().to_code) == ("Z1", "Z3")


def test_what_a_person_sent_elsewhere_is_not_taken_back_by_the_machine(here):
    case = routed(here, read(here, plain()))
    actions.transfer(case, to=here.zones["Z2"], by=here.officers["qiu_ming"].user, ground="they know it")

    assert routed(here, case).zone.code == "Z2"


def test_a_zone_that_turns_out_to_be_accused_loses_even_what_it_has_in_hand(here):
    case = routed(here, read(here, plain()))
    actions.accept(case, by=here.officers["lin_shu"].user)

    actions.read(case, finding(here, case, plain(subjects="熊珊|石磨镇财政所|会计|township")))
    assert tasks.route_case(case.pk)

    case.refresh_from_db()
    assert (case.zone.code, case.mode) == ("Z2", Case.Mode.CROSS_TOWNSHIP)


def test_a_declared_recusal_of_the_zone_routes_the_case_anew(here):
    case = routed(here, read(here, plain()))

    actions.declare_recusal(
        case, by=here.officers["qiu_ming"].user, ground="doubt about fairness", zone=here.zones["Z1"]
    )
    assert tasks.route_case(case.pk)

    case.refresh_from_db()
    assert case.zone.code != "Z1"


def test_a_sealed_up_case_leaves_no_routing_behind(here):
    case = read(here, next(r for r in ROWS if r["id"] == "E01"))

    assert tasks.route_case(case.pk)

    assert not Routing.objects.filter(case=case).exists()
    assert not ToRoute.objects.filter(pk=case.pk).exists()


def test_while_the_engine_is_down_the_case_waits_in_the_unrouted_queue_and_is_routed_later(here, monkeypatch):
    case = read(here, plain())

    def down(*_asked):
        raise SearchDown("no answer")

    with monkeypatch.context() as broken:
        broken.setattr(backends, "route", down)
        assert not tasks.route_case(case.pk)
    case.refresh_from_db()
    assert case.state == Case.State.UNROUTED

    assert tasks.route_case(case.pk)
    case.refresh_from_db()
    assert case.zone.code == "Z1"


def test_the_receiving_commission_that_must_not_have_it_leaves_it_unrouted(here):
    case = read(here, next(r for r in ROWS if r["id"] == "D10"))
    Recusal.objects.create(case=case, office=here.offices["COUNTY"], ground="declared", derived=False)

    answer = routing.route(case)

    assert (answer.to, answer.ground) == (None, "no_office_left")


def test_the_contract_is_long_enough_and_gives_its_grounds():
    assert len(ROWS) >= 150
    assert len({r["id"] for r in ROWS}) == len(ROWS)
    assert all(r["ground"] for r in ROWS)
