"""Among the places that a text names, the one that it complains of.

Each settled name votes for its node; a walk from the top follows the heaviest branch and stops where
the text names none below, or lists two alike.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from triage.places.chains import Chain
from triage.places.mentions import Anaphor
from triage.places.names import COUNTY, TOWNSHIP, VILLAGE
from triage.places.roles import HINTS, NAMED, PASSING, WEIGHTS
from triage.places.territory import Field
from triage.places.words import VILLAGE_BIT

# A place in the territory outweighs one outside by this, because the letter came here.
HOME = 1.6
# A second branch this near to the first is weighed by what is named first.
TOO_NEAR = 0.8
# A township known by its name alone, where the text names another county, is more likely something else.
STRAY = 0.4
# 我县 and the like: less than any name.
REFERS_BACK = 0.4
# How much more the first name of a text weighs than a late one.
EARLY = 0.3

# A village that the text does not name: then the reporter's own is meant.
_SOME_VILLAGE = re.compile(
    r"[我本俺咱该]们?(?:这个)?(?:村|社区|队|屯|组|嘎查|小区)|村支书|村支部|村主任|村书记|村长|村干部|村里|村委|村会计|村两委|村监委"
    r"|社区书记|社区主任|组长|队长|(?:our|my|the) village|village (?:head|chief|secretary|committee)",
    re.IGNORECASE,
)
_LISTED = re.compile(
    r"^(?:[^，,。；;\n]{0,2}?(?:[，,]|和|与|及|以及|还有|到|至|and|, and|,)\s*|[^，,。；;\n]{0,8}?、)$"
)
# So many branches alike are a list, in whatever words.
_MANY = 3


@dataclass(slots=True)
class Vote:
    """What one name says for one node."""

    node: int
    weight: float
    how: str
    role: str
    start: int  # -1 for what the reporter ticked
    end: int
    chain: Chain | None = None


@dataclass(slots=True)
class Walk:
    """The way from the top of the tree to the place, and the branches among which it stopped."""

    votes: list[Vote]
    total: dict[int, float]  # of a node with all below it
    path: list[int]
    stopped: list[int]

    @property
    def node(self) -> int:
        return self.path[-1] if self.path else -1


def choose(
    chains: list[Chain], anaphors: list[Anaphor], field: Field, *, context: int, stated: int, text: str
) -> Walk:
    """The walk through what the text names; its path is empty where it names nothing to commit to."""
    votes = _votes(chains, field)
    votes += _referring_back(anaphors, field, context)
    if stated >= 0:
        votes.append(Vote(stated, WEIGHTS["stated"], "stated", "stated", -1, -1))
    if all(vote.role in PASSING for vote in votes):
        return Walk(votes, {}, [], [])
    total = _totals(votes, field)
    path, stopped = _Descent(votes, total, field, text, _unknown_villages(chains)).walk()
    return Walk(votes, total, path, stopped)


def _votes(chains: list[Chain], field: Field) -> list[Vote]:
    votes: list[Vote] = []
    times: dict[int, int] = {}
    firm = {
        chain.node
        for chain in chains
        if chain.settled and (chain.how != "only" or field.level(chain.node) == COUNTY)
    }
    lines = {above for node in firm for above in field.lineage(node)}
    for chain in chains:
        node = chain.node if chain.settled else shared_county(chain.nodes, field)
        if node < 0:
            continue
        weight = WEIGHTS[chain.role] / (1 + times.get(node, 0))
        times[node] = times.get(node, 0) + 1
        if not field.is_national and field.inside(node):
            weight *= HOME
        if (
            chain.how == "only"
            and field.level(node) >= TOWNSHIP
            and firm
            and _is_stray(node, firm, lines, field)
        ):
            weight *= STRAY
        votes.append(Vote(node, weight, chain.how, chain.role, chain.start, chain.end, chain))
    return votes


def _is_stray(node: int, firm: set[int], lines: set[int], field: Field) -> bool:
    """Whether no place that is sure lies in the node's county, or has the node in it."""
    line = field.lineage(node)
    county = next((each for each in line if field.level(each) == COUNTY), -1)
    return county not in lines and not firm.intersection(line)


