"""The national gazetteer as a tree, mapped from the files that `build` made.

Inside this package a node is a whole number (provinces first, villages last); outside it is a
key, `level:code`, because four codes stand on two levels.
"""

from __future__ import annotations

import csv
import json
import mmap
import threading
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import marisa_trie

from triage.pipeline.finding import LEVELS
from triage.places.names import LEVEL_NUMBER, PLACEHOLDERS

HERE = Path(__file__).parent / "gazetteer"
# Names that an office may still read, of divisions renamed or taken into another: name,key,today.
FORMER = Path(__file__).parent / "former.csv"
_DIGITS = (2, 2, 2, 3, 3)


@dataclass(frozen=True, slots=True)
class Node:
    key: str  # "level:code"
    code: str  # 12 digits
    level: str
    name: str
    parent_key: str  # "" for a province


class UnknownPlace(LookupError):
    """A key or code that stands nowhere in the tree."""


class Gazetteer:
    """Read-only and safe to share between threads; opening it maps files and reads nothing."""

    def __init__(self, folder: Path = HERE) -> None:
        layout = json.loads((folder / "layout.json").read_text())
        self.version: str = layout["version"]
        with (folder / "arrays.bin").open("rb") as file:
            whole = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        arrays = {key: _array(whole, place) for key, place in layout["arrays"].items()}
        self._name, self._digits, self._parent = arrays["name"], arrays["digits"], arrays["parent"]
        self._first, self._core_start = arrays["first_child"], arrays["core_start"]
        self._core_nodes = arrays["core_nodes"]
        # One bit for each level on which a core is a name, by the core's id.
        self.core_level_bits = arrays["core_levels"]
        self._names = marisa_trie.Trie().mmap(str(folder / "names.marisa"))
        self.cores = marisa_trie.Trie().mmap(str(folder / "cores.marisa"))
        self._latin_start, self._latin_cores = arrays["latin_start"], arrays["latin_cores"]
        self._latin = marisa_trie.Trie().mmap(str(folder / "latin.marisa"))
        with FORMER.open(encoding="utf-8", newline="") as lines:
            self.former = frozenset(row["name"] for row in csv.DictReader(lines))
        self.starts = [sum(layout["counts"][:level]) for level in range(len(LEVELS) + 1)]

    # Keys and nodes: what other packages use.

    def get(self, key: str) -> Node:
        """The node of a key; raises UnknownPlace."""
        return self.node(self.number(key))

    def by_code(self, code: str, level: str | None = None) -> str:
        """The key of a 12-digit code: of the highest level that bears it, unless a level is given."""
        for candidate in (level,) if level else LEVELS:
            if (found := self._find(LEVEL_NUMBER.get(candidate, -1), code)) is not None:
                return self.key(found)
        raise UnknownPlace(code)

    def children(self, key: str) -> tuple[Node, ...]:
        return tuple(self.node(number) for number in self.child_numbers(self.number(key)))

    def subtree(self, key: str) -> Iterator[Node]:
        """The node itself and all below it, level by level."""
        start = self.number(key)
        for level in range(self.level(start), len(LEVELS)):
            for number in range(*self.span(start, level)):
                yield self.node(number)

    def path(self, key: str) -> tuple[str, ...]:
        """Keys from the province down to the node itself."""
        return tuple(self.key(number) for number in self.lineage(self.number(key)))

    def names(self, key: str) -> tuple[str | None, ...]:
        """Five names from province to village; None below the node."""
        return self.five_names(self.number(key))

    def provinces(self) -> tuple[Node, ...]:
        return tuple(self.node(number) for number in range(self.starts[1]))

    def __contains__(self, key: object) -> bool:
        if not isinstance(key, str):
            return False
        level, _, code = key.partition(":")
        return self._find(LEVEL_NUMBER.get(level, -1), code) is not None

    def __len__(self) -> int:
        return self.starts[-1]

    # Numbers: what this package uses.

    def level(self, number: int) -> int:
        starts = self.starts
        if number >= starts[4]:
            return 4
        if number >= starts[3]:
            return 3
        return 2 if number >= starts[2] else 1 if number >= starts[1] else 0

    def parent(self, number: int) -> int:
        """The number one level up; -1 for a province."""
        level = self.level(number)
        return self._parent[number] + self.starts[level - 1] if level else -1

    def lineage(self, number: int) -> tuple[int, ...]:
        path = [number]
        while (number := self.parent(number)) >= 0:
            path.append(number)
        return tuple(reversed(path))

    def ancestor(self, number: int, level: int) -> int:
        """The ancestor (or the node itself) at a level at or above its own."""
        own = self.level(number)
        starts, parent = self.starts, self._parent
        while own > level:
            own -= 1
            number = parent[number] + starts[own]
        return number

    def child_numbers(self, number: int) -> range:
        if number >= self.starts[4]:
            return range(0)
        return range(self._first[number], self._first[number + 1])

    def span(self, number: int, level: int) -> tuple[int, int]:
        """First and one past the last number of what lies below a node at a level (the node itself at its own)."""
        low, high = number, number + 1
        for _ in range(level - self.level(number)):
            low, high = self._first[low], self._first[high]
        return low, high

    def name(self, number: int) -> str:
        return self._names.restore_key(self._name[number])

    def code(self, number: int) -> str:
        digits = "".join(
            f"{self._digits[each]:0{width}}"
            for each, width in zip(self.lineage(number), _DIGITS, strict=False)
        )
        return digits.ljust(12, "0")

    def key(self, number: int) -> str:
        return f"{LEVELS[self.level(number)]}:{self.code(number)}"

    def number(self, key: str) -> int:
        level, _, code = key.partition(":")
        found = self._find(LEVEL_NUMBER.get(level, -1), code)
        if found is None:
            raise UnknownPlace(key)
        return found

    def node(self, number: int) -> Node:
        level = LEVELS[self.level(number)]
        code = self.code(number)
        above = self.parent(number)
        return Node(f"{level}:{code}", code, level, self.name(number), self.key(above) if above >= 0 else "")

    def five_names(self, number: int) -> tuple[str | None, ...]:
        names: list[str | None] = [self.name(each) for each in self.lineage(number)]
        return (*names, *[None] * (len(LEVELS) - len(names)))

    def bearers(self, core_id: int) -> memoryview:
        """Numbers of the nodes that have this core, in rising order: from the province down."""
        return self._core_nodes[self._core_start[core_id] : self._core_start[core_id + 1]]

    def spelled(self, latin: str) -> list[str]:
        """Cores of townships and above that are written so in small Latin letters."""
        found = self._latin.get(latin)
        if found is None:
            return []
        ids = self._latin_cores[self._latin_start[found] : self._latin_start[found + 1]]
        return [self.cores.restore_key(core_id) for core_id in ids]

    def of_core(self, core: str) -> memoryview | tuple[int, ...]:
        core_id = self.cores.get(core)
        return () if core_id is None else self.bearers(core_id)

    def _find(self, level: int, code: str) -> int | None:
        if level < 0 or len(code) != 12 or not (code.isascii() and code.isdigit()):
            return None
        siblings, position, number = range(self.starts[1]), 0, -1
        for width in _DIGITS[: level + 1]:
            own = int(code[position : position + width])
            position += width
            number = bisect_left(self._digits, own, siblings.start, siblings.stop)
            if number >= siblings.stop or self._digits[number] != own:
                return None
            siblings = self.child_numbers(number)
        return number if not code[position:].strip("0") else None


def _array(whole: memoryview, place: dict) -> memoryview:
    width = {"B": 1, "H": 2, "I": 4}[place["type"]]
    start = place["offset"]
    return whole[start : start + width * place["count"]].cast(place["type"])


def nameless(name: str) -> bool:
    """Whether a name is only the source's filler for a missing level."""
    return bool(PLACEHOLDERS.match(name))


_opening = threading.Lock()


@lru_cache(maxsize=1)
def _open() -> Gazetteer:
    return Gazetteer()


def gazetteer() -> Gazetteer:
    """The national gazetteer of this installation, opened at the first call."""
    with _opening:
        return _open()
