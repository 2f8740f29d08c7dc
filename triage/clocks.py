"""Starts and stops the deadlines of a case as its history goes on; the earliest open one is its due date."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db.models import Min
from django.utils import timezone

from triage import deadlines

if TYPE_CHECKING:
    from datetime import datetime

    from triage.models import Case


@dataclass(frozen=True)
class Clock:
    """A row of `clocks.toml`."""

    profile: str
    rule: str
    starts: str
    counts_from: str
    met_by: frozenset[str]
    when: tuple[tuple[str, Any], ...]

    def concerns(self, case: Case) -> bool:
        return all(getattr(case, column) == value for column, value in self.when)


@cache
def clocks() -> tuple[Clock, ...]:
    raw = tomllib.loads((Path(__file__).parent / "clocks.toml").read_text())
    return tuple(
        Clock(
            c["profile"], c["rule"], c["starts"], c["from"], frozenset(c["met_by"]), tuple(c["when"].items())
        )
        for c in raw["clock"]
    )


def tick(case: Case, verb: str, at: datetime, *, first: bool = False) -> None:
    """What an event of this kind does to the case's clocks and due date. Runs in its transaction.

    first: the case is new and has no clock yet.
    """
    from triage.models import Case, Deadline

    stopped = [c.rule for c in clocks() if verb in c.met_by]
    started = [c for c in clocks() if c.starts == verb and c.concerns(case)]
    if not stopped and not started:
        return
    if stopped and not first:
        Deadline.objects.filter(case=case, rule__in=stopped, met_at=None).update(met_at=at)
    rows = [_deadline(case, clock, at) for clock in started]
    Deadline.objects.bulk_create(rows, ignore_conflicts=True)
    if first:
        case.due_on = min(row.due_on for row in rows)
    else:
        case.due_on = Deadline.objects.filter(case=case, met_at=None).aggregate(first=Min("due_on"))["first"]
    Case.objects.filter(pk=case.pk).update(due_on=case.due_on)


def _deadline(case: Case, clock: Clock, at: datetime) -> Any:
    from triage.models import Deadline

    day = timezone.localdate(case.received_at if clock.counts_from == "received" else at)
    term = deadlines.due(clock.rule, day, profile=clock.profile)
    return Deadline(
        case=case,
        profile=clock.profile,
        rule=clock.rule,
        starts_on=day,
        due_on=term.on,
        provisional=term.provisional,
    )
