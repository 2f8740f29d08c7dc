"""Neighbouring names form a chain (石桥镇 和平村), which its own ancestors narrow to the nodes it may mean."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from triage.places.mentions import Reading, Span
from triage.places.names import COUNTY, TOWNSHIP, VILLAGE, is_urban
from triage.places.territory import Field
from triage.places.words import VILLAGE_BIT

_GAP = re.compile(r"^(?:下辖|辖区|下属|所属|境内|所辖|辖下|原|的|属|\s|[（(]原?)?的?$")
# Characters that may stand before the end of a longer name, none of them a particle.
_CUT_OFF = re.compile(r"^[^\W\d_a-zA-Z的在和与及对向给由从到至把被让叫是有原为了就都也还来去请]+$")
_HIDDEN = re.compile(r"(?:[某×xX*]+|[A-Z]\d{1,3})(?:省|市|县|区|县市|镇|乡)$")
_LATIN_GAP = re.compile(
    r"^(?:\s*,\s*(?:in\s+|of\s+)?|\s*\(\s*|\s+(?:in|of|under|at)\s+(?:the\s+)?|\s+)$", re.IGNORECASE
)
# Among so many bearers of the upper name the lower one is sought.
_MANY = 60
# Endings of one family: 乡 became 镇, 县 became 市; the name is the same place.
_FAMILY = {
    "县": "县",
    "区": "区",
    "市": "市",
    "旗": "旗",
    "镇": "镇",
    "乡": "乡",
    "街道": "街道",
    "街": "街道",
    "街道办": "街道",
    "办事处": "街道",
    "街道办事处": "街道",
    "苏木": "苏木",
    "新区": "新区",
    "林区": "林区",
    "特区": "特区",
    "county": "县",
    "district": "区",
    "city": "市",
    "banner": "旗",
}


@dataclass(slots=True)
class Chain:
    """Neighbouring names and the nodes that they may mean together."""

    spans: list[Span]
    nodes: list[int] = dataclasses.field(default_factory=list)
    matched: list[Span] = dataclasses.field(default_factory=list)
    how: str = "open"  # chain | anchored | territory | context | only | open
    role: str = "matter"
    exact: bool = True  # the endings are those of the gazetteer
    maybe: list[int] = dataclasses.field(
        default_factory=list
    )  # nodes that nothing bore out, for another name to do
    loose: bool = False  # a bare name, or one with another ending: something else must bear it out
    anchor: int = -1  # the place that settled it

    @property
    def start(self) -> int:
        return min(span.start for span in self.spans)

    @property
    def end(self) -> int:
        return max(span.end for span in self.spans)

    @property
    def settled(self) -> bool:
        return len(self.nodes) == 1

    @property
    def node(self) -> int:
        return self.nodes[0]


def chains_of(text: str, spans: list[Span], names: Names) -> list[Chain]:
    """Chains in the order of the text, narrowed by their own ancestors; not yet with their roles."""
    chains = [piece for group in _neighbours(text, _whole(text, spans)) for piece in _narrow(group, names)]
    return [chain for chain in chains if not _anonymous(text, chain, names.field)]


def _whole(text: str, spans: list[Span]) -> list[Span]:
    """Without names that only end a longer unknown one: 安沙镇水渡河村 does not name 渡河村."""
    kept: list[Span] = []
    for span in spans:
        gap = text[kept[-1].end : span.start] if kept else ""
        cut = (
            0 < len(gap) <= 3
            and not kept[-1].bare
            and span.bits & 24
            and span.local < 0
            and _CUT_OFF.match(gap)
            and not _GAP.match(gap)
        )
        if not cut:
            kept.append(span)
    return kept


def _anonymous(text: str, chain: Chain, field: Field) -> bool:
    """某县团结乡: the writer hides where it is."""
    return bool(_HIDDEN.search(text[max(0, chain.start - 5) : chain.start])) and all(
        field.level(node) >= TOWNSHIP for node in chain.nodes
    )


def _neighbours(text: str, spans: list[Span]) -> list[list[Span]]:
    groups: list[list[Span]] = []
    for span in spans:
        last = groups[-1][-1] if groups else None
        if last is not None and _deeper(span, last) and _LATIN_GAP.match(text[last.end : span.start]):
            # English names the smaller place first.
            groups[-1].append(span)
        elif (
            last is not None
            and last.end <= span.start <= last.end + 3
            and _deeper(last, span)
            and _GAP.match(text[last.end : span.start])
        ):
            groups[-1].append(span)
        else:
            groups.append([span])
    for group in groups:
        if group[0].ending.isascii():
            group.sort(key=lambda span: (span.bits & -span.bits, span.start))
    return groups


def _deeper(upper: Span, lower: Span) -> bool:
    """Whether the second may lie below the first: its lowest level under the other's highest."""
    return lower.bits.bit_length() > (upper.bits & -upper.bits).bit_length()


