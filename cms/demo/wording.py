"""Turns a line of the story files into a sentence.

`[one|other]` chooses, also inside one another; `{slot}` is filled from the slots; `{x=yuan:200-900:50}`
draws a value, keeps it under the name `x`, and uses it again wherever `{x}` stands. Draws are `n` (a plain
number), `yuan` and `mu` (likewise), `wan` (ten thousands of yuan) and `ago` (a year so long before the report).
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterable

CHOICE = re.compile(r"\[([^\[\]]*)\]")
SLOT = re.compile(r"\{(?:(\w+)=)?(\w+)(?::(\d+)-(\d+)(?::(\d+))?)?\}")
DIGITS = "零一二三四五六七八九"


def grams(text: str) -> set[str]:
    """Its pieces of five characters, spaces left out: by these two texts are compared."""
    text = re.sub(r"\s", "", text)
    return {text[start : start + 5] for start in range(len(text) - 4)}


class Wording:
    """Fills lines for one report; numbers that were drawn once stay the same to its end."""

    def __init__(self, rng: random.Random, slots: dict[str, str], draw: Callable[[str, int], str]):
        self.rng = rng
        self.slots = slots
        self.draw = draw
        self.mentioned: set[str] = set()

    def fill(self, line: str) -> str:
        while CHOICE.search(line):
            line = CHOICE.sub(lambda m: self.rng.choice(m[1].split("|")), line)
        while SLOT.search(line):
            line = SLOT.sub(self._slot, line)
        return line

    def _slot(self, match: re.Match[str]) -> str:
        name, kind, low, high, step = match.groups()
        self.mentioned.add(kind)
        if low is None:
            return self.slots[kind]
        if name and name in self.slots:
            return self.slots[name]
        value = self.draw(kind, self.rng.randrange(int(low), int(high) + 1, int(step or 1)))
        if name:
            self.slots[name] = value
        return value


class Pool:
    """Lets the lines that were used least come first, so that readers meet each as seldom as can be."""

    def __init__(self, rng: random.Random):
        self.rng = rng
        self.used: Counter[str] = Counter()

    def pick(self, lines: Iterable[str]) -> str:
        chosen = min(lines, key=lambda line: (self.used[line], self.rng.random()))
        self.used[chosen] += 1
        return chosen


def in_characters(number: int) -> str:
    """Chinese numerals below one hundred, as people write them by hand."""
    tens, ones = divmod(number, 10)
    if not tens:
        return DIGITS[ones]
    head = "" if tens == 1 else DIGITS[tens]
    return f"{head}十{DIGITS[ones] if ones else ''}"
