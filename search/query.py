"""Questions and answers in no engine's words: what `search` takes and gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from search.words import Term, Words
    from triage.models import Case


class SearchDown(Exception):
    """The engine does not answer; the database still does."""


class BadQuery(ValueError):
    """The words cannot be a query; the message is for the person who typed them."""


@dataclass(frozen=True)
class Query:
    """What a user asks. Empty words mean all that the user may see.

    words:    terms, "phrases" and -minus words, in Chinese and English, as typed
    place:    a place key; everything below it is meant
    sort:     "relevance" (by date where there are no words) or "newest" or "oldest"
    after:    the cursor of the last row of the page before, or ""
    """

    words: str = ""
    domain: str = ""
    place: str = ""
    zone: str = ""  # code
    office: str = ""  # code
    channel: str = ""
    state: str = ""
    kind: str = ""
    since: date | None = None
    until: date | None = None
    least: Decimal | None = None  # yuan
    most: Decimal | None = None
    accused: str = ""
    sort: str = "relevance"
    after: str = ""
    limit: int = 20
    facets: bool = True


@dataclass(frozen=True)
class Highlight:
    """A piece of masked text; `marks` are offsets into it."""

    text: str
    marks: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Hit:
    """`case` was loaded through `visible_to`; the first highlight is of the title where there is one."""

    case_id: int
    score: float
    highlights: tuple[Highlight, ...] = ()
    case: Case | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class FacetCount:
    value: str
    count: int


@dataclass(frozen=True)
class Results:
    """`behind`: how many cases that this user may see are not in the index as they stand now."""

    hits: tuple[Hit, ...]
    total: int
    facets: dict[str, tuple[FacetCount, ...]] = field(default_factory=dict)
    behind: int = 0
    next: str = ""  # cursor for Query.after, "" on the last page


@dataclass(frozen=True)
class Document:
    """What is indexed of one case: masked, flat, and the same for both engines.

    tokens are cut by `search.tokens`; keys of places are `level:code`.
    """

    case_id: int
    version: int
    number: str
    title: str
    text: str
    accused: str
    seen_by: tuple[str, ...]  # keys of Scope
    places: tuple[str, ...]  # place of the matter and its ancestors, of every matter
    place: str
    domain: str
    domains: tuple[str, ...]
    zone: str
    office: str
    channel: str
    state: str
    kind: str
    received: datetime
    largest_sum: Decimal | None = None


@dataclass(frozen=True)
class Ask:
    """A question as an engine gets it: what is looked for, and the rights of the one who asks.

    keys:         of the Scope; a document must hold one of them in `seen_by`, no keys see nothing
    excluded:     cases that do not exist for this question, fresher than the index
    facet_level:  on which level places are counted
    after:        (score, microseconds, case_id) of the last row of the page before
    """

    keys: tuple[str, ...]
    excluded: frozenset[int]
    words: Words
    accused: Words
    query: Query
    facet_level: str = "county"
    after: tuple[int, int, int] | None = None
    since: datetime | None = None
    until: datetime | None = None  # the first moment that is too late


@dataclass(frozen=True)
class Like:
    """A question for similar cases: terms with whole-number weights, by field ("" for any).

    A document counts from `floor` on, the sum of the weights of the terms it holds.
    """

    keys: tuple[str, ...]
    excluded: frozenset[int]
    terms: tuple[tuple[Term, str, int], ...]
    floor: int
    limit: int


@dataclass(frozen=True)
class Row:
    """One row of an engine's answer, enough to build the next page's cursor."""

    case_id: int
    score: int
    received: int  # microseconds since the epoch


@dataclass(frozen=True)
class Found:
    rows: tuple[Row, ...]
    total: int
    facets: dict[str, dict[str, int]] = field(default_factory=dict)
    more: bool = False


@dataclass(frozen=True)
class RouteWeights:
    """Whole numbers, from `route_weights.toml`; `room` by step of load."""

    covers: int
    knows: int
    siblings: int
    room: tuple[int, ...]


@dataclass(frozen=True)
class ZoneDocument:
    """What the routing question asks about a zone: place keys it covers, codes of domains it knows."""

    code: str
    covers: frozenset[str]
    knows: frozenset[str]


@dataclass(frozen=True)
class RouteQuestion:
    """A case put to the zones of its county, with what the database knows at this moment.

    places:   the place with its ancestors       out:   codes of zones that are recused
    siblings: codes of zones with sibling cases  loads: (zone, step 0 to 4), 0 where left out
    """

    places: tuple[str, ...]
    domain: str
    out: frozenset[str]
    siblings: frozenset[str]
    loads: tuple[tuple[str, int], ...]
    weights: RouteWeights


@dataclass(frozen=True)
class RouteReason:
    """A named clause of the routing question that matched, or that a runner-up lacked."""

    code: str
    weight: int
    value: str = ""


@dataclass(frozen=True)
class Candidate:
    zone: str  # code
    score: int
    reasons: tuple[RouteReason, ...]
    lacks: tuple[str, ...] = ()  # codes of clauses that did not match


@dataclass(frozen=True)
class Route:
    """Where a case goes. to: ("zone", code), ("office", code), or None: the unrouted queue."""

    to: tuple[str, str] | None
    mode: str
    ground: str  # code of the rule that decided, e.g. "covers", "lifted_first_hand", "no_zone_left"
    reasons: tuple[RouteReason, ...] = ()
    runners_up: tuple[Candidate, ...] = ()
