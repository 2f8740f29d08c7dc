"""What a user finds: rights inside every question, and the database has the last word.

The index lags. So each question carries, read in the same moment, the user's Scope and as exclusions the
cases that do not exist for the user and those whose rights have changed since they were indexed; and the
rows shown are loaded through `visible_to`. Whatever that refuses is excluded and asked anew, so that the
total and the facets never count it either.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from search import highlights, likeness
from search.indexing import current_engine
from search.models import Stale
from search.query import Ask, BadQuery, FacetCount, Found, Hit, Like, Query, Results, Row, SearchDown
from search.words import parse
from triage.models import Case, Installation
from triage.places import keys
from triage.scope import Scope, scope_of

if TYPE_CHECKING:
    from datetime import date

    from django.contrib.auth.models import AbstractBaseUser

    from search.backends import Engine

SORTS = ("relevance", "newest", "oldest")
MOST_ROWS = 200  # of one page
ROUNDS = 5  # how often a question is asked anew because the database refused a row


@dataclass(frozen=True)
class _Rights:
    """Who asks, and what is kept out of the index's answer."""

    scope: Scope
    excluded: frozenset[int]


def find(query: Query, *, user: AbstractBaseUser) -> Results:
    """What the user may see of what the query asks for.

    Raises BadQuery for what is no question, SearchDown where the engine does not answer.
    """
    ask = _ask(query)
    rights = _rights(user)
    held = _engine()
    for _round in range(ROUNDS):
        found = held.search(replace(ask, keys=tuple(rights.scope.keys), excluded=rights.excluded))
        cases = _cases(found.rows, rights.scope)
        refused = {row.case_id for row in found.rows} - cases.keys()
        if not refused:
            return _results(ask, found, cases, rights.scope)
        rights = replace(rights, excluded=rights.excluded | refused)
    raise SearchDown("the index and the database disagree")


def similar(case: Case, *, user: AbstractBaseUser, limit: int = 5) -> Results:
    """Cases of which the user may know that share most with this one, which the user must be able to see."""
    rights = _rights(user)
    if not rights.scope.cases(Case.objects.filter(pk=case.pk)).exists():
        return Results((), 0)
    terms, floor = likeness.terms_of(case)
    like = Like(
        keys=tuple(rights.scope.keys),
        excluded=rights.excluded | {case.pk},
        terms=terms,
        floor=floor,
        limit=min(limit, MOST_ROWS),
    )
    held = _engine()
    for _round in range(ROUNDS):
        rows = held.similar(like)
        cases = _cases(rows, rights.scope)
        refused = {row.case_id for row in rows} - cases.keys()
        if not refused:
            hits = tuple(Hit(r.case_id, float(r.score), (), cases[r.case_id]) for r in rows)
            return Results(hits, len(hits), behind=_behind(rights.scope))
        like = replace(like, excluded=like.excluded | refused)
    raise SearchDown("the index and the database disagree")


def find_by_number(number: str, *, user: AbstractBaseUser) -> Results:
    """What the database alone can answer while the engine is down: a case by its number."""
    rows = list(
        scope_of(user)
        .cases(Case.objects.all())
        .filter(number=number.strip().upper())
        .select_related("place", "domain", "zone", "office", "report")
    )
    return Results(tuple(Hit(c.pk, 0.0, highlights.opening(c), c) for c in rows), len(rows))


def _ask(query: Query) -> Ask:
    if query.sort not in SORTS:
        raise BadQuery(_("Results can be sorted by relevance, newest or oldest."))
    if query.place:
        _checked_place(query.place)
    return Ask(
        keys=(),
        excluded=frozenset(),
        words=parse(query.words),
        accused=parse(query.accused),
        query=replace(query, limit=max(1, min(query.limit, MOST_ROWS))),
        facet_level=_facet_level(query.place),
        after=_opened_cursor(query.after),
        since=_midnight(query.since) if query.since else None,
        until=_midnight(query.until + timedelta(days=1)) if query.until else None,
    )


def _checked_place(key: str) -> None:
    try:
        keys.split_key(key)
    except ValueError:
        raise BadQuery(_("There is no such place.")) from None


def _facet_level(place: str) -> str:
    """One below the place asked for, or below the top of the territory."""
    top = place or Installation.current().root_id
    if not top:
        return keys.LEVELS[0]
    depth = keys.LEVELS.index(keys.split_key(top)[0])
    return keys.LEVELS[min(depth + 1, len(keys.LEVELS) - 1)]


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _engine() -> Engine:
    held = current_engine()
    if held is None:
        raise SearchDown("no index has been made yet")
    return held


def _rights(user: AbstractBaseUser) -> _Rights:
    """The outbox is read before the scope: a change of rights in between is in the one or in the other."""
    stale = _stale_rights()
    scope = scope_of(user)
    return _Rights(scope, stale | _away(scope))


def _stale_rights() -> frozenset[int]:
    """Cases of which the index may know rights that hold no more."""
    return frozenset(Stale.objects.filter(rights=True).values_list("pk", flat=True))


def _away(scope: Scope) -> frozenset[int]:
    return scope.recused


def _cases(rows: tuple[Row, ...] | list[Row], scope: Scope) -> dict[int, Case]:
    visible = scope.cases(Case.objects.filter(pk__in=[r.case_id for r in rows]))
    return {c.pk: c for c in visible.select_related("place", "domain", "zone", "office", "report")}


def _behind(scope: Scope) -> int:
    return scope.cases(Case.objects.filter(stale__isnull=False)).count()


def _results(ask: Ask, found: Found, cases: dict[int, Case], scope: Scope) -> Results:
    marks = highlights.Marker(ask.words, ask.accused)
    hits = tuple(
        Hit(row.case_id, float(row.score), marks.of(cases[row.case_id]), cases[row.case_id])
        for row in found.rows
    )
    return Results(
        hits=hits,
        total=found.total,
        facets={name: _sorted(counts) for name, counts in found.facets.items()},
        behind=_behind(scope),
        next=_sealed_cursor(found.rows[-1]) if found.more else "",
    )


def _sorted(counts: dict[str, int]) -> tuple[FacetCount, ...]:
    return tuple(FacetCount(v, n) for v, n in sorted(counts.items(), key=lambda c: (-c[1], c[0])))


def _sealed_cursor(row: Row) -> str:
    raw = json.dumps([row.score, row.received, row.case_id]).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _opened_cursor(cursor: str) -> tuple[int, int, int] | None:
    if not cursor:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error):
        values = None
    whole = isinstance(values, list) and len(values) == 3 and all(type(v) is int for v in values)
    if not whole or any(abs(v) >= 2**63 for v in values):
        raise BadQuery(_("This page of results cannot be found. Please search again."))
    return tuple(values)
