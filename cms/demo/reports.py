"""Puts the sample county's reports through the product, and plays two years of work on them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from intake import actions as intake_actions
from intake.channels import CHANNELS
from intake.refusals import Refused
from search.tasks import route_case
from triage import actions
from triage.claims import happening
from triage.models import Appointment, Case, Officer, Role
from triage.scope import scope_of
from triage.tasks import read_case
from triage.territory import known_place

# How many of a hundred cases of that age (days) are still open: an office that works, and has arrears.
STILL_OPEN = ((30, 90), (60, 45), (120, 15), (10_000, 4))
OUTCOMES = ("founded", "partly_founded", "unfounded", "not_verifiable")
HOUR = timedelta(hours=1)


def receive(reports: Iterable[dict[str, Any]], end: datetime, progress: Callable[[], Any]) -> None:
    """Each report arrives on its day; one that is there already is left alone."""
    for row in reports:
        at = _arrival(row, end)
        place = known_place((row.get("stated") or {}).get("place") or "")
        raw = {
            "id": f"demo-{row['id']}",
            "title": row["title"] or "",
            "text": row["text"],
            "received": at.isoformat(),
            "identity": row["identity"] or {},
            "withheld": row["withheld"],
            "accused": (row["stated"] or {}).get("accused", []),
            "place": place.pk if place else "",
            "language": "en" if f"{row['title']}{row['text']}".isascii() else "zh-hans",
        }
        with happening(at):
            intake_actions.receive(CHANNELS[row["channel"]](raw))
        progress()


def _arrival(row: dict[str, Any], end: datetime) -> datetime:
    day = timezone.localtime(end) - timedelta(days=row["received"]["days"])
    at = day.replace(hour=row["received"]["hour"], minute=_minute(row["id"]), second=0, microsecond=0)
    return min(at, end)


def _minute(text: str) -> int:
    return sum(map(ord, text)) * 7 % 60


def read_and_route(progress: Callable[[], Any]) -> None:
    """The machine reads and routes each report minutes after its arrival, as it would have."""
    for case in Case.objects.unread().order_by("received_at").only("pk", "received_at"):
        with happening(case.received_at + timedelta(minutes=2)):
            read_case(case.pk)
            route_case(case.pk)
        progress()


def work(end: datetime, progress: Callable[[], Any]) -> None:
    """Older cases are confirmed, taken in hand and closed by people who may see them."""
    chance = random.Random(2026)
    clerks = _people(Role.CLERK)
    for case in Case.objects.filter(state=Case.State.ASSIGNED).order_by("received_at"):
        age = (end - case.received_at).days
        if age >= 2:
            _work_on(case, age, chance, clerks)
        progress()


def _work_on(case: Case, age: int, chance: random.Random, clerks: list[Officer]) -> None:
    clerk = next((c for c in clerks if case.pk not in scope_of(user_of(c)).recused), None)
    if clerk is None:
        return
    at = case.received_at + chance.randint(2, 30) * HOUR
    with happening(at):
        if not case.unsure or age > 5:
            actions.confirm(case, by=user_of(clerk))
    handler = next(
        (h for h in _pool(case) if Case.objects.visible_to(user_of(h)).filter(pk=case.pk).exists()), None
    )
    if handler is None or chance.random() < 0.1:
        return
    with happening(at + chance.randint(10, 80) * HOUR):
        actions.accept(case, by=user_of(handler), handler=handler)
    open_percent = next(percent for days, percent in STILL_OPEN if age <= days)
    if chance.randrange(100) >= open_percent:
        closed = min(at + timedelta(days=chance.randint(12, 55)), timezone.now() - HOUR)
        _close(case, handler, chance.choice(OUTCOMES), closed)


def _close(case: Case, handler: Officer, outcome: str, at: datetime) -> None:
    with happening(at):
        try:
            actions.close(case, by=user_of(handler), outcome=outcome, ground="样例：核查完毕。")
        except Refused:
            return
        if case.named:
            actions.answer(case, "您反映的问题已经办结，经办人员将当面向您反馈。", by=user_of(handler))


def user_of(officer: Officer) -> User:
    if officer.user is None:
        raise LookupError(f"{officer.pk} of the sample county cannot sign in")
    return officer.user


def _people(role: str) -> list[Officer]:
    rows = Appointment.objects.in_force().filter(role=role).select_related("officer__user").order_by("pk")
    return [a.officer for a in rows]


def _pool(case: Case) -> list[Officer]:
    """The zone's handlers, or the county's investigators for what lies with the county; each case begins
    with another of them."""
    rows = Appointment.objects.in_force().filter(role=Role.INVESTIGATOR)
    if case.zone_id:
        rows = Appointment.objects.in_force().filter(
            zone=case.zone_id, role__in=[Role.HANDLER, Role.ZONE_LEADER]
        )
    officers = [a.officer for a in rows.select_related("officer__user").order_by("pk")]
    turn = case.pk % len(officers) if officers else 0
    return officers[turn:] + officers[:turn]
