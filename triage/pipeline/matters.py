"""Several matters in one letter: paragraphs and numbered items whose domains differ clearly."""

from __future__ import annotations

import itertools
import re

# A line feed, a numbered item, or a word that turns to another matter.
_BREAK = re.compile(
    r"\n+|(?=(?:^|(?<=[。;!?\n]))\s*(?:[(]?[一二三四五六七八九十\d]{1,2}[、.)](?!\d)|其[一二三四五六]|第[一二三四五六七八九][,、:]?|另外|还有|此外))"
    r"|(?<=[。;])(?=首先|其次|再次|再就是|最后)|(?<=[.;\n] )(?=(?:also|secondly|second|thirdly|third|another|besides|in addition)\b)"
)
SHORTEST = 16


def parts(folded: str) -> list[tuple[int, int]]:
    """Spans of a letter that may each be about one thing; short ones join the part before them."""
    cuts = [0, *(hit.end() for hit in _BREAK.finditer(folded)), len(folded)]
    spans: list[tuple[int, int]] = []
    for start, end in itertools.pairwise(cuts):
        if end <= start:
            continue
        if spans and (end - start < SHORTEST or spans[-1][1] - spans[-1][0] < SHORTEST):
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return spans
