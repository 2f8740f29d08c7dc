"""The one way to change a case: conditional update, version + 1, Event and signal in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from intake import sealing
from intake.refusals import Refused
from triage import clocks
from triage.models import Case, Event
from triage.signals import case_changed

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import User

    from triage.models.cases import CaseQuerySet


_moment: ContextVar[datetime | None] = ContextVar("moment", default=None)


@contextmanager
def happening(at: datetime) -> Iterator[None]:
    """Events inside happened at that moment: for history that is taken over from elsewhere."""
    token = _moment.set(at)
    try:
        yield
    finally:
        _moment.reset(token)


def moment() -> datetime:
    return _moment.get() or timezone.now()


class Change(dict[str, Any]):
    """The columns to set: call it with keywords. `touched` names parts beside the columns (matters …)."""

    def __init__(self) -> None:
        super().__init__()
        self.touched: set[str] = set()
        self.facts: dict[str, Any] = {}

    def __call__(self, **columns: Any) -> None:
        self.update(columns)


@contextmanager
def claim(
    case: Case,
    rows: CaseQuerySet,
    *,
    verb: str,
    by: User | None = None,
    ground: str = "",
    facts: dict[str, Any] | None = None,
) -> Iterator[Change]:
    """Changes `case` if it is still among `rows` and nobody changed it since it was loaded.

    Raises Refused otherwise, and nothing has happened.
    """
    with transaction.atomic():
        change = Change()
        change.facts.update(facts or {})
        yield change
        held = rows.filter(pk=case.pk, version=case.version)
        if not held.update(version=F("version") + 1, **change):
            raise Refused(_("Somebody else has changed this case meanwhile. Please look at it again."))
        case.version += 1
        for column, value in change.items():
            setattr(case, column, value)
        if "sealed" in change:
            case.__dict__.pop("_payload", None)
        record(case, verb, by=by, ground=ground, facts=change.facts)
        case_changed.send(Case, case=case, verb=verb, fields=frozenset(change) | frozenset(change.touched))


def record(
    case: Case,
    verb: str,
    *,
    by: User | None = None,
    ground: str = "",
    facts: dict[str, Any] | None = None,
    first: bool = False,
) -> Event:
    """Appends one Event; its digest is an HMAC over the line and the digest before it.

    first: the case is new and has no history that would have to be looked up.
    """
    last = None if first else Event.objects.filter(case=case).order_by("-seq").only("seq", "digest").first()
    event = Event(
        case=case,
        seq=last.seq + 1 if last else 1,
        verb=verb,
        by=by,
        at=moment(),
        previous_digest=last.digest if last else "",
    )
    event.payload = {"ground": ground, "facts": facts or {}}
    event.digest = digest_of(event)
    event.save(force_insert=True)
    clocks.tick(case, verb, event.at, first=first)
    return event


def digest_of(event: Event) -> str:
    line = [
        event.case_id,
        event.seq,
        event.verb,
        event.by_id,
        event.at.astimezone(UTC).isoformat(),
        event.payload,
    ]
    return sealing.chained(event.previous_digest, line, "events")


def broken_lines(case: Case) -> list[int]:
    """The seq of each event that was changed, or before which one is missing."""
    broken, before, number = [], "", 0
    for event in case.events.order_by("seq"):
        number += 1
        if event.seq != number or event.previous_digest != before or digest_of(event) != event.digest:
            broken.append(event.seq)
            number = event.seq
        before = event.digest
    return broken
