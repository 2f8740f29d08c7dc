"""Find and route: the whole public face, in no engine's words.

find(query, user=) -> Results          what the user may see of what the query asks for
similar(case, user=) -> Results        cases like this one
route(case) -> Route                   which zone or office may and should take it
index(rows) -> None                    writes the documents of outbox rows
remove(pks) -> None                    takes documents out
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.contrib.auth.models import AbstractBaseUser

    from search.models import Stale
    from search.query import Query, Results, Route
    from triage.models import Case


def find(query: Query, *, user: AbstractBaseUser) -> Results:
    from search.finding import find

    return find(query, user=user)


def similar(case: Case, *, user: AbstractBaseUser, limit: int = 5) -> Results:
    from search.finding import similar

    return similar(case, user=user, limit=limit)


def route(case: Case) -> Route:
    from search.routing import route

    return route(case)


def index(rows: Iterable[Stale]) -> None:
    from search.indexing import index

    index(rows)


def remove(pks: Iterable[int]) -> None:
    from search.indexing import remove

    remove(pks)


def health() -> dict[str, int]:
    from search.tasks import health

    return health()
