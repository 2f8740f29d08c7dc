"""Marks what has changed, inside the transaction that changed it."""

from __future__ import annotations

import time
from itertools import batched
from typing import Any

from django.db.models import F, Q
from django.db.models.functions import Greatest

from search.models import Indexed, Stale, ToRoute
from triage.models import Case

# Of what a document is made, which fields and parts decide who may see the case.
RIGHTS_FIELDS = frozenset(
    {"state", "place", "place_id", "zone", "zone_id", "office", "office_id", "inbox", "recusals"}
)
# What makes a case be put to the routing question again.
ROUTE_FIELDS = frozenset({"place", "domain", "kind", "recusals", "subjects"})


CHUNK = 5_000


def next_version() -> int:
    """Grows from call to call on one machine and over restores: nanoseconds since the epoch."""
    return time.time_ns()


def touch(case: Case, *, rights: bool = False) -> None:
    """The document of the case is stale from this transaction on.

    Its version is higher than any before it of this case, also where a clock was set back.
    """
    now = next_version()
    changes: dict[str, Any] = {"version": Greatest(F("version") + 1, now), "attempts": 0, "error": ""}
    if rights:
        changes["rights"] = True
    if not Stale.objects.filter(pk=case.pk).update(**changes):
        held = Indexed.objects.filter(pk=case.pk).values_list("version", flat=True).first() or 0
        Stale.objects.create(case=case, version=max(now, held + 1), rights=rights)


def touch_all(rows: Q | None = None, *, rights: bool = False) -> int:
    """Marks many cases at once (a zone's code changed, the index made anew); how many."""
    pks = Case.objects.filter(rows or Q()).order_by("pk").values_list("pk", "indexed__version")
    number = 0
    for held in batched(pks.iterator(chunk_size=CHUNK), CHUNK):
        now = next_version()
        Stale.objects.bulk_create(
            [Stale(case_id=pk, version=max(now, (known or 0) + 1), rights=rights) for pk, known in held],
            update_conflicts=True,
            unique_fields=["case"],
            update_fields=["version", "rights"] if rights else ["version"],
        )
        number += len(held)
    return number


def ask_route(case: Case) -> None:
    """The case will be put to the routing question."""
    ToRoute.objects.get_or_create(case=case)