def _narrow(group: list[Span], names: Names) -> list[Chain]:
    """Chains of one group of neighbours: a new one begins where a name does not lie below what stands before."""
    chains: list[Chain] = []
    for span in group:
        chain = chains[-1] if chains else None
        if chain is not None and chain.nodes:
            below, exact = names.below(span, chain.nodes)
            if below:
                chain.spans.append(span)
                chain.matched.append(span)
                chain.nodes, chain.exact = below, chain.exact and exact
                chain.how, chain.loose = "chain", chain.loose and len(chain.matched) > 2
                continue
            if span.bits == VILLAGE_BIT and span.ending:
                chain.spans.append(
                    span
                )  # a village that the gazetteer does not know, in a place that it does
                continue
        nodes, exact = names.first(span)
        if span.bare and not nodes and not (span.near and span.bits & VILLAGE_BIT):
            continue
        level = names.field.level(nodes[0]) if nodes else VILLAGE
        inexact = level in (COUNTY, TOWNSHIP) and (not exact or span.ending == "街")
        unclear = level >= TOWNSHIP and not span.clear
        loose = bool(nodes) and level >= COUNTY and (span.bare or span.dependent or inexact or unclear)
        chains.append(Chain([span], nodes, [span], exact=exact, loose=loose))
        if len(nodes) == 1:
            chains[-1].how = "only"
    return chains


@dataclass(slots=True)
class Names:
    """What the names of one text may mean, each looked up once however often it stands there."""

    field: Field
    _firsts: dict[tuple, tuple[list[int], bool]] = dataclasses.field(default_factory=dict)
    _belows: dict[tuple, tuple[list[int], bool]] = dataclasses.field(default_factory=dict)

    def first(self, span: Span) -> tuple[list[int], bool]:
        """Nodes that a name may mean by itself, and whether with its own ending.

        Villages of the nation are left to `settling`, which has a place to look in.
        """
        if span.local >= 0:
            return [span.local], True
        key = _key(span)
        if key not in self._firsts:
            self._firsts[key] = self._first(span)
        return self._firsts[key]

    def knows(self, core: str) -> bool:
        """Whether anything has this core, so that it is no misspelling."""
        return bool(self.field.bearers(core) or self.field.villages(core, 1))

    def below(self, span: Span, uppers: list[int]) -> tuple[list[int], bool]:
        """Those of them that lie below one of the uppers."""
        if span.local >= 0:
            return (
                [span.local] if any(self.field.under(span.local, upper) for upper in uppers) else []
            ), True
        key = (*_key(span), *uppers[:_MANY])
        if key not in self._belows:
            self._belows[key] = self._below(span, uppers[:_MANY])
        return self._belows[key]

    def _first(self, span: Span) -> tuple[list[int], bool]:
        for readings in _by_start(span):
            found = {
                number: reading.core
                for reading in readings
                for number in self.field.bearers(reading.core)
                if reading.bits >> self.field.level(number) & 1
            }
            if found := self._whole(found, span):
                return best_kind(found, span.ending, self.field)
        return [], True

    def _below(self, span: Span, uppers: list[int]) -> tuple[list[int], bool]:
        for readings in _by_start(span):
            found: dict[int, str] = {}
            for reading in readings:
                low, high = _levels(reading)
                for upper in uppers:
                    for number in self.field.below(reading.core, upper, low=low, high=high):
                        if reading.bits >> self.field.level(number) & 1:
                            found[number] = reading.core
            if found := self._whole(found, span):
                return best_kind(found, span.ending, self.field)
        return [], True

    def _whole(self, found: dict[int, str], span: Span) -> dict[int, str]:
        """Where a core is its own ending (祁县), those that are called just so; 红旗 is not 红旗区."""
        if span.ending or span.bare:
            return found
        field = self.field
        return {
            number: core
            for number, core in found.items()
            if field.level(number) == VILLAGE or field.name(number) == core or core in field.tree.former
        }


def _key(span: Span) -> tuple:
    return (
        span.ending,
        span.bare,
        *((reading.start - span.start, reading.core, reading.bits) for reading in span.readings),
    )


def _by_start(span: Span) -> Iterator[list[Reading]]:
    """Readings that begin at one place are one name, the longest first."""
    for _, readings in groupby(span.readings, key=lambda reading: reading.start):
        yield list(readings)


def _levels(reading: Reading) -> tuple[int, int]:
    return (reading.bits & -reading.bits).bit_length() - 1, reading.bits.bit_length() - 1


def best_kind(found: dict[int, str], ending: str, field: Field) -> tuple[list[int], bool]:
    """Those whose own ending is the one in the text, else all, of the highest level among them."""
    numbers = sorted(found)
    # A name of today before a former one.
    numbers = [number for number in numbers if field.name(number).startswith(found[number])] or numbers
    exact = True
    whole = [number for number in numbers if field.name(number) == found[number] + ending]
    if ending and whole:
        numbers = whole
    elif ending and field.level(numbers[0]) == VILLAGE:
        urban = is_urban(ending)
        numbers = [number for number in numbers if is_urban(field.name(number)) == urban] or numbers
    elif family := _FAMILY.get(ending) or _FAMILY.get(ending[-1:]):
        same = [number for number in numbers if field.name(number).endswith(family)]
        exact = bool(same) or any(found[number] + ending in field.tree.former for number in numbers)
        numbers = same or numbers
    top = min(map(field.level, numbers))
    return [number for number in numbers if field.level(number) == top], exact