def _referring_back(anaphors: list[Anaphor], field: Field, context: int) -> list[Vote]:
    if context < 0:
        return []
    line = {field.level(node): node for node in field.lineage(context)}
    if COUNTY in line:
        line.setdefault(TOWNSHIP, line[COUNTY])  # 我镇 in a letter to the county: one of its townships
    return [
        Vote(line[anaphor.level], REFERS_BACK, "anaphor", "matter", anaphor.start, anaphor.end)
        for anaphor in anaphors[:3]
        if anaphor.level in line
    ]


def shared_county(nodes: list[int], field: Field) -> int:
    """The lowest place, a county or below it, in which all of several nodes lie; -1 where there is none."""
    if len(nodes) < 2:
        return -1
    for place in reversed(field.lineage(nodes[0])[:-1]):
        if field.level(place) < COUNTY:
            return -1
        if all(field.under(node, place) for node in nodes[1:]):
            return place
    return -1


def _totals(votes: list[Vote], field: Field) -> dict[int, float]:
    total: dict[int, float] = {}
    for order, vote in enumerate(votes):
        weight = vote.weight * (1 + EARLY / (1 + order))
        for node in field.lineage(vote.node):
            total[node] = total.get(node, 0.0) + weight
    return total


@dataclass(slots=True)
class _Descent:
    """The walk from the top of the tree, always into the heaviest branch that the text means."""

    votes: list[Vote]
    total: dict[int, float]
    field: Field
    text: str
    unknown: list[tuple[int, int]]  # where the text names villages that the gazetteer does not know

    def walk(self) -> tuple[list[int], list[int]]:
        children: dict[int, list[int]] = {}
        for node in self.total:
            children.setdefault(self.field.parent(node), []).append(node)
        path: list[int] = []
        at = -1
        while below := children.get(at):
            heaviest = max(self.total[node] for node in below)
            near = [node for node in below if self.total[node] >= TOO_NEAR * heaviest]
            chosen = near[0] if len(near) == 1 else self._first_named(near)
            if chosen < 0:
                return path, sorted(near, key=lambda node: -self.total[node])[:4]
            if self._ends_above(at, chosen):
                return path, []
            at = chosen
            path.append(at)
        return path, []

    def _ends_above(self, at: int, below: int) -> bool:
        """Whether the matter lies with a place itself, though the text names something below it."""
        under = [vote for vote in self.votes if self.field.under(vote.node, below)]
        here = [vote for vote in self.votes if vote.node == at and vote.chain is not None]
        if any(vote.role == "office" for vote in here) and not any(vote.role in NAMED for vote in under):
            return True
        if self._beside_unknown(below, under):
            return True
        weak = HINTS | PASSING
        named = any(vote.role not in weak for vote in here)
        only_hinted = named and all(vote.role in weak for vote in under)
        return only_hinted and not _SOME_VILLAGE.search(self.text)

    def _beside_unknown(self, below: int, under: list[Vote]) -> bool:
        """Whether a village is one of a list whose others have no key: 和平村、小张庄村."""
        if self.field.level(below) != VILLAGE:
            return False
        return any(
            _side_by_side(self.text, (vote.start, vote.end), other)
            for vote in under
            for other in self.unknown
            if vote.start >= 0
        )

    def _first_named(self, near: list[int]) -> int:
        """Of branches that weigh alike the one named first; -1 where the text lists them side by side."""
        if len(near) >= _MANY:
            return -1
        named = [
            (vote.start, vote.end, node)
            for node in near
            for vote in self.votes
            if vote.start >= 0 and vote.role not in PASSING and self.field.under(vote.node, node)
        ]
        named.sort()
        if not named:
            return -1
        for one, other in pairwise(named):
            if one[2] != other[2] and _side_by_side(self.text, one[:2], other[:2]):
                return -1
        return named[0][2]


def _side_by_side(text: str, one: tuple[int, int], other: tuple[int, int]) -> bool:
    first, second = sorted((one, other))
    gap = second[0] - first[1]
    return 0 < gap <= 9 and bool(_LISTED.match(text[first[1] : second[0]]))


def _unknown_villages(chains: list[Chain]) -> list[tuple[int, int]]:
    return [
        (chain.spans[-1].start, chain.spans[-1].end)
        for chain in chains
        if chain.spans[-1].bits == VILLAGE_BIT
        and chain.spans[-1].ending
        and (not chain.nodes or chain.spans[-1] is not chain.matched[-1])
    ]
