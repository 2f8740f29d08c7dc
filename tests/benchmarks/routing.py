"""How fast cases are routed among 4, 1,000 and 12,000 zones: `python -m tests.benchmarks.routing`.

Counties and townships are the gazetteer's, zones and offices by the product's rule of thumb, cases seeded. A decision
is the whole of it: the house, competence, recusal, siblings, load and the question to the engine. Its rows are written
by `apply`, measured apart. The last table asks the engine alone, with all zones in one county, which no county has.
"""

from __future__ import annotations

import argparse
import os
import random
import time
from collections.abc import Callable, Iterator
from itertools import batched, islice

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402

import search  # noqa: E402
from search import backends, routing  # noqa: E402
from search.query import RouteQuestion, ZoneDocument  # noqa: E402
from tests.benchmarks.head import percentile, print_head, print_table  # noqa: E402
from tests.product import finding, submit  # noqa: E402
from triage import actions  # noqa: E402
from triage.actions.territory import TOWNSHIPS_PER_ZONE, load_domains  # noqa: E402
from triage.domains import domains  # noqa: E402
from triage.models import Case, Installation, Office, Place, Zone  # noqa: E402
from triage.pipeline.finding import SubjectFound  # noqa: E402
from triage.places import gazetteer, keys  # noqa: E402

SEED = 4
ZONES = (4, 1_000, 12_000)
AT_ONCE = 5_000


class Nation:
    """Counties of the gazetteer with their zones and offices, as many as are wanted."""

    def __init__(self) -> None:
        Place.objects.create(key=keys.NATION, code="000000000000", depth=0, name="全国")
        load_domains()
        Installation.current()
        self.counties = self._counties()
        self.townships: list[str] = []
        self.places: set[str] = set()

    def grow_to(self, zones: int) -> None:
        """As far as there are counties: the nation has some 12,000 zones."""
        step = 100 if zones > 100 else 1
        while Zone.objects.count() < zones and (more := list(islice(self.counties, step))):
            with transaction.atomic():
                self._add(more)

    def _counties(self) -> Iterator[str]:
        tree = gazetteer()
        for province in tree.provinces():
            for node in tree.subtree(province.key):
                if node.level == "county" and tree.children(node.key):
                    yield node.key

    def _add(self, counties: list[str]) -> None:
        tree, rows, zones, townships = gazetteer(), [], [], []
        for county in counties:
            below = [n.key for n in tree.children(county) if n.level == "township"]
            if not below:
                continue
            rows += [self._place(key) for key in (*tree.path(county), *below) if key not in self.places]
            self.places |= {row.key for row in rows}
            townships += below
            parts = max(1, round(len(below) / TOWNSHIPS_PER_ZONE))
            for number in range(parts):
                share = below[number * len(below) // parts : (number + 1) * len(below) // parts]
                zones.append((Zone(code=f"{county[7:13]}-{number}", name=county, county_id=county), share))
        Place.objects.bulk_create(rows, ignore_conflicts=True)
        Zone.objects.bulk_create([zone for zone, _share in zones])
        through = Zone.townships.through
        through.objects.bulk_create(through(zone=z, place_id=key) for z, share in zones for key in share)
        Office.objects.bulk_create(self._office(row) for row in rows if row.depth in (2, 3))
        self.townships += townships

    def _place(self, key: str) -> Place:
        node = gazetteer().get(key)
        depth = keys.LEVELS.index(node.level)
        return Place(
            key=key, code=node.code, depth=depth, name=node.name, parent_id=node.parent_key or keys.NATION
        )

    def _office(self, row: Place) -> Office:
        kind = Office.Kind.COMMISSION if row.depth == 2 else Office.Kind.TOWNSHIP
        return Office(code=row.key.replace(":", "-"), name=f"{row.name}纪委", kind=kind, place_id=row.key)


def cases(nation: Nation, number: int, dice: random.Random) -> list[Case]:
    codes = [spec.code for spec in domains()]
    made = []
    for n in range(number):
        case = submit(f"第{n}封信：村支书贪污了修路的钱。")
        subject = SubjectFound(name="", unit="村委会", post="村支书", level="village")
        found = finding(
            case, domain=dice.choice(codes), place=dice.choice(nation.townships), subjects=(subject,)
        )
        actions.read(case, found)
        made.append(Case.objects.select_related("report", "place", "domain").get(pk=case.pk))
    return made


def timed(call: Callable[[], object], took: list[float]) -> object:
    start = time.process_time()
    answer = call()
    took.append((time.process_time() - start) * 1000)
    return answer


def measured(took: list[float]) -> list[str]:
    ordered = sorted(took)
    rate = 1000 * len(took) / sum(took)
    return [f"{rate:,.0f}", *(f"{percentile(ordered, share):.1f}" for share in (0.5, 0.95))]


def decisions(number: int) -> None:
    nation, dice, rows = Nation(), random.Random(SEED), []
    for zones in ZONES:
        nation.grow_to(zones)
        asked, applied, to_zone = [], [], 0
        for case in cases(nation, number, dice):
            answer = timed(lambda c=case: search.route(c), asked)
            timed(lambda c=case, a=answer: routing.apply(c, a), applied)
            to_zone += bool(answer.to and answer.to[0] == "zone")
        there = f"{Zone.objects.count():,}"
        rows.append([there, f"{to_zone} of {number}", *measured(asked), *measured(applied)[1:]])
    columns = ["zones", "went to a zone", "decisions/s", "p50 ms", "p95 ms", "applied p50 ms", "p95 ms"]
    print_table(columns, rows)


def questions(number: int) -> None:
    dice, codes, rows = random.Random(SEED), [spec.code for spec in domains()], []
    townships = [f"township:9901{n // 1000:02}{n % 1000:03}000" for n in range(42_000)]
    for zones in ZONES:
        held = [
            ZoneDocument(f"z{n:05}", frozenset(share), frozenset(dice.sample(codes, 3)))
            for n, share in enumerate(islice(batched(townships, 3), zones))
        ]
        took: list[float] = []
        for _n in range(number):
            place = next(iter(dice.choice(held).covers))
            out = frozenset(z.code for z in dice.sample(held, 2))
            question = RouteQuestion(
                places=(place,),
                domain=dice.choice(codes),
                out=out,
                siblings=frozenset(),
                loads=(),
                weights=routing.weights(),
            )
            timed(lambda q=question, h=held: backends.route(q, h), took)
        rows.append([f"{zones:,}", *measured(took)])
    print_table(["zones in one county", "questions/s", "p50 ms", "p95 ms"], rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--cases", type=int, default=150, help="for each number of zones")
    options = parser.parse_args()
    call_command("migrate", verbosity=0, skip_checks=True)
    print_head("Routing, one core")
    print("By the CPU's clock, so that others on the machine count less:\n")
    decisions(options.cases)
    questions(min(50, options.cases))


if __name__ == "__main__":
    main()
