"""Which place a text complains of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from triage.pipeline.finding import EvidenceFound, PlaceFound, PlaceGuess
from triage.places.chains import Chain
from triage.places.choosing import choose
from triage.places.explaining import Answer, explain
from triage.places.folding import fold, unbroken
from triage.places.latin import find_latin_spans, has_latin
from triage.places.linking import link
from triage.places.mentions import Span, find_anaphors, find_spans
from triage.places.names import PROVINCE
from triage.places.reasons import REASONS
from triage.places.settling import Anchor
from triage.places.territory import Field, Territory
from triage.places.tree import nameless

__all__ = ["REASONS", "Mention", "Resolution", "resolve"]

# Below this a place is shown as a guess, not taken.
COMMIT = 0.5


@dataclass(frozen=True, slots=True)
class Mention:
    """A place that the text names. `candidates`: keys, at most ten; `role`: one of roles.WEIGHTS."""

    start: int
    end: int
    text: str
    candidates: tuple[str, ...]
    role: str


@dataclass(frozen=True, slots=True)
class Resolution:
    place: PlaceFound
    evidence: tuple[EvidenceFound, ...]
    mentions: tuple[Mention, ...]


def resolve(
    text: str, *, territory: Territory, context_place: str | None = None, stated: str | None = None
) -> Resolution:
    """Find the place that a text complains of.

    context_place: key or 12-digit code of the inbox's county or city, a prior and no answer
    stated: key or code of what the reporter ticked
    Offsets count characters of `text`. Raises UnknownPlace for a context or stated place that nobody bears.
    """
    field = territory.field
    context = field.number_of(context_place) if context_place else -1
    ticked = field.number_of(stated) if stated else -1
    near = tuple(
        place for place in (*field.roots, context, ticked) if place >= 0 and field.level(place) > PROVINCE
    )
    read, places = unbroken(fold(text))
    chains = link(read, _spans(read, field, near), field, _priors(field, context, ticked))
    inbox = context if context >= 0 or len(field.roots) != 1 else field.roots[0]
    walk = choose(chains, list(find_anaphors(read)), field, context=inbox, stated=ticked, text=read)
    answer = explain(walk, chains, field, stated=ticked, text=text if places is None else read)
    about = f"place:{field.key(answer.node)}" if answer.node >= 0 else ""
    evidence = [_where(start, end, places) for start, end in answer.spans]
    return Resolution(
        _place(answer, field),
        tuple(EvidenceFound(start, end, text[start:end], about) for start, end in evidence),
        tuple(_mention(text, chain, field, places) for chain in chains),
    )


def _spans(read: str, field: Field, near: tuple[int, ...]) -> list[Span]:
    spans = find_spans(read, field, near)
    if has_latin(read):
        spans = sorted(spans + find_latin_spans(read, field, near), key=lambda span: span.start)
    return spans


def _where(start: int, end: int, places: list[int] | None) -> tuple[int, int]:
    """Offsets in the text as it came."""
    return (start, end) if places is None else (places[start], places[end - 1] + 1)


def _priors(field: Field, context: int, stated: int) -> list[Anchor]:
    priors = [Anchor(root, 0.5, "territory") for root in field.roots]
    if context >= 0:
        priors.append(Anchor(context, 0.4, "context"))
    if stated >= 0:
        priors.append(Anchor(stated, 0.8, "stated"))
    return priors


def _place(answer: Answer, field: Field) -> PlaceFound:
    best = _guess(answer.node, answer.confidence, field, answer.unlisted) if answer.node >= 0 else None
    return PlaceFound(
        best=best,
        alternatives=tuple(_guess(node, confidence, field) for node, confidence in answer.alternatives),
        abstained=best is None or best.confidence < COMMIT,
        reason=answer.reason,
        question=answer.question,
    )


def _guess(
    node: int, confidence: float, field: Field, unlisted: Mapping[int, str] = MappingProxyType({})
) -> PlaceGuess:
    """A place with its names; below its own level a name may stand that the text writes and no gazetteer has."""
    names = [None if name is None or nameless(name) else name for name in field.five_names(node)]
    for level, written in unlisted.items():
        names[level] = written
    return PlaceGuess(field.key(node), tuple(names), round(confidence, 3))


def _mention(text: str, chain: Chain, field: Field, places: list[int] | None) -> Mention:
    keys = tuple(field.key(node) for node in chain.nodes[:10])
    start, end = _where(chain.start, chain.end, places)
    return Mention(start, end, text[start:end], keys, chain.role)
