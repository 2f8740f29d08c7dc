"""What settles a name that several places bear: the other places of the text, the territory, the inbox."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass

from triage.places.chains import Chain, best_kind
from triage.places.names import CITY, COUNTY, PROVINCE, TOWNSHIP, VILLAGE, is_urban
from triage.places.roles import PASSING, WEIGHTS
from triage.places.territory import Field
from triage.places.words import VILLAGE_BIT

# Beyond so many bearers a name is not weighed one by one, and beyond so many grounds none is added.
MANY, GROUNDS = 400, 32
# How many open names are tried against each other, and of how many bearers.
_PAIRED, _PAIRS = 6, 24
# A village name borne by so many or fewer is asked about.
_FEW = 5


@dataclass(slots=True)
class Anchor:
    node: int
    weight: float
    how: str  # anchored (the text names it) | territory | context | stated


@dataclass(slots=True)
class Grounds:
    """The places that speak for others, each with its line from the top; what a name came to is kept."""

    field: Field
    unlisted: set[str] = dataclasses.field(default_factory=set)  # cores that no known village is meant by
    anchors: list[tuple[Anchor, tuple[int, ...]]] = dataclasses.field(default_factory=list)
    _seen: set[tuple[int, str]] = dataclasses.field(default_factory=set)
    _nearest: int = -1  # the lowest level that the text itself names
    _kept: dict[tuple[str, ...], tuple[int, list[int], str, int]] = dataclasses.field(default_factory=dict)

    def add(self, anchor: Anchor) -> None:
        if (anchor.node, anchor.how) in self._seen or len(self.anchors) >= GROUNDS:
            return
        self._seen.add((anchor.node, anchor.how))
        self.anchors.append((anchor, self.field.lineage(anchor.node)))
        if anchor.how == "anchored":
            self._nearest = max(self._nearest, self.field.level(anchor.node))

    def extend(self, anchors: Iterable[Anchor]) -> None:
        for anchor in anchors:
            self.add(anchor)

    def settle(self, chain: Chain) -> None:
        """Leave a chain with one node if the grounds tell which, with several that they do not tell apart, or none."""
        key = (*(reading.core for span in chain.spans for reading in span.readings), chain.spans[0].ending)
        kept = self._kept.get(key)
        # The same name comes to the same place, unless grounds were added since.
        if kept is not None and kept[0] == len(self.anchors):
            _, chain.nodes, chain.how, chain.anchor = kept
            return
        if chain.nodes:
            nodes = self._among(chain)
            if chain.loose and chain.anchor < 0:
                chain.maybe, nodes = nodes, []
            chain.nodes = nodes
        elif self._is_village(chain):
            self._village(chain)
        self._kept[key] = (len(self.anchors), chain.nodes, chain.how, chain.anchor)

    def _is_village(self, chain: Chain) -> bool:
        readings = chain.spans[0].readings
        return bool(chain.spans[0].bits & VILLAGE_BIT) and not any(r.core in self.unlisted for r in readings)

    def pair(self, chains: list[Chain]) -> None:
        """Let two names that are ambiguous alone settle each other: of six 市中区 one has a 齐村镇."""
        open_ = [chain for chain in chains if not chain.settled and chain.role not in PASSING][:_PAIRED]
        uppers = [chain for chain in open_ if 1 < len(chain.nodes or chain.maybe) <= _PAIRS]
        for upper in uppers:
            for lower in open_:
                if lower is upper or lower.settled or upper.settled:
                    continue
                self._pair(upper, lower)

    def _pair(self, upper: Chain, lower: Chain) -> None:
        field, span = self.field, lower.spans[0]
        found: list[tuple[int, int]] = []
        for node in upper.nodes or upper.maybe:
            if lower.nodes or lower.maybe:
                below = [n for n in lower.nodes or lower.maybe if n != node and field.under(n, node)]
            elif span.ending and span.bits & VILLAGE_BIT:
                below = [n for reading in span.readings for n in field.below(reading.core, node, low=VILLAGE)]
            else:
                return
            found += [(node, number) for number in below]
        if len(found) == 1:
            [(upper_node, lower_node)] = found
            upper.nodes, upper.how, upper.anchor = [upper_node], "anchored", lower_node
            lower.nodes, lower.how, lower.anchor = [lower_node], "anchored", upper_node
            self.add(Anchor(lower_node, WEIGHTS[lower.role], "anchored"))

    def _among(self, chain: Chain) -> list[int]:
        """The candidates that share most with the grounds; all where none shares enough."""
        scored: list[tuple[float, int, Anchor]] = []
        for number in chain.nodes[:MANY]:
            score, strongest = self._worth(number)
            if strongest is not None:
                scored.append((score, number, strongest))
        if not scored:
            return chain.nodes
        best = max(score for score, _, _ in scored)
        top = [each for each in scored if each[0] >= best * 0.999]
        if len(top) == 1:
            chain.how, chain.anchor = top[0][2].how, top[0][2].node
        return [number for _, number, _ in top]

    def _worth(self, number: int) -> tuple[float, Anchor | None]:
        line = self.field.lineage(number)
        # A shared province says little about a township.
        enough = min(max(1, len(line) - 2), 2)
        score, most, strongest = 0.0, 0.0, None
        for anchor, other in self.anchors:
            shared = _shared(line, other)
            if shared >= enough:
                worth = shared * anchor.weight
                score += worth
                if worth > most:
                    most, strongest = worth, anchor
        return score, strongest

    def _village(self, chain: Chain) -> None:
        levels: tuple[int, ...] = (TOWNSHIP, COUNTY, CITY, PROVINCE)
        if self._nearest >= COUNTY:
            levels = levels[:2]  # the text says nearer where it is than a city or province would
        for same_kind in (True, False):
            for level in levels:
                found = self._villages_at(chain, level, same_kind)
                if not found or (level == PROVINCE and len(found) > 1):
                    continue
                heaviest = max(anchor.weight for anchor in found.values())
                chain.nodes = [n for n, anchor in found.items() if anchor.weight == heaviest]
                if chain.settled:
                    anchor = found[chain.node]
                    chain.how, chain.anchor = anchor.how, anchor.node
                return
        self._by_name_alone(chain)

    def _villages_at(self, chain: Chain, level: int, same_kind: bool) -> dict[int, Anchor]:
        """Villages of the chain's name in the places of one level that the grounds lie in."""
        span, field = chain.spans[0], self.field
        found: dict[int, Anchor] = {}
        seen: set[int] = set()
        for anchor, line in sorted(self.anchors, key=lambda each: -each[0].weight):
            place = next((each for each in line if field.level(each) == level), -1)
            if place < 0 or place in seen:
                continue
            seen.add(place)
            for reading in span.readings:
                below = field.below(reading.core, place, low=VILLAGE)
                if same_kind and span.ending:
                    urban = is_urban(span.ending)
                    below = [number for number in below if is_urban(field.name(number)) == urban]
                if below:
                    for number in best_kind(dict.fromkeys(below, reading.core), span.ending, field)[0]:
                        found.setdefault(number, Anchor(place, anchor.weight, anchor.how))
                    break
        return found

    def _by_name_alone(self, chain: Chain) -> None:
        """A long village name that the nation has once is that village; a few bearers are asked about."""
        span = chain.spans[0]
        if not span.ending or not span.clear or any(reading.core.endswith("新") for reading in span.readings):
            return
        cores = {reading.core for reading in span.readings if reading.start == span.start}
        known = [number for core in cores for number in self.field.villages(core, _FEW + 1)]
        if len(known) == 1:
            same_kind = is_urban(span.ending) == is_urban(self.field.name(known[0]))
            if same_kind and max(map(len, cores)) >= 3:
                chain.nodes, chain.how = known, "only"
        elif len(known) <= _FEW:
            chain.nodes = known


def _shared(line: tuple[int, ...], other: tuple[int, ...]) -> int:
    count = 0
    for one, two in zip(line, other, strict=False):
        if one != two:
            break
        count += 1
    return count
