"""The keyword vote: ordinary words that people use, each with a whole-number weight for its domain.

The words lie in `triage/domains/<code>/domain.toml`. A word counts once for each place where it stands, but
less each time; inside a longer word of the same domain it does not count again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from triage.domains import Word

_LATIN_WORD = re.compile(r"[a-z][a-z'’-]*")


@dataclass(frozen=True)
class Hit:
    start: int
    end: int
    domain: str
    weight: int


def _first_word(english: str) -> str:
    found = _LATIN_WORD.match(english)
    if found is None:
        raise ValueError(f"{english!r} does not begin with an English word in small letters")
    return found.group()


class Keywords:
    """Finds the words of all domains in one pass over a text."""

    def __init__(self, words: Iterable[Word]) -> None:
        self._heads: dict[str, list[Word]] = {}
        self._single: dict[str, list[Word]] = {}
        self._latin: dict[str, list[Word]] = {}
        for word in words:
            if word.language == "en":
                self._latin.setdefault(_first_word(word.text), []).append(word)
            else:
                table = self._heads if len(word.text) > 1 else self._single
                table.setdefault(word.text[:2], []).append(word)
        for table in (self._heads, self._latin):
            for found in table.values():
                found.sort(key=lambda word: -len(word.text))

    def hits(self, text: str) -> list[Hit]:
        """All words found in folded text, from left to right."""
        return [*self._chinese(text), *self._english(text)]

    def _chinese(self, text: str) -> Iterable[Hit]:
        heads, single = self._heads, self._single
        covered: dict[str, int] = {}
        for at in range(len(text)):
            for word in heads.get(text[at : at + 2], ()):
                if covered.get(word.domain, -1) < at + len(word.text) and text.startswith(word.text, at):
                    covered[word.domain] = at + len(word.text)
                    yield Hit(at, at + len(word.text), word.domain, word.weight)
            for word in single.get(text[at], ()):
                if covered.get(word.domain, -1) <= at:
                    yield Hit(at, at + 1, word.domain, word.weight)

    def _english(self, text: str) -> Iterable[Hit]:
        covered: dict[str, int] = {}
        for head in _LATIN_WORD.finditer(text):
            at, first = head.start(), head.group()
            for word in (*self._latin.get(first, ()), *self._latin.get(first.removesuffix("s"), ())):
                end = at + len(word.text)
                if covered.get(word.domain, -1) >= end or not text.startswith(word.text, at):
                    continue
                end += text.startswith("s", end)
                if text[end : end + 1].isalpha():
                    continue
                covered[word.domain] = end
                yield Hit(at, end, word.domain, word.weight)


def scores(hits: Iterable[tuple[str, Hit]]) -> dict[str, float]:
    """What words and their hits add up to for each domain; the n-th time a word stands there counts 1/n."""
    times: dict[tuple[str, str], int] = {}
    total: dict[str, float] = {}
    for word, hit in hits:
        said = (hit.domain, word)
        times[said] = times.get(said, 0) + 1
        total[hit.domain] = total.get(hit.domain, 0.0) + hit.weight / times[said]
    return total
