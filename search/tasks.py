"""Work after commit: routes what waits, brings the index up to date. Keys in, nothing else."""

from __future__ import annotations

import logging

from celery import shared_task
from django.db.models import F
from django.utils import timezone

import search
from intake.refusals import Refused
from intake.steps import passing
from search import indexing, routing
from search.models import Stale, ToRoute
from search.query import SearchDown
from triage.models import Case

BATCH = 500
log = logging.getLogger("flypaper.search")


@shared_task(acks_late=True)
def route_case(pk: int) -> bool:
    """Puts one waiting case to the routing question and applies the answer; False when it cannot yet."""
    if not ToRoute.objects.filter(pk=pk).exists():
        return False
    case = Case.objects.select_related("report", "place", "domain").get(pk=pk)
    try:
        answer = search.route(case)
        passing("routed")
        routing.apply(case, answer)
    except (SearchDown, Refused) as error:
        ToRoute.objects.filter(pk=pk).update(attempts=F("attempts") + 1)
        log.warning("case %s waits for its route: %s", pk, type(error).__name__)
        return False
    return True


@shared_task(acks_late=True)
def index_case(pk: int) -> int:
    return index_stale([pk])


def forget_case(pk: int) -> None:
    """Takes a case that is deleted out of the index. Where that fails, `search_verify` finds a ghost; its row
    is never shown, because rows come from the database."""
    try:
        search.remove([pk])
    except SearchDown as error:
        log.warning("a deleted case stays in the index for now: %s", type(error).__name__)


def index_stale(pks: list[int]) -> int:
    """Writes the documents of these cases as they stand now; how many rows of the outbox are done.

    The row's version is read before the case, so that a change in between leaves the row standing.
    """
    rows = list(Stale.objects.filter(pk__in=pks))
    if not rows:
        return 0
    passing("indexing")
    try:
        search.index(rows)
    except SearchDown as error:
        Stale.objects.filter(pk__in=pks).update(attempts=F("attempts") + 1, error=type(error).__name__)
        log.warning("%d documents wait for the index: %s", len(rows), type(error).__name__)
        return 0
    return len(rows)


@shared_task
def catch_up() -> int:
    """Routes and indexes all that waits; how many were done."""
    done = 0
    for pk in list(ToRoute.objects.order_by("at").values_list("pk", flat=True)[:BATCH]):
        done += int(route_case(pk))
    pks = list(Stale.objects.order_by("version").values_list("pk", flat=True)[:BATCH])
    return done + index_stale(pks) + (0 if pks else _look_after_index())


def _look_after_index() -> int:
    """While nothing is stale: an index that is missing or broken is begun anew, one that has deletions is tidied."""
    try:
        return int(indexing.trusted_engine().tidy())
    except SearchDown as error:
        log.warning("the search index cannot be looked after: %s", error)
        return 0


def health() -> dict[str, int]:
    """behind: documents that wait; oldest_behind_seconds; to_route: cases that wait for a route."""
    oldest = Stale.objects.order_by("at").values_list("at", flat=True).first()
    return {
        "behind": Stale.objects.count(),
        "oldest_behind_seconds": int((timezone.now() - oldest).total_seconds()) if oldest else 0,
        "to_route": ToRoute.objects.count(),
    }
