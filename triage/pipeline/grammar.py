"""The grammar on top of the letters written by hand: it varies places, names, order and how one begins and ends.

Only training uses it. Letters hold slots such as {v}; `triage/domains/grammar.toml` says what may fill them.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from triage import domains

_SLOT = re.compile(r"\{(\w+?)\}")
_SENTENCE = re.compile(r"[^。!?\n.]*(?:[。!?\n]+|\.(?=\s|$)\s*|$)")


@dataclass(frozen=True)
class Sample:
    """A text to learn from; copies of one letter share its id."""

    id: str
    code: str
    voice: str
    language: str
    text: str


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((domains.HERE / "grammar.toml").read_text("utf-8"))


def fill(text: str, language: str, chance: random.Random) -> str:
    """The letter with its slots filled; a slot that stands twice is filled alike."""
    slots = _table()["slots"][language]
    chosen: dict[str, str] = {}

    def choose(hit: re.Match[str]) -> str:
        name = hit[1]
        if name not in chosen:
            chosen[name] = chance.choice(slots[name.rstrip("0123456789")])
        return chosen[name]

    return _SLOT.sub(choose, text)


def samples(code: str, copies: int, chance: random.Random) -> Iterator[Sample]:
    """Every letter of a domain as written, and `copies` that the grammar made of it."""
    for letter in domains.letters(code):
        language = letter.get("lang", "zh")
        for copy in range(copies + 1):
            text = letter["text"] if copy == 0 else _varied(letter["text"], language, chance)
            yield Sample(letter["id"], code, letter["voice"], language, fill(text, language, chance))


def _varied(text: str, language: str, chance: random.Random) -> str:
    """Sentences in another order, one perhaps missing, with another beginning and end."""
    parts = [part for part in _SENTENCE.findall(text) if part.strip()]
    if len(parts) > 2 and chance.random() < 0.5:
        parts.pop(chance.randrange(len(parts)))
    if len(parts) > 1 and chance.random() < 0.6:
        chance.shuffle(parts)
    table = _table()
    gap = "" if language == "zh" else " "
    begin = chance.choice(table["begin"][language]) if chance.random() < 0.4 else ""
    end = chance.choice(table["end"][language]) if chance.random() < 0.4 else ""
    return gap.join(p for p in (begin, *parts, end) if p)
