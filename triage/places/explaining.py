"""From a walk through the tree to an answer: how sure, why, what else it may be, and what to ask."""

from __future__ import annotations

from dataclasses import dataclass, field

from triage.places import reasons
from triage.places.chains import Chain
from triage.places.choosing import Vote, Walk, shared_county
from triage.places.names import CITY, COUNTY, VILLAGE, core_of
from triage.places.roles import HINTS, PASSING
from triage.places.territory import Field
from triage.places.unlisted import unlisted_below

# How far each way of settling a name is to be trusted, before rivals take from it.
_TRUST = {
    "chain": 0.96,
    "anchored": 0.9,
    "territory": 0.86,
    "stated": 0.8,
    "only": 0.85,
    "context": 0.8,
    "anaphor": 0.8,
    "open": 0.75,
}
# What is taken off for another ending than the gazetteer's, a role that only hints, and a near rival.
_INEXACT, _HINT, _RIVAL = 0.05, 0.12, 0.35
_REASON = {
    "chain": reasons.NAMED,
    "anchored": reasons.ANCHORED,
    "territory": reasons.IN_TERRITORY,
    "context": reasons.IN_CONTEXT,
    "stated": reasons.STATED_AND_TEXT,
    "only": reasons.ONLY,
}
# At most so many choices make one question.
_CHOICES = 4


@dataclass(slots=True)
class Answer:
    node: int = -1
    confidence: float = 0.0
    alternatives: list[tuple[int, float]] = field(default_factory=list)
    reason: str = reasons.NOTHING
    question: str = ""
    spans: list[tuple[int, int]] = field(default_factory=list)
    unlisted: dict[int, str] = field(default_factory=dict)  # level -> a name below the node that has no key


def explain(walk: Walk, chains: list[Chain], field: Field, *, stated: int, text: str) -> Answer:
    answer = _chosen(walk, field, stated, text) if walk.path else _none(walk, field)
    if walk.path and not walk.stopped:
        _add_unlisted(answer, walk, field, text)
    if walk.stopped:
        answer.question = _which(walk.stopped, "", field)
    else:
        _ask_for_open_names(answer, chains, field, text)
    return answer


def _add_unlisted(answer: Answer, walk: Walk, field: Field, text: str) -> None:
    """Take the names that the first mention of the place goes on with, where the gazetteer has none of them."""
    for vote in walk.votes:
        if vote.node != walk.node or vote.chain is None or not vote.chain.settled or vote.role in PASSING:
            continue
        known_end = vote.chain.matched[-1].end
        answer.unlisted, end = unlisted_below(text, known_end, field.level(walk.node))
        if answer.unlisted:
            answer.spans = [(start, end if start == vote.start else stop) for start, stop in answer.spans]
            place = field.name(walk.node)
            answer.reason = reasons.UNLISTED % {"written": "".join(answer.unlisted.values()), "place": place}
            core = core_of(answer.unlisted.get(VILLAGE, ""), VILLAGE)
            namesakes = field.below(core, walk.node, low=VILLAGE)[:_CHOICES]
            answer.alternatives = [(node, 0.4) for node in namesakes] + answer.alternatives
            return


def _none(walk: Walk, field: Field) -> Answer:
    if walk.stopped:
        share = round(0.8 / len(walk.stopped), 3)
        return Answer(alternatives=[(node, share) for node in walk.stopped], reason=reasons.WEAK)
    if walk.votes:
        nodes = dict.fromkeys(vote.node for vote in walk.votes)
        return Answer(alternatives=[(node, 0.2) for node in list(nodes)[:3]], reason=reasons.WEAK)
    return Answer()


def _chosen(walk: Walk, field: Field, stated: int, text: str) -> Answer:
    line = set(walk.path)
    mine = [vote for vote in walk.votes if vote.node in line]
    if mine:
        deciding = max(mine, key=lambda vote: (field.level(vote.node), vote.weight))
    else:
        deciding = max((v for v in walk.votes if field.under(v.node, walk.node)), key=lambda v: v.weight)
    spans = [
        (vote.start, vote.end)
        for vote in walk.votes
        if vote.start >= 0 and (vote.node in line or (walk.stopped and field.under(vote.node, walk.node)))
    ]
    return Answer(
        node=walk.node,
        confidence=_confidence(deciding, walk, field),
        alternatives=_alternatives(walk, field),
        reason=_reason(deciding, walk, mine, field, stated, text),
        spans=spans,
    )


