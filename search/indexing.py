"""Brings the index to what the database says, in an order that a kill at any point survives.

First the engine has the documents, durably; then, in one transaction of the database, the outbox rows go
whose version is still the one that was written. What is killed in between is written once more, which the
versions make harmless.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable

from django.conf import settings
from django.db import connection, transaction

from intake.steps import passing
from search import outbox
from search.backends import Engine, engine
from search.documents import documents
from search.models import Generation, Indexed, Stale
from triage.models import Case

log = logging.getLogger("flypaper.search")


def index(rows: Iterable[Stale]) -> None:
    """Writes the cases of these outbox rows as they stand now. Raises SearchDown, and nothing is lost."""
    into = trusted_engine()
    # Their versions are read after that (a new generation gives new ones) and before the cases.
    taken = dict(Stale.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", "version"))
    found = list(documents(taken, taken))
    gone = {pk: version for pk, version in taken.items() if pk not in {d.case_id for d in found}}
    into.write(found, gone)
    passing("indexed")
    _done(into, taken, gone)


def remove(pks: Iterable[int]) -> None:
    """Takes documents out at once, e.g. before their rows are deleted."""
    into = trusted_engine()
    gone = {pk: outbox.next_version() for pk in pks}
    into.write([], gone)
    _done(into, gone, gone)


def _done(into: Engine, taken: dict[int, int], gone: dict[int, int]) -> None:
    """Says in the database what the index has. Where another generation began meanwhile, nothing: what was
    written went into an index that nobody asks any more."""
    with transaction.atomic():
        row = Generation.objects.select_for_update().get(pk=engine_name())
        if row.uid != into.generation:
            return
        Indexed.objects.filter(pk__in=list(gone)).delete()
        there = Case.objects.filter(pk__in=[pk for pk in taken if pk not in gone]).values_list(
            "pk", flat=True
        )
        Indexed.objects.bulk_create(
            [Indexed(case_id=pk, version=taken[pk]) for pk in there],
            update_conflicts=True,
            unique_fields=["case"],
            update_fields=["version", "at"],
        )
        with connection.cursor() as cursor:
            cursor.executemany(
                "DELETE FROM search_stale WHERE case_id = %s AND version = %s", list(taken.items())
            )
        row.newest = max(row.newest, *taken.values(), 0)
        row.save(update_fields=["newest"])


def current_engine() -> Engine | None:
    """The engine of the generation that this database stands for; None before the first."""
    row = Generation.objects.filter(pk=engine_name()).first()
    return engine(row.uid) if row else None


def trusted_engine() -> Engine:
    """The engine to write to. Where its index is missing, broken or of another state of the database, a new
    generation begins: an empty index, and every case stale."""
    held = current_engine()
    if held is not None and held.usable() and not _ahead(held):
        return held
    if held is not None:
        log.warning("The search index cannot be trusted: a new one is being made.")
    return begin_generation()


# Generations that were compared with the database in this process.
_compared: set[str] = set()


def _ahead(held: Engine) -> bool:
    """Does the index know what the database does not (a restored database beside a newer index)?

    What was written just before a kill is newer, too, but then the outbox still has its row.
    """
    row = Generation.objects.get(pk=engine_name())
    if row.uid in _compared:
        return False
    newer = held.given_after(row.newest)
    if len(newer) > outbox.CHUNK or newer.keys() - Stale.objects.filter(pk__in=newer).values_list(
        "pk", flat=True
    ):
        return True
    _compared.add(row.uid)
    return False


def begin_generation() -> Engine:
    """The database says first that the old index is not to be trusted; a kill after that begins once more."""
    uid = uuid.uuid4().hex
    with transaction.atomic():
        Generation.objects.update_or_create(pk=engine_name(), defaults={"uid": uid, "newest": 0})
        outbox.touch_all()
        Indexed.objects.all().delete()
    made = engine(uid)
    made.create()
    made.delete_others()
    return made


def engine_name() -> str:
    """Of the engine that the settings choose, as `Generation` knows it."""
    return settings.FLYPAPER_SEARCH
