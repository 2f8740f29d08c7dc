"""A text on its way through the pipeline, in the two forms that the readers want.

`folded` has the length of the text: half-width, lower case, simplified characters. `dense` is the same
without what stands inside a word by accident (a line broken between two Chinese characters, marks of
direction, zero-width characters); `Dense.origin` leads from it back to offsets of the text.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import Any

# What is read of one text for domain, place, people and sums. A letter of 20,000 characters is long; beyond
# the limit only the redactor goes on, because whatever is shown must have been masked.
READ_LIMIT = 40_000

_HAN = "\u3400-\u9fff\uf900-\ufaff"
# Runs that stand inside a Chinese word only by accident, and characters that are nowhere part of a word.
_ACCIDENT = re.compile(
    rf"(?<=[{_HAN}])(?:[ \t\r]{{1,8}}\n?[ \t\r]{{0,8}}|\n[ \t\r]{{0,8}})(?=[{_HAN}])"
    r"|[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad\x00-\x08\x0b-\x1f\x7f]+"
)


@cache
def _fold_table() -> dict[int, str]:
    table = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    table[0x3000] = " "
    for line in (Path(__file__).parent / "traditional.txt").read_text("utf-8").split():
        table[ord(line[0])] = line[1]
    for code in [*range(0x41, 0x5B), *range(0xFF21, 0xFF3B), *range(0xC0, 0x24F)]:
        low = unicodedata.normalize("NFKC", chr(code)).lower()
        if len(low) == 1:
            table[code] = low
    return table


def fold(text: str) -> str:
    """The text in half-width, lower-case, simplified characters; its length stays."""
    return text.translate(_fold_table())


@dataclass(frozen=True)
class Dense:
    text: str
    gaps: tuple[tuple[int, int], ...]  # (offset in the dense text, characters left out up to there)

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Where a span of the dense text stands in the folded one."""
        return self._back(start), self._back(end - 1) + 1

    def _back(self, at: int) -> int:
        left_out = 0
        for offset, missing in self.gaps:
            if offset > at:
                break
            left_out = missing
        return at + left_out


def condense(folded: str) -> Dense:
    parts: list[str] = []
    gaps: list[tuple[int, int]] = []
    last = kept = missing = 0
    for hit in _ACCIDENT.finditer(folded):
        parts.append(folded[last : hit.start()])
        kept += hit.start() - last
        missing += hit.end() - hit.start()
        gaps.append((kept, missing))
        last = hit.end()
    parts.append(folded[last:])
    return Dense("".join(parts), tuple(gaps))


@dataclass
class Letter:
    """What the components share while one text is read: the inputs, and the findings so far."""

    text: str
    title_length: int = 0
    territory: Any = None
    context_place: str | None = None
    stated_place: str | None = None
    received_on: date | None = None
    found: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def folded(self) -> str:
        return fold(self.text[:READ_LIMIT])

    @cached_property
    def dense(self) -> Dense:
        return condense(self.folded)


def joined(title: str, text: str) -> tuple[str, int]:
    """The title, a line feed and the text; and how many characters of it are title."""
    title = title.strip()
    return (f"{title}\n{text}", len(title)) if title else (text, 0)
