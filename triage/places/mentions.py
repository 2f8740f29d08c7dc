"""Where a text writes something that may be a place: spans and what they may stand for, not yet which."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from triage.places.names import COUNTY, WORD_BIT
from triage.places.territory import Field
from triage.places.words import (
    AGENCY,
    ANAPHOR,
    ANAPHOR_LEVEL,
    BITS,
    BOUNDARY,
    CITY_TAIL,
    CITY_WORDS,
    COUNTY_BODY,
    COUNTY_WORDS,
    DEPENDENT,
    ENDING,
    ENDING_FIRST,
    HAN,
    NO_NAME,
    NO_TOWN,
    PARTICLES,
    PRONOUNS,
    SELF,
    THING,
    TITLE,
    UPPER_BITS,
    VILLAGE_BIT,
    WHOLE,
    WIDTH,
)


@dataclass(slots=True)
class Reading:
    """One way to read a span: where it starts, which core, which levels (bits) it may mean."""

    start: int
    core: str
    bits: int


@dataclass(slots=True)
class Span:
    """One place name in the text. `ending` is what followed the core, "" for a bare name."""

    start: int
    end: int
    ending: str
    readings: list[Reading]
    local: int = -1  # the node of an office's own local name
    clear: bool = True  # nothing before it makes it look like the end of a longer word
    near: bool = False  # bare, and known only because it lies in the territory or by the inbox

    @property
    def bare(self) -> bool:
        """Whether the name stands without ending, so that a neighbour or the field must bear it out."""
        return (
            not self.ending
            and self.local < 0
            and not (self.readings and SELF.get(self.readings[0].core[-1], 0) & self.bits)
        )

    @property
    def dependent(self) -> bool:
        return bool(self.readings) and (self.readings[0].core in DEPENDENT)

    @property
    def bits(self) -> int:
        bits = 0
        for reading in self.readings:
            if reading.start == self.start:
                bits |= reading.bits
        return bits


@dataclass(slots=True)
class Anaphor:
    """我县, 本镇: a division that the inbox or the rest of the text must name."""

    start: int
    end: int
    level: int


def find_spans(text: str, field: Field, near: tuple[int, ...]) -> list[Span]:
    """Spans in the order of the text, not overlapping; bare names only beside another, before an office, or near.

    near: numbers of the places (territory, inbox) whose counties, townships and villages are known bare
    """
    hits = _look_up(text, field)
    spans = _with_ending(text, hits)
    spans += _local_names(text, field)
    spans = _without_overlap(text, spans)
    return _add_bare(text, hits, spans, field, near)


def find_anaphors(text: str) -> Iterator[Anaphor]:
    for match in ANAPHOR.finditer(text):
        yield Anaphor(match.start(), match.end(), ANAPHOR_LEVEL[match["level"]])
    for match in COUNTY_BODY.finditer(text):
        yield Anaphor(match.start(), match.end(), COUNTY)


# (end, core, bits): what is found at a position.
Hits = dict[int, list[tuple[int, str, int]]]


def _look_up(text: str, field: Field) -> Hits:
    """All cores at all positions."""
    hits: Hits = {}
    prefixes = field.tree.cores.iter_prefixes_with_ids
    levels = field.tree.core_level_bits
    own = field.own_prefixes
    for run in HAN.finditer(text):
        for start in range(run.start(), run.end() - 1):
            piece = text[start : start + WIDTH]
            found = [(start + len(core), core, levels[core_id]) for core, core_id in prefixes(piece)]
            if own is not None:
                found += [(start + len(core), core, field.own_bits[core]) for core in own(piece)]
            if found:
                hits[start] = found
    return hits


def _with_ending(text: str, hits: Hits) -> list[Span]:
    """Names followed by their ending (or carrying it), grouped by where they end: readings longest first."""
    groups: dict[int, Span] = {}
    for start, found in hits.items():
        for end, core, bits in found:
            meant, stop = _ending_behind(text, end, bits)
            if not meant:
                meant = _ending_within(text, start, end, core, bits)
            if not meant or _no_name(text, start, core, meant):
                continue
            span = groups.setdefault(stop, Span(start, stop, text[end:stop], []))
            span.readings.append(Reading(start, core, meant))
            if start < span.start:
                span.start, span.ending = start, text[end:stop]
    for span in groups.values():
        span.clear = _begins_here(text, span.start)
        span.readings.sort(key=lambda reading: (reading.start, -len(reading.core)))
    return list(groups.values())


def _ending_behind(text: str, end: int, bits: int) -> tuple[int, int]:
    """The levels (bits) that the ending behind a core leaves of it, and where that ending stops."""
    if end == len(text) or text[end] not in ENDING_FIRST or (match := ENDING.match(text, end)) is None:
        return 0, end
    meant = bits & BITS[match.lastgroup or ""]
    return (meant, match.end()) if meant else (0, end)


def _ending_within(text: str, start: int, end: int, core: str, bits: int) -> int:
    """The levels of a core that carries its ending: 祁县, 东村, 某某农场."""
    meant = bits & SELF.get(core[-1], 0)
    if not meant and bits & 8 and len(core) > 3 and WHOLE.search(core):
        return 8
    if not meant or (len(core) == 2 and not _begins_here(text, start)):
        return 0
    # 邓县长 is a person.
    return 0 if TITLE.match(text, end) else meant


def _begins_here(text: str, start: int) -> bool:
    """Whether a name may begin at a character: 会上村 does not name 上村, nor 县监委和县监委 和县."""
    if start == 0:
        return True
    before = text[start - 1]
    return before in BOUNDARY or not "\u4e00" <= before <= "\u9fff"


def _no_name(text: str, start: int, core: str, meant: int) -> bool:
    """Whether a core is a word that only looks like a name; behind a town 中心村 and 四村 are names."""
    bare = core.rstrip("村")
    if bare in PRONOUNS:
        return True
    if meant == VILLAGE_BIT:
        if start and text[start - 1] in "镇乡道处":
            return False
        if core[-1] in "农乡" and text[start + len(core) : start + len(core) + 1] == "村":
            return True  # 普通农村
        return core in NO_NAME or bare in NO_NAME
    if meant & 14 and CITY_TAIL.match(text, start + len(core) - 1) and not _begins_here(text, start):
        return True
    return meant == 8 and core in NO_TOWN


def _local_names(text: str, field: Field) -> list[Span]:
    if field.local_prefixes is None:
        return []
    spans = []
    for start in range(len(text)):
        if names := field.local_prefixes(text[start : start + 40]):
            name = max(names, key=len)
            spans.append(Span(start, start + len(name), "", [], local=field.local(name)))
    return spans


def _without_overlap(text: str, spans: list[Span]) -> list[Span]:
    """Leftmost first, the longest of those that begin together; a shorter reading may begin where another ends."""
    queue = [(span.start, -span.end, order, span) for order, span in enumerate(spans)]
    heapify(queue)
    kept: list[Span] = []
    while queue:
        _, _, order, span = heappop(queue)
        if kept and span.start < kept[-1].end:
            if _begins_with_particle(text, kept[-1], span):
                kept.pop()
            else:
                later = [reading for reading in span.readings if reading.start >= kept[-1].end]
                if later:
                    span.readings, span.start = later, later[0].start
                    heappush(queue, (span.start, -span.end, order, span))
                continue
        kept.append(span)
    return kept


def _begins_with_particle(text: str, first: Span, second: Span) -> bool:
    """任固镇县: 固镇县 is the larger place, and 任 before it no part of a name."""
    return (
        second.start == first.start + 1
        and second.end > first.end
        and text[first.start] in PARTICLES
        and second.bits & -second.bits < first.bits & -first.bits
    )


@dataclass(slots=True)
class _Bare:
    """The search for names without ending, beside those with one."""

    text: str
    field: Field
    near: tuple[int, ...]
    starts: set[int]
    low_ends: set[int]  # of counties and townships, behind which a village may stand bare
    ends: set[int]
    hits: Hits

    def levels(self, start: int, end: int, core: str, bits: int) -> tuple[int, bool]:
        """The levels (bits) that a bare name may mean here, and whether only what is near bears it out."""
        after = self.text[end : end + 6]
        if THING.match(after):
            # 麻柳滩大桥 stands in 麻柳滩, where two characters are only the beginning of a road's name.
            here = (
                len(core) > 2 and self.near and not bits & WORD_BIT and self.field.knows_bare(core, self.near)
            )
            return (bits & 8, True) if here else (0, False)
        if core in COUNTY_WORDS and not (start in self.ends and self._goes_on(end)):
            bits &= ~4
        if after[:1] and after[0] in "镇乡街区县":
            bits &= 0b00011  # the beginning of a name that the gazetteer does not know
        agency = bool(AGENCY.match(after))
        if bits & WORD_BIT and not (agency and self.near):
            bits &= 0b00111
        beside = start in self.ends
        meant = bits & (1 if core in CITY_WORDS and not self._goes_on(end) else 3)
        if beside or end in self.starts:
            meant |= bits & UPPER_BITS
        if start in self.low_ends:
            meant |= bits & VILLAGE_BIT
        if agency and (len(core) > 2 or _begins_here(self.text, start)):
            meant |= bits & 8
        if not meant and self.near and self.field.knows_bare(core, self.near):
            # Two characters of a village are too often a piece of something else.
            return bits & (12 if len(core) == 2 else 28), True
        return meant, False

    def _goes_on(self, end: int) -> bool:
        """Whether another county's or township's name follows, as in 大同广灵."""
        return any(bits & 12 for _, _, bits in self.hits.get(end, ()))


def _add_bare(text: str, hits: Hits, spans: list[Span], field: Field, near: tuple[int, ...]) -> list[Span]:
    taken = bytearray(len(text) + 1)
    for span in spans:
        taken[span.start : span.end] = b"\1" * (span.end - span.start)
    search = _Bare(
        text,
        field,
        near,
        {span.start for span in spans},
        {span.end for span in spans if span.bits & 0b01100},
        {span.end for span in spans},
        hits,
    )
    bare: list[Span] = []
    for start in sorted(hits):
        if taken[start]:
            continue
        for end, core, bits in reversed(hits[start]):
            if any(taken[start:end]):
                continue
            meant, near_only = search.levels(start, end, core, bits)
            if not meant:
                continue
            bare.append(Span(start, end, "", [Reading(start, core, meant)], near=near_only))
            search.ends.add(end)
            if meant & 0b01100:
                search.low_ends.add(end)
            taken[start:end] = b"\1" * (end - start)
            break
    return sorted(spans + bare, key=lambda span: span.start) if bare else spans
