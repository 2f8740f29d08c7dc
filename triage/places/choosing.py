"""Among the places that a text names, the one that it complains of, and how sure that is.

Each settled name puts its weight on its node; a walk from the top takes the heaviest branch and
stops where the text names none below, or two alike.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from triage.places import reasons
from triage.places.linking import Chain
from triage.places.mentions import Anaphor
from triage.places.names import COUNTY, PROVINCE, TOWNSHIP, VILLAGE
from triage.places.roles import WEIGHTS
from triage.places.territory import Field

# A place in the territory outweighs one outside by this, because the letter came here.
HOME = 1.6
# A second branch this near to the first leaves the walk above both.
TOO_NEAR = 0.8
# Names that are only passed through (a trip, a firm's name, an origin) commit to nothing.
_PASSING = frozenset({"elsewhere", "firm", "origin", "former"})
# A township known by its name alone, where the text names another county, is more likely something else.
STRAY = 0.4

# How far each way of settling a name is to be trusted, before rivals take from it.
_TRUST = {
    "chain": 0.96,
    "anchored": 0.9,
    "territory": 0.86,
    "context": 0.8,
    "stated": 0.86,
    "only": 0.85,
    "anaphor": 0.8,
}
_REASON = {
    "chain": reasons.NAMED,
    "anchored": reasons.ANCHORED,
    "territory": reasons.IN_TERRITORY,
    "context": reasons.IN_CONTEXT,
    "stated": reasons.STATED_AND_TEXT,
    "only": reasons.ONLY,
}


@dataclass(slots=True)
class Choice:
    node: int = -1
    confidence: float = 0.0
    alternatives: list[tuple[int, float]] = field(default_factory=list)
    reason: str = reasons.NOTHING
    question: str = ""
    spans: list[tuple[int, int]] = field(default_factory=list)


@dataclass(slots=True)
class Vote:
    """What one name says for one node."""

    node: int
    weight: float
    how: str
    role: str
    start: int
    end: int
    chain: Chain | None = None


def choose(
    chains: list[Chain], anaphors: list[Anaphor], field: Field, *, context: int, stated: int, text: str
) -> Choice:
    votes = _votes(chains, anaphors, field, context, stated)
    if not any(vote.role not in _PASSING for vote in votes):
        return _nothing(chains, votes, field)
    total, own = _totals(votes, field)
    path, stopped = _descend(total, field)
    choice = _explain(path, stopped, votes, total, own, field, text, stated)
    if not stopped:
        _mention_open_names(choice, chains, field)
    return choice


def _votes(
    chains: list[Chain], anaphors: list[Anaphor], field: Field, context: int, stated: int
) -> list[Vote]:
    votes: list[Vote] = []
    seen: dict[int, int] = {}
    named = [chain.node for chain in chains if chain.settled and chain.how != "only"]
    named += [
        chain.node
        for chain in chains
        if chain.settled and chain.how == "only" and field.level(chain.node) == COUNTY
    ]
    for chain in chains:
        node = chain.node if chain.settled else _shared_county(chain.nodes, field)
        if node < 0:
            continue
        times = seen.get(node, 0)
        seen[node] = times + 1
        weight = WEIGHTS[chain.role] / (1 + times)
        if not field.is_national and field.inside(node):
            weight *= HOME
        if chain.how == "only" and field.level(node) >= TOWNSHIP and named:
            county = next((n for n in field.lineage(node) if field.level(n) == COUNTY), -1)
            if not any(field.under(other, county) or field.under(node, other) for other in named):
                weight *= STRAY
        votes.append(Vote(node, weight, chain.how, chain.role, chain.start, chain.end, chain))
    if context >= 0:
        for anaphor in anaphors[:3]:
            line = [n for n in field.lineage(context) if field.level(n) <= anaphor.level]
            if line and field.level(line[-1]) == anaphor.level:
                votes.append(Vote(line[-1], 0.4, "anaphor", "matter", anaphor.start, anaphor.end))
    if stated >= 0:
        votes.append(Vote(stated, WEIGHTS["stated"], "stated", "stated", -1, -1))
    return votes


def _shared_county(nodes: list[int], field: Field) -> int:
    """The lowest place, a county or below it, in which all the nodes lie; -1 where there is none."""
    if len(nodes) < 2:
        return -1
    line = field.lineage(nodes[0])
    for place in reversed(line[:-1]):
        if field.level(place) < COUNTY:
            return -1
        if all(field.under(node, place) for node in nodes[1:]):
            return place
    return -1


def _totals(votes: list[Vote], field: Field) -> tuple[dict[int, float], dict[int, float]]:
    """Weight of each node with all below it, and its own."""
    total: dict[int, float] = {}
    own: dict[int, float] = {}
    order = 0.0
    for vote in votes:
        # What is named first weighs a little more.
        weight = vote.weight * (1 + 0.3 / (1 + order))
        order += 1.0
        own[vote.node] = own.get(vote.node, 0.0) + weight
        for node in field.lineage(vote.node):
            total[node] = total.get(node, 0.0) + weight
    return total, own


def _descend(total: dict[int, float], field: Field) -> tuple[list[int], list[int]]:
    """The heaviest branch from the top, and the branches among which the walk could not choose."""
    children: dict[int, list[int]] = {}
    for node in total:
        children.setdefault(field.parent(node), []).append(node)
    path: list[int] = []
    at = -1
    while below := children.get(at):
        below.sort(key=lambda node: -total[node])
        if len(below) > 1 and total[below[1]] >= TOO_NEAR * total[below[0]]:
            return path, below[:4]
        at = below[0]
        path.append(at)
    return path, []


def _explain(
    path: list[int],
    stopped: list[int],
    votes: list[Vote],
    total: dict[int, float],
    own: dict[int, float],
    field: Field,
    text: str,
    stated: int,
) -> Choice:
    if not path:
        share = 1 / len(stopped)
        return Choice(
            alternatives=[(node, round(share * 0.8, 3)) for node in stopped],
            reason=reasons.WEAK,
            question=_which(stopped, "", field),
        )
    node = path[-1]
    line = set(path)
    mine = [vote for vote in votes if vote.node in line]
    deciding = max(mine, key=lambda vote: (field.level(vote.node), vote.weight), default=None)
    under = deciding or max((v for v in votes if node in field.lineage(v.node)), key=lambda v: v.weight)
    spans = [
        (vote.start, vote.end)
        for vote in votes
        if vote.start >= 0 and (vote.node in line or (stopped and field.under(vote.node, node)))
    ]
    confidence = _confidence(under, path, stopped, total, field)
    choice = Choice(node=node, confidence=confidence, spans=spans)
    choice.reason = _reason(under, node, stopped, mine, field, text, stated)
    choice.alternatives = [(other, c) for other, c in _alternatives(path, stopped, total, field)]
    if stopped:
        choice.question = _which(stopped, "", field)
    return choice


def _confidence(
    vote: Vote, path: list[int], stopped: list[int], total: dict[int, float], field: Field
) -> float:
    trust = _TRUST.get(vote.how, 0.7)
    if vote.chain is not None and not vote.chain.exact:
        trust -= 0.05
    if vote.role in ("court", "addressee", "address"):
        trust -= 0.12
    if vote.role in _PASSING:
        trust -= 0.3
    if vote.role == "stated" and vote.how == "stated" and vote.start < 0:
        trust = 0.8
    rival = _strongest_rival(path, total, field)
    trust -= 0.35 * rival
    return max(0.05, min(0.99, trust))


def _strongest_rival(path: list[int], total: dict[int, float], field: Field) -> float:
    """How near the strongest other branch came, 0 to 1."""
    near = 0.0
    on_path = set(path)
    for node, weight in total.items():
        if node in on_path:
            continue
        above = field.parent(node)
        if above == -1 or above in on_path:
            mate = next((p for p in path if field.parent(p) == above), None)
            if mate is not None:
                near = max(near, min(1.0, weight / total[mate]))
    return near


def _reason(
    vote: Vote, node: int, stopped: list[int], mine: list[Vote], field: Field, text: str, stated: int
) -> str:
    place = field.name(node)
    if stopped:
        return reasons.SHARED % {"place": place}
    if vote.start < 0:
        return reasons.STATED % {"place": place}
    words = text[vote.start : vote.end]
    if vote.how == "anaphor":
        return reasons.REFERS_BACK % {"words": words}
    if vote.chain is not None and vote.chain.spans[0].local >= 0:
        return reasons.LOCAL % {"words": words, "place": place}
    if not field.is_national and not field.inside(node):
        return reasons.OUTSIDE % {"place": place}
    roles = {each.role for each in mine}
    if roles <= {"court"}:
        return reasons.COURT_ONLY % {"place": place}
    if roles <= {"address", "addressee"}:
        return reasons.ADDRESS_ONLY % {"place": place}
    anchor = vote.chain.anchor if vote.chain is not None else -1
    return _REASON.get(vote.how, reasons.NAMED) % {
        "place": place,
        "name": words,
        "anchor": field.name(anchor) if anchor >= 0 else "",
        "stated": field.name(stated) if stated >= 0 else "",
    }


def _alternatives(
    path: list[int], stopped: list[int], total: dict[int, float], field: Field
) -> list[tuple[int, float]]:
    on_path = set(path)
    if stopped:
        whole = sum(total[node] for node in stopped)
        return [(node, round(0.8 * total[node] / whole, 3)) for node in stopped[:4]]
    others = sorted(
        (
            node
            for node in total
            if node not in on_path and not any(field.under(other, node) and other != node for other in total)
        ),
        key=lambda node: -total[node],
    )[:4]
    whole = sum(total[node] for node in others) + total[path[-1]]
    return [(node, round(0.5 * total[node] / whole, 3)) for node in others]


def _nothing(chains: list[Chain], votes: list[Vote], field: Field) -> Choice:
    open_names = [chain for chain in chains if len(chain.nodes) > 1 and chain.role not in _PASSING]
    if open_names:
        choice = Choice()
        _mention_open_names(choice, open_names, field)
        return choice
    if votes:
        guesses = [(vote.node, 0.2) for vote in votes[:3]]
        return Choice(alternatives=list(dict.fromkeys(guesses)), reason=reasons.WEAK)
    return Choice()


def _mention_open_names(choice: Choice, chains: list[Chain], field: Field) -> None:
    """What one answer would settle: a name below the chosen place that several bear."""
    for chain in chains:
        nodes = chain.nodes
        if len(nodes) < 2 or chain.role in _PASSING:
            continue
        if choice.node >= 0:
            nodes = [node for node in nodes if field.under(node, choice.node)]
            if len(nodes) < 2:
                continue
        name = chain.spans[-1].readings[0].core + chain.spans[-1].ending if chain.spans[-1].readings else ""
        choice.alternatives = [
            (node, round(0.8 / len(nodes), 3)) for node in nodes[:4]
        ] + choice.alternatives[:1]
        choice.question = _which(nodes, name, field)
        if choice.node < 0:
            choice.reason = reasons.AMBIGUOUS % {"count": len(nodes), "name": name}
        return


def _which(nodes: list[int], name: str, field: Field) -> str:
    if not nodes:
        return ""
    if len(nodes) > 4:
        return reasons.IN_WHICH_COUNTY % {"name": name}
    return reasons.WHICH % {
        "name": name or field.name(nodes[0]),
        "choices": " / ".join(_full(node, field) for node in nodes),
    }


def _full(node: int, field: Field) -> str:
    """A name with as much above it as tells it apart."""
    line = [n for n in field.lineage(node) if field.level(n) >= min(COUNTY, field.level(node))]
    if field.level(node) in (COUNTY, TOWNSHIP, VILLAGE) and len(line) < 2:
        line = [n for n in field.lineage(node) if field.level(n) != PROVINCE]
    return "".join(field.name(n) for n in line)
