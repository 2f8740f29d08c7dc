"""From spans to nodes: which division of the tree each named place is.

A chain of neighbouring names is narrowed by its own ancestors; what is then still ambiguous is settled
by the other places that the text names, by the territory and by the inbox. What nothing settles stays open.
"""

from __future__ import annotations

from collections.abc import Iterable

from triage.places.chains import Chain, Names, chains_of
from triage.places.mending import mend
from triage.places.mentions import Span
from triage.places.names import COUNTY, TOWNSHIP, VILLAGE, core_of
from triage.places.roles import WEIGHTS, role_of
from triage.places.settling import Anchor, Grounds
from triage.places.territory import Field
from triage.places.unlisted import unlisted_below


def link(text: str, spans: list[Span], field: Field, priors: Iterable[Anchor]) -> list[Chain]:
    """Chains in the order of the text; those that nothing settles keep several nodes or none."""
    names = Names(field)
    chains = mend(text, chains_of(text, spans, names), names)
    for chain in chains:
        level = field.level(chain.node) if chain.settled else TOWNSHIP
        bare = all(span.bare for span in chain.spans)
        chain.role = role_of(text, chain.start, chain.end, level, bare=bare)
    grounds = Grounds(field, _in_unlisted_towns(text, chains, field))
    grounds.extend(priors)
    grounds.extend(_anchor(chain) for chain in chains if chain.settled and not chain.loose)
    pending = [chain for chain in chains if chain.loose or not chain.settled]
    pending.sort(key=lambda chain: field.level(chain.nodes[0]) if chain.nodes else VILLAGE)
    _settle(pending, grounds)
    left = [chain for chain in pending if not chain.settled]
    if len(left) > 1:
        grounds.pair(left)
        _settle([chain for chain in left if not chain.settled], grounds)
    return [chain for chain in chains if chain.nodes or not chain.spans[0].bare]


def _in_unlisted_towns(text: str, chains: list[Chain], field: Field) -> set[str]:
    """Cores of villages that the text puts into a township unknown to the gazetteer: no other's village is meant."""
    cores: set[str] = set()
    for chain in chains:
        if chain.settled and field.level(chain.node) == COUNTY:
            names, _ = unlisted_below(text, chain.matched[-1].end, COUNTY)
            if len(names) == 2:
                cores.add(core_of(names[VILLAGE], VILLAGE))
    return cores


def _settle(pending: list[Chain], grounds: Grounds) -> None:
    for chain in pending:
        grounds.settle(chain)
        if chain.settled:
            grounds.add(_anchor(chain))


def _anchor(chain: Chain) -> Anchor:
    return Anchor(chain.node, WEIGHTS[chain.role], "anchored")
