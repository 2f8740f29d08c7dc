"""Which part of the tree is the field, as a value: the nation, some divisions, or an invented county."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import marisa_trie

from triage.pipeline.finding import LEVELS
from triage.places.names import COUNTY, LEVEL_NUMBER, VILLAGE, core_of
from triage.places.pinyin import spellings
from triage.places.tree import Gazetteer, Node, UnknownPlace, gazetteer


@dataclass(frozen=True)
class Territory:
    """Make it with `national`, `of` or `from_rows`; `local_names` are (name, key) pairs an office supplies."""

    roots: tuple[str, ...] = ()  # keys; none means the whole nation
    rows: tuple[tuple[str, str, str, str], ...] = ()  # (code, name, parent_code, level) of invented divisions
    local_names: tuple[tuple[str, str], ...] = ()

    @classmethod
    def national(cls) -> Territory:
        return cls()

    @classmethod
    def of(cls, *codes: str) -> Territory:
        """The divisions with these 12-digit codes (or keys) and all below them; raises UnknownPlace."""
        tree = gazetteer()
        return cls(roots=tuple(tree.get(code).key if ":" in code else tree.by_code(code) for code in codes))

    @classmethod
    def from_rows(
        cls, rows: Iterable[tuple[str, str, str, str]], roots: Iterable[str] | None = None
    ) -> Territory:
        """Divisions that stand nowhere in the gazetteer: (code, name, parent_code, level) each.

        A parent may be one of the rows or a division of the nation. The topmost rows are the
        territory (a lone province or city only stands above it) unless `roots` (keys) says which are.
        """
        kept = tuple((code, name, parent, level) for code, name, parent, level in rows)
        return cls(roots=tuple(roots) if roots is not None else _tops(kept), rows=kept)

    def with_names(self, names: Iterable[tuple[str, str]]) -> Territory:
        """The same territory with further local names (roads, rivers, estates): (name, key) each."""
        return replace(self, local_names=(*self.local_names, *((name, key) for name, key in names)))

    @property
    def is_national(self) -> bool:
        return not self.roots

    def contains(self, key: str) -> bool:
        """Whether a place belongs to the territory; False for a key that nobody bears."""
        field = self.field
        try:
            return field.inside(field.number(key))
        except UnknownPlace:
            return False

    @cached_property
    def field(self) -> Field:
        return Field(self)

    def __getstate__(self) -> dict[str, object]:
        return {"roots": self.roots, "rows": self.rows, "local_names": self.local_names}


def _tops(rows: tuple[tuple[str, str, str, str], ...]) -> tuple[str, ...]:
    codes = {code for code, _, _, _ in rows}
    tops = [row for row in rows if row[2] not in codes or row[2] == row[0]]
    while len(tops) == 1 and LEVEL_NUMBER[tops[0][3]] < COUNTY:
        below = [row for row in rows if row[2] == tops[0][0] and row is not tops[0]]
        if not below:
            break
        tops = below
    return tuple(f"{level}:{code}" for code, _, _, level in tops)


# Places whose villages are kept spelled in Latin letters.
_KEPT = 256


class Field:
    """The gazetteer and a territory's own rows and names as one tree of numbers.

    The rows' numbers follow the nation's.
    """

    def __init__(self, territory: Territory) -> None:
        self.tree: Gazetteer = gazetteer()
        self.first_own = len(self.tree)
        self._own: list[Node] = []
        self._own_parents: list[int] = []
        self._own_numbers: dict[str, int] = {}
        self._own_cores: dict[str, list[int]] = {}
        self._add_rows(territory.rows)
        self.roots = tuple(self.number(key) for key in territory.roots)
        self.is_national = territory.is_national
        self.own_bits = {
            core: sum({1 << self.level(number) for number in numbers})
            for core, numbers in self._own_cores.items()
        }
        self._own_spellings: dict[str, list[str]] = {}
        for core, numbers in self._own_cores.items():
            if self.level(numbers[0]) < VILLAGE:
                for spelling in spellings(core):
                    self._own_spellings.setdefault(spelling, []).append(core)
        self._spelled_below: dict[tuple[int, int], dict[str, set[str]]] = {}
        # Prefix look-ups of the territory's own names; None where it has none.
        self.own_prefixes = marisa_trie.Trie(self._own_cores).prefixes if self._own_cores else None
        self._local = {name: self.number(key) for name, key in territory.local_names}
        self.local_prefixes = marisa_trie.Trie(self._local).prefixes if self._local else None

    def _add_rows(self, rows: tuple[tuple[str, str, str, str], ...]) -> None:
        for code, name, parent, level in sorted(rows, key=lambda row: (LEVEL_NUMBER[row[3]], row[0])):
            above = self._above(parent, LEVEL_NUMBER[level])
            number = self.first_own + len(self._own)
            parent_key = self.key(above) if above >= 0 else ""
            node = Node(f"{level}:{code}", code, level, name, parent_key)
            self._own.append(node)
            self._own_parents.append(above)
            self._own_numbers[node.key] = number
            if core := core_of(name, LEVEL_NUMBER[level]):
                self._own_cores.setdefault(core, []).append(number)

    def _above(self, code: str, level: int) -> int:
        """The number of a row's parent; -1 where it has none."""
        if not code:
            return -1
        for above in reversed(range(level)):
            key = f"{LEVELS[above]}:{code}"
            if (number := self._own_numbers.get(key)) is not None:
                return number
            if key in self.tree:
                return self.tree.number(key)
        raise UnknownPlace(code)

    def number(self, key: str) -> int:
        own = self._own_numbers.get(key)
        return self.tree.number(key) if own is None else own

    def number_of(self, code: str) -> int:
        """The number of a key, or of a 12-digit code at the highest level that bears it."""
        if ":" in code:
            return self.number(code)
        for level in LEVELS:
            if (own := self._own_numbers.get(f"{level}:{code}")) is not None:
                return own
        return self.tree.number(self.tree.by_code(code))

    def key(self, number: int) -> str:
        return self._own[number - self.first_own].key if number >= self.first_own else self.tree.key(number)

    def name(self, number: int) -> str:
        return self._own[number - self.first_own].name if number >= self.first_own else self.tree.name(number)

    def level(self, number: int) -> int:
        if number >= self.first_own:
            return LEVEL_NUMBER[self._own[number - self.first_own].level]
        return self.tree.level(number)

    def parent(self, number: int) -> int:
        if number >= self.first_own:
            return self._own_parents[number - self.first_own]
        return self.tree.parent(number)

    def lineage(self, number: int) -> tuple[int, ...]:
        """Numbers from the top down to the node itself; a row's line may begin below the province."""
        path = [number]
        while number >= self.first_own:
            number = self._own_parents[number - self.first_own]
            if number < 0:
                return tuple(reversed(path))
            path.append(number)
        return (*self.tree.lineage(number)[:-1], *reversed(path))

    def under(self, number: int, ancestor: int) -> bool:
        """Whether a node is the ancestor itself or lies below it."""
        if number == ancestor:
            return True
        if number >= self.first_own:
            return ancestor in self.lineage(number)
        if ancestor >= self.first_own:
            return False
        level = self.tree.level(ancestor)
        return level < self.tree.level(number) and self.tree.ancestor(number, level) == ancestor

    def inside(self, number: int) -> bool:
        return self.is_national or any(self.under(number, root) for root in self.roots)

    def five_names(self, number: int) -> tuple[str | None, ...]:
        names: list[str | None] = [None] * len(LEVELS)
        for each in self.lineage(number):
            names[self.level(each)] = self.name(each)
        return tuple(names)

    def bearers(self, core: str) -> list[int]:
        """All nodes with this core but villages of the nation, which `villages_of` narrows to a place."""
        found = list(self._own_cores.get(core, ()))
        national = self.tree.of_core(core)
        stop = bisect_left(national, self.tree.starts[VILLAGE]) if len(national) else 0
        return found + list(national[:stop])

    def below(self, core: str, ancestor: int, *, low: int = 0, high: int = VILLAGE) -> list[int]:
        """Nodes with this core strictly below a place, of the levels low to high."""
        found = [
            number
            for number in self._own_cores.get(core, ())
            if low <= self.level(number) <= high and number != ancestor and self.under(number, ancestor)
        ]
        national = self.tree.of_core(core)
        if len(national) and ancestor < self.first_own:
            for level in range(max(low, self.tree.level(ancestor) + 1), high + 1):
                start, stop = self.tree.span(ancestor, level)
                at = bisect_left(national, start)
                while at < len(national) and national[at] < stop:
                    found.append(national[at])
                    at += 1
        return found

    def villages(self, core: str, limit: int) -> list[int]:
        """Villages of the nation with this core, at most `limit` of them, and the territory's own rows."""
        own = [number for number in self._own_cores.get(core, ()) if self.level(number) == VILLAGE]
        national = self.tree.of_core(core)
        start = bisect_left(national, self.tree.starts[VILLAGE]) if len(national) else 0
        return own + list(national[start : start + limit])

    def spelled(self, latin: str) -> list[str]:
        """Cores of townships and above that are written so in small Latin letters, the territory's own first."""
        return [*self._own_spellings.get(latin, ()), *self.tree.spelled(latin)]

    def spelled_below(self, place: int, level: int) -> dict[str, set[str]]:
        """Latin spelling -> cores of what lies below a place at a level."""
        found = self._spelled_below.get((place, level))
        if found is None:
            found = {}
            for number in self._numbers_below(place, level):
                core = core_of(self.name(number), level)
                for spelling in spellings(core):
                    found.setdefault(spelling, set()).add(core)
            if len(self._spelled_below) >= _KEPT:
                self._spelled_below.clear()
            self._spelled_below[place, level] = found
        return found

    def _numbers_below(self, place: int, level: int) -> list[int]:
        own = [
            self.first_own + index
            for index in range(len(self._own))
            if self.level(self.first_own + index) == level and self.under(self.first_own + index, place)
        ]
        return own + (list(range(*self.tree.span(place, level))) if place < self.first_own else [])

    def knows_bare(self, core: str, near: tuple[int, ...], lowest: int = VILLAGE) -> bool:
        """Whether one of the places near, or a county, township or (down to the lowest level) village in one, has this core."""
        return any(
            self.below(core, place, low=COUNTY, high=lowest)
            or core == core_of(self.name(place), self.level(place))
            for place in near
        )

    def local(self, name: str) -> int:
        return self._local[name]
