"""A new index beside the live one, and the comparison of what an index holds with what it should.

The copy takes its versions from the database before it reads a case, so that whatever is written to the live
index meanwhile has a higher one. At the swap every case that was indexed since the copy began is stale once
more, in the transaction that makes the new index the live one: nothing that happened meanwhile is lost.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from search import outbox
from search.backends import Engine, engine
from search.documents import documents
from search.indexing import current_engine, engine_name, index
from search.models import Generation, Indexed, Stale
from search.query import SearchDown
from triage.models import Case

WINDOW = 1_000
# Clocks of two machines may differ by this much.
SLACK = timedelta(minutes=5)


def rebuild(progress: Callable[[int], None] = lambda n: None) -> int:
    """Makes the index anew and puts it in place of the old one, which serves until then; how many documents."""
    began = timezone.now()
    uid = uuid.uuid4().hex
    made = engine(uid)
    made.create()
    try:
        number = sum(_copy(made, progress))
        _swap(uid, began)
    except BaseException:
        made.delete()
        raise
    made.delete_others()
    catch_up()
    return number


def _copy(into: Engine, progress: Callable[[int], None]) -> Iterator[int]:
    last = 0
    while True:
        pks = list(
            Case.objects.readable().filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:WINDOW]
        )
        if not pks:
            return
        # What the outbox never heard of (rows that came past the product's verbs) gets its version there.
        outbox.touch_all(Q(pk__in=pks, indexed__isnull=True, stale__isnull=True))
        known = dict(Indexed.objects.filter(pk__in=pks).values_list("pk", "version"))
        found = list(documents(pks, {pk: known.get(pk, 0) for pk in pks}))
        into.write(found, {})
        last = pks[-1]
        progress(len(pks))
        yield len(found)


def _swap(uid: str, began: datetime) -> None:
    with transaction.atomic():
        Generation.objects.update_or_create(pk=engine_name(), defaults={"uid": uid})
        since = Q(indexed__at__gte=began - SLACK) | Q(state=Case.State.SEALED_UP)
        outbox.touch_all(since, rights=True)


def catch_up() -> None:
    """Indexes all that waits."""
    while rows := list(Stale.objects.order_by("version")[:WINDOW]):
        index(rows)


@dataclass
class Differences:
    """Keys of cases by what is wrong with their documents. `waiting` is nothing wrong: the outbox has them."""

    compared: int = 0
    waiting: int = 0
    missing: list[int] = field(default_factory=list)
    stale: list[int] = field(default_factory=list)
    ghosts: list[int] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.missing or self.stale or self.ghosts)


def verify() -> Differences:
    """Compares the live index with the database, case by case. Raises SearchDown."""
    held = current_engine()
    if held is None:
        raise SearchDown("no index has been made yet")
    found = Differences()
    should = _should_be_held()
    there = held.versions()
    case, document = next(should, None), next(there, None)
    while case or document:
        if case and document and case[0] == document[0]:
            _note(found, case, document[1])
            case, document = next(should, None), next(there, None)
        elif case and (document is None or case[0] < document[0]):
            _note(found, case, None)
            case = next(should, None)
        elif document:
            found.ghosts.append(document[0])
            document = next(there, None)
    return _settled(found)


def _should_be_held() -> Iterator[tuple[int, int | None, bool]]:
    """(pk, version the index was given, whether the outbox holds it) of all readable cases, by key."""
    rows = Case.objects.readable().order_by("pk").values_list("pk", "indexed__version", "stale__version")
    for pk, version, stale in rows.iterator(chunk_size=10_000):
        yield pk, version, stale is not None


def _note(found: Differences, case: tuple[int, int | None, bool], held: int | None) -> None:
    pk, given, waits = case
    found.compared += 1
    if waits:
        found.waiting += 1
    elif held is None:
        found.missing.append(pk)
    elif held != given:
        found.stale.append(pk)


def _settled(found: Differences) -> Differences:
    """Without what the worker was doing while we compared: those wait in the outbox, or have done so."""
    waiting = set(Stale.objects.filter(pk__in=found.ghosts).values_list("pk", flat=True))
    found.ghosts = [pk for pk in found.ghosts if pk not in waiting]
    return found


def repair(found: Differences) -> None:
    """Marks what is missing, stale or should not be there, and brings the index up to date."""
    wrong = [*found.missing, *found.stale, *found.ghosts]
    with transaction.atomic():
        for start in range(0, len(wrong), WINDOW):
            outbox.touch_all(Q(pk__in=wrong[start : start + WINDOW]), rights=True)
    known = set(Stale.objects.values_list("pk", flat=True))
    if vanished := [pk for pk in found.ghosts if pk not in known]:
        from search.indexing import remove

        remove(vanished)
    catch_up()
