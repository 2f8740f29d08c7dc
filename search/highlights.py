"""Where the words of a query stand in the masked text of a case, found by our own cutting."""

from __future__ import annotations

from search.query import Highlight
from search.tokens import Token, cut, merged, occurrences
from search.words import Term, Words
from triage.models import Case

WINDOW = 120  # characters of a piece of text
MOST_PIECES = 2
LEAD = 20  # characters shown before the first mark


class Marker:
    """Marks the words of one query in case after case."""

    def __init__(self, words: Words, accused: Words) -> None:
        self.terms: tuple[Term, ...] = (*words.terms, *accused.terms)

    def of(self, case: Case) -> tuple[Highlight, ...]:
        """The title, if there is one, and the pieces of text where most marks lie."""
        if not self.terms:
            return opening(case)
        title = (Highlight(case.title, self.marks(case.title)),) if case.title else ()
        marks = self.marks(case.text)
        if not marks:
            return (*title, *_beginning(case.text))
        return (*title, *(_piece(case.text, start, marks) for start in _starts(case.text, marks)))

    def marks(self, text: str) -> tuple[tuple[int, int], ...]:
        found: list[Token] = cut(text)
        spans = [span for t in self.terms for span in occurrences(found, t.tokens, t.prefix)]
        return tuple(merged(spans))


def opening(case: Case) -> tuple[Highlight, ...]:
    """The title and the beginning of the text, without marks."""
    title = (Highlight(case.title, ()),) if case.title else ()
    return (*title, *_beginning(case.text))


def _beginning(text: str) -> tuple[Highlight, ...]:
    return (Highlight(text[:WINDOW], ()),) if text else ()


def _starts(text: str, marks: tuple[tuple[int, int], ...]) -> list[int]:
    """Of up to two windows that do not overlap, in the order of the text: those with the most marks."""
    windows = [(max(0, start - LEAD), start) for start, _end in marks]
    weights = {w: sum(w <= s and e <= w + WINDOW for s, e in marks) for w, _start in windows}
    chosen: list[int] = []
    for window in sorted(weights, key=lambda w: (-weights[w], w)):
        if all(abs(window - other) >= WINDOW for other in chosen):
            chosen.append(window)
        if len(chosen) == MOST_PIECES:
            break
    return sorted(chosen)


def _piece(text: str, start: int, marks: tuple[tuple[int, int], ...]) -> Highlight:
    end = start + WINDOW
    inside = tuple((max(s, start) - start, min(e, end) - start) for s, e in marks if s < end and e > start)
    return Highlight(text[start:end], inside)
