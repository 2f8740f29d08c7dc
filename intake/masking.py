"""Hides from everyone but intake who the reporter is, in a text.

Each hidden character becomes one `MASK`, so that offsets into the original hold in the masked text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from intake.models import Report
from intake.reporters import Reporter

MASK = "█"
# A shorter piece of an identity (a surname) is left to the redactor, which reads the sentence.
SHORTEST = 2


def mask(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with the spans hidden; line feeds stay, so that paragraphs keep their shape."""
    characters = list(text)
    for start, end in spans:
        for i in range(max(start, 0), min(end, len(characters))):
            if characters[i] != "\n":
                characters[i] = MASK
    return "".join(characters)


def identity_spans(report: Report, text: str) -> list[tuple[int, int]]:
    """Where the text repeats the name, numbers or address that the form holds of the reporter."""
    reporter = Reporter.objects.filter(report=report).first()
    if reporter is None:
        return []
    pieces = {p for value in reporter.payload.values() for p in _pieces(str(value))}
    return [m.span() for piece in sorted(pieces) for m in re.finditer(_loose(piece), text, re.IGNORECASE)]


def _pieces(value: str) -> set[str]:
    value = value.strip()
    parts = {value, *re.split(r"[\s,,、;;/]+", value)}
    return {p for p in parts if len(p) >= SHORTEST}


def _loose(piece: str) -> str:
    """The piece with spaces or dashes between its characters allowed (138 0000 0000)."""
    return r"[\s\-]?".join(re.escape(c) for c in re.sub(r"[\s\-]", "", piece))
