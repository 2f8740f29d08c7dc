"""Marks what has changed, inside the transaction that changed it."""

from __future__ import annotations

import time

from django.db.models import Q

from search.models import Stale, ToRoute
from triage.models import Case

# Of what a document is made, which fields and parts decide who may see the case.
RIGHTS_FIELDS = frozenset(
    {"state", "place", "place_id", "zone", "zone_id", "office", "office_id", "inbox", "recusals"}
)
# What makes a case be put to the routing question again.
ROUTE_FIELDS = frozenset({"place", "recusals", "subjects"})


def next_version() -> int:
    """Grows from call to call on one machine and over restores: nanoseconds since the epoch."""
    return time.time_ns()


def touch(case: Case, *, rights: bool = False) -> None:
    """The document of the case is stale from this transaction on."""
    version = next_version()
    held = Stale.objects.filter(pk=case.pk)
    changes = {"version": version, "attempts": 0, "error": ""}
    if not held.update(**changes, **({"rights": True} if rights else {})):
        Stale.objects.create(case=case, version=version, rights=rights)


def touch_all(rows: Q) -> int:
    """Marks many cases at once (a place renamed, a domain relabelled); how many."""
    version = next_version()
    pks = list(Case.objects.filter(rows).values_list("pk", flat=True))
    Stale.objects.bulk_create(
        [Stale(case_id=pk, version=version) for pk in pks],
        update_conflicts=True,
        unique_fields=["case"],
        update_fields=["version"],
    )
    return len(pks)


def ask_route(case: Case) -> None:
    """The case will be put to the routing question."""
    ToRoute.objects.get_or_create(case=case)
