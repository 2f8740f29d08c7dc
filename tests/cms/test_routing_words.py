import ast
from pathlib import Path

from cms import routing_words
from search import routing
from triage import jurisdiction
from triage.deadlines import table


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
