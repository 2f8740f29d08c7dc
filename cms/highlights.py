"""Cuts a text at the edges of its evidence, so that a template can mark the words and escape the rest."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass

from triage.pipeline.finding import Finding


@dataclass(frozen=True)
class Span:
    start: int
    end: int
    kind: str  # domain | place | subject | kind | amount | date | match


@dataclass(frozen=True)
class Piece:
    """Some text and the kinds of evidence that cover all of it."""

    text: str
    kinds: tuple[str, ...] = ()

    @property
    def classes(self) -> str:
        return " ".join(f"desk-mark--{k}" for k in self.kinds)


def evidence_of(finding: Finding) -> list[Span]:
    found = [Span(e.start, e.end, e.about.partition(":")[0]) for e in finding.evidence]
    found += [Span(s.start, s.end, "subject") for s in finding.subjects if s.start >= 0]
    found += [Span(a.start, a.end, "amount") for a in finding.amounts]
    found += [Span(d.start, d.end, "date") for d in finding.dates]
    return found


def pieces(text: str, spans: Iterable[Span]) -> list[Piece]:
    """The whole text in order; spans may overlap, and what lies outside the text is left out."""
    held = [s for s in spans if 0 <= s.start < s.end <= len(text)]
    edges = sorted({0, len(text), *(s.start for s in held), *(s.end for s in held)})
    cut = []
    for start, end in itertools.pairwise(edges):
        kinds = dict.fromkeys(s.kind for s in held if s.start <= start and end <= s.end)
        cut.append(Piece(text[start:end], tuple(kinds)))
    return cut
