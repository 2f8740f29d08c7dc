"""Fills an installation with reports that are long done: `python -m tests.benchmarks.preload 200000`.

Rows as the product would leave them (sealed, closed, indexed), written in bulk; `FLYPAPER_DATA` says where.
What receiving a report has to look through and to index is there; readings, matters and messages are not.
"""

from __future__ import annotations

import random
import sys
import time
import uuid
from datetime import timedelta
from itertools import batched

import django
from django.db import connection, transaction
from django.utils import timezone

SEED = 4
AT_ONCE = 5_000
DAYS = 900


def preload(number: int) -> float:
    """Seconds that it took."""
    from tests.benchmarks.letters import county_letters

    started = time.monotonic()
    letters = county_letters(400)
    _write_fast()
    for numbers in batched(range(1, number + 1), AT_ONCE):
        _write(numbers, letters)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return time.monotonic() - started


def _write_fast() -> None:
    """A power cut may lose what a benchmark filled in; only this connection works so."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=OFF")
        cursor.execute("PRAGMA cache_size=-400000")


def _write(numbers: tuple[int, ...], letters: list[str]) -> None:
    from intake.models import Report
    from search.models import Indexed
    from triage.models import Case, Deadline, Event

    dice = random.Random(f"{SEED}:{numbers[0]}")
    with transaction.atomic():
        reports = Report.objects.bulk_create([_report(dice, letters) for _n in numbers])
        cases = Case.objects.bulk_create([_case(report, *_there()) for report in reports])
        Event.objects.bulk_create([_event(case) for case in cases])
        Deadline.objects.bulk_create([_deadline(case) for case in cases])
        Indexed.objects.bulk_create([Indexed(case=case, version=case.pk) for case in cases])


def _report(dice: random.Random, letters: list[str]):
    from intake.models import Report

    uid = uuid.UUID(int=dice.getrandbits(128), version=4)
    report = Report(
        uid=uid,
        channel="web",
        external_id=str(uid),
        receipt=f"{dice.getrandbits(256):064x}",
        fingerprint=f"{dice.getrandbits(256):064x}",
        received_at=timezone.now() - timedelta(minutes=dice.randrange(DAYS * 1440)),
    )
    report.payload = {"title": "", "text": dice.choice(letters), "stated": {}}
    return report


def _case(report, place: str, zone: int | None):
    from triage.models import Case

    case = Case(
        report=report,
        channel="web",
        state=Case.State.CLOSED,
        received_at=report.received_at,
        inbox_id=place,
        place_id=place,
        zone_id=zone,
        domain_id="other",
    )
    case.payload = {"title": "", "text": report.text}
    return case


def _event(case):
    from triage.models import Event

    event = Event(case=case, seq=1, verb="opened", digest="0" * 64)
    event.payload = {"ground": "", "facts": {}}
    return event


def _deadline(case):
    from triage.models import Deadline

    day = case.received_at.date()
    return Deadline(
        case=case, profile="cn-rule", rule="D1", starts_on=day, due_on=day, met_at=case.received_at
    )


def _there() -> tuple[str, int | None]:
    from triage.models import Zone
    from triage.territory import default_inbox

    if not _where:
        _where.append((default_inbox(), Zone.objects.values_list("pk", flat=True).first()))
    return _where[0]


_where: list[tuple[str, int | None]] = []


if __name__ == "__main__":
    django.setup()
    count = int(sys.argv[1])
    print(f"{count:,} reports in {preload(count):.0f} s")