def _confidence(vote: Vote, walk: Walk, field: Field) -> float:
    trust = _TRUST[vote.how]
    if vote.chain is not None and not vote.chain.exact:
        trust -= _INEXACT
    if vote.role in HINTS or vote.role == "body":
        trust -= _HINT
    if vote.role in PASSING:
        trust -= 2 * _HINT
    trust -= _RIVAL * _nearest_rival(walk, field)
    return max(0.05, min(0.99, trust))


def _nearest_rival(walk: Walk, field: Field) -> float:
    """How near the strongest branch beside the path came, 0 to 1."""
    on_path = set(walk.path)
    by_parent = {field.parent(node): node for node in walk.path}
    near = 0.0
    for node, weight in walk.total.items():
        if node not in on_path and (mate := by_parent.get(field.parent(node))) is not None:
            near = max(near, min(1.0, weight / walk.total[mate]))
    return near


def _alternatives(walk: Walk, field: Field) -> list[tuple[int, float]]:
    """Other places named, the lowest of each branch, heaviest first."""
    total, on_path = walk.total, set(walk.path)
    if walk.stopped:
        whole = sum(total[node] for node in walk.stopped)
        return [(node, round(0.8 * total[node] / whole, 3)) for node in walk.stopped]
    named = {vote.node for vote in walk.votes}
    above = {place for node in named for place in field.lineage(node)[:-1]}
    lowest = [node for node in named if node not in on_path and node not in above]
    lowest.sort(key=lambda node: (-total[node], node))
    whole = sum(total[node] for node in lowest[:4]) + total[walk.node]
    return [(node, round(0.5 * total[node] / whole, 3)) for node in lowest[:4]]


def _reason(vote: Vote, walk: Walk, mine: list[Vote], field: Field, stated: int, text: str) -> str:
    place = field.name(walk.node)
    if walk.stopped:
        return reasons.SHARED % {"place": place}
    if vote.start < 0:
        return reasons.STATED % {"place": place}
    words = text[vote.start : vote.end]
    chain = vote.chain
    if chain is None:
        return reasons.REFERS_BACK % {"words": words}
    if not chain.settled:
        return reasons.SHARED_NAME % {"count": len(chain.nodes), "name": words, "place": place}
    if chain.spans[0].local >= 0:
        return reasons.LOCAL % {"words": words, "place": place}
    if not field.is_national and not field.inside(walk.node):
        return reasons.OUTSIDE % {"place": place}
    roles = {each.role for each in mine}
    if roles <= {"court", "source"}:
        return reasons.COURT_ONLY % {"place": place}
    if roles <= {"address", "addressee"}:
        return reasons.ADDRESS_ONLY % {"place": place}
    return _REASON.get(vote.how, reasons.NAMED) % {
        "place": place,
        "name": words,
        "anchor": field.name(chain.anchor) if chain.anchor >= 0 else "",
        "stated": field.name(stated) if stated >= 0 else "",
    }


def _ask_for_open_names(answer: Answer, chains: list[Chain], field: Field, text: str) -> None:
    """What one answer would settle: a name below the chosen place that several bear."""
    for chain in chains:
        nodes = chain.nodes
        if answer.node >= 0:
            nodes = [node for node in nodes if node != answer.node and field.under(node, answer.node)]
        if chain.settled or len(nodes) < 2 or chain.role in PASSING:
            continue
        name = text[chain.spans[-1].start : chain.spans[-1].end]
        share = round(0.8 / len(nodes), 3)
        answer.alternatives = [(node, share) for node in nodes[:_CHOICES]] + answer.alternatives[:1]
        answer.question = _which(nodes, name, field)
        if answer.node < 0:
            answer.reason = reasons.AMBIGUOUS % {"count": len(nodes), "name": name}
        return


def _which(nodes: list[int], name: str, field: Field) -> str:
    if len(nodes) > _CHOICES:
        return reasons.IN_WHICH_COUNTY % {"name": name or field.name(nodes[0])}
    choices = " / ".join(_full(node, nodes, field) for node in nodes)
    return (
        reasons.WHICH % {"name": name, "choices": choices}
        if name
        else reasons.WHICH_PLACE % {"choices": choices}
    )


def _full(node: int, among: list[int], field: Field) -> str:
    """A name with what stands above it, from the county down, or from the city where counties differ."""
    same = shared_county(among, field) >= 0
    line = [each for each in field.lineage(node) if field.level(each) >= (COUNTY if same else CITY)]
    return "".join(field.name(each) for each in line or [node])
