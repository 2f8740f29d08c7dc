import ast
from pathlib import Path

import pytest

from cms import routing_words
from search import routing
from search.models import Routing
from tests.product import submit_read
from triage import jurisdiction
from triage.deadlines import table

pytestmark = pytest.mark.django_db


def codes(module, *calls: str) -> set[str]:
    """String arguments of these calls, and of tuples that begin with a level."""
    found = set()
    for node in ast.walk(ast.parse(Path(module.__file__).read_text("utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in calls:
            found |= {a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)}
        if isinstance(node, ast.Tuple) and len(node.elts) == 2 and module is jurisdiction:
            first, second = node.elts
            if isinstance(second, ast.Constant) and getattr(first, "value", None) in jurisdiction.RANK:
                found.add(second.value)
    return found


def test_every_ground_that_routing_may_give_has_words():
    given = codes(routing, "Route") | codes(jurisdiction, "Competence") - set(jurisdiction.RANK)
    given |= set(table("cn-rule")["lifting"]["signs"]) | {
        "village_first_hand",
        "reported_often",
        "covers",
        "own_zone_out",
    }

    # A township matter is asked of the zones, which give their own grounds; a sealed-up case has no page.
    never_shown = {
        "village",
        "township_staff",
        "institution",
        "place",
        "unknown",
        "sealed_up",
        "zone",
        "office",
        "",
    }
    assert given - never_shown <= set(routing_words.GROUNDS)


def test_the_clauses_and_what_a_runner_up_lacks_are_said_in_words(county):
    case = submit_read()
    routing.apply(case, routing.route(case))

    said = routing_words.proposal(Routing.objects.get(case=case))

    assert said.to == county.zones["east"]
    assert "Covers the place. (+1000)" in said.reasons
    assert said.runners_up[0].lacks[0] == "does not cover the place"


@pytest.mark.parametrize("place", ["county:110101000000"])
def test_the_body_for_a_place_outside_is_named(place):
    answer = routing_words.body_name(place)

    assert "东城区" in answer


def test_a_body_that_is_no_place_has_a_name():
    assert routing_words.body_name("petition") == "petition office"
