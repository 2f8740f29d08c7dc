"""What makes two reports alike: the rarer bigrams and words they share, and whom they accuse.

The weights are frozen, and none comes from counting the index: what lies in it that a user may not see
would otherwise choose the words and turn the order.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from pathlib import Path

from search.tokens import is_han, tokens
from search.words import Term, term
from triage.models import Case

MOST_TERMS = 20
MOST_NAMES = 4
LONGEST_TEXT = 2_000  # characters that are looked at
NAME_WEIGHT = 30
FLOOR = 0.3  # of all weights
# Weights of a token by what is known of it.
PLAIN, HALF_COMMON, COMMON = 10, 6, 2
COMMON_WORDS = Path(__file__).with_name("common_words.txt")


def terms_of(case: Case) -> tuple[tuple[tuple[Term, str, int], ...], int]:
    """(term, field, weight) of the case's most telling tokens, and the sum from which on another is alike."""
    text = f"{case.title}\n{case.text}"[:LONGEST_TEXT]
    counts = Counter(t for t in tokens(text) if len(t) > 1)
    weighed = sorted(
        ((weight(t) * min(n, 3), t) for t, n in counts.items() if weight(t) > COMMON),
        key=lambda w: (-w[0], w[1]),
    )[:MOST_TERMS]
    found = [(Term((t,)), "", weight(t)) for _rank, t in weighed]
    names = [n for s in case.subjects.all() if (n := s.name)]
    found += [(t, "accused", NAME_WEIGHT) for n in dict.fromkeys(names[:MOST_NAMES]) if (t := term(n))]
    return tuple(found), max(1, int(FLOOR * sum(w for _t, _f, w in found)))


@lru_cache(maxsize=50_000)
def weight(token: str) -> int:
    """Of a token: common ones weigh little, long numbers and rare bigrams much."""
    words, characters = _common()
    if token in words:
        return COMMON
    if is_han(token):
        common = sum(c in characters for c in token)
        return (PLAIN, HALF_COMMON, COMMON)[common]
    if token.isdigit():
        return PLAIN if len(token) >= 3 else COMMON
    return PLAIN if len(token) >= 6 else HALF_COMMON if len(token) >= 4 else COMMON


@lru_cache(maxsize=1)
def _common() -> tuple[frozenset[str], frozenset[str]]:
    """Words and bigrams that say little, and characters that are everywhere."""
    lines = COMMON_WORDS.read_text(encoding="utf-8").split()
    return frozenset(w for w in lines if len(w) > 1), frozenset(w for w in lines if len(w) == 1)
