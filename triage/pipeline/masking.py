"""The redactor: spans by which a reader could tell who the reporter is. Rules only (`masks.toml`), no spaCy.

Recall goes before precision: a word masked too many can be read in the original by those who verify, a
name shown cannot be taken back. The accused is not masked.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from triage.pipeline import people
from triage.pipeline.finding import MaskFound
from triage.pipeline.letter import fold

# Rules run over this much of a text; what lies beyond is masked as a whole, because nobody has looked at it.
REDACT_LIMIT = 100_000

# How far a clause is followed on either side of what gives the reporter away.
REACH = 20

Span = tuple[int, int, str]

_ROLES = (
    "accountant|cashier|clerk|bookkeeper|secretary|leader|teacher|nurse|doctor|driver|guard|cook|cleaner|worker"
    "|employee|officer|official|member|farmer|shopkeeper|owner|tenant|widow|widower|veteran|contractor|supplier"
    "|engineer|supervisor|inspector|pensioner|graduate|student|neighbour|neighbor|treasurer|keeper|carpenter"
    "|tailor|pastor|midwife|carer|caregiver|electrician|plumber|technician|retired|disabled|orphan|single mother"
    "|householder|witness|relative|cousin|manager|foreman|security|storekeeper|porter|chef|monitor"
)


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "masks.toml").read_text("utf-8"))


@cache
def _abbreviations() -> dict[str, str]:
    kin = people.table()["kin"]
    name = people.loose_name()
    return {
        "clause": r"[^,。;!?:\n.…]",
        "line": r"[^。;!?\n]",
        "sep": r"[- .]{0,2}",
        "i": "(?:我|俺|本人|咱|自己|鄙人)",
        "then": "(?:以前|之前|过去|曾经|曾|原来|原|一直|就|现在|现|当年|那时|当时|也|还)",
        "me": "(?:我们|我|俺|咱|本人)(?:的|家的|家里的|家里|家|自己的|亲)?",
        "kin": f"[大小老二三四五六幺]{{0,2}}{people.any_of(people.longest_first(kin['zh']))}",
        "kin_en": people.any_of(people.longest_first(kin["en"], ",")),
        "roles_en": f"(?:{_ROLES})",
        "name": name,
        "names": rf"{name}(?:[、, ]{{1,3}}{name}){{0,30}}",
        "telling": people.any_of(people.longest_first(people.table()["telling"]["zh"])),
        "cl_en": r"[^.;!?\n,]",
        "ln_en": r"[^.;!?\n]",
        "latin": r"(?:[A-Z]\. ?){0,3}[A-Z][a-z'’]+(?:[ -][A-Z][a-z'’]+){0,3}",
    }


def _compiled(pattern: str) -> re.Pattern[str]:
    known = _abbreviations()
    return re.compile(re.sub(r"(?<!\?P)<(\w+)>", lambda hit: known[hit[1]], pattern))


@cache
def _patterns(part: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (reason, _compiled(pattern))
        for reason, patterns in _table()[part].items()
        if reason != "starts"
        for pattern in patterns
    )


@cache
def _one(part: str, key: str) -> re.Pattern[str]:
    return _compiled(_table()[part][key])


@cache
def _names(key: str) -> tuple[re.Pattern[str], ...]:
    return tuple(_compiled(pattern) for pattern in _table()["names"][key])


def redact(text: str) -> tuple[MaskFound, ...]:
    """All spans to mask, from left to right, none overlapping."""
    near = text[:REDACT_LIMIT]
    folded = fold(near)
    spans = [
        *_anywhere(folded),
        *_anchored(folded, "first_person"),
        *_anchored(folded, "english"),
        *_whole_clauses(folded),
        *_self_described(folded),
        *_signatures(near, folded),
    ]
    if len(text) > REDACT_LIMIT:
        spans.append((REDACT_LIMIT, len(text), "giveaway"))
    return tuple(MaskFound(start, end, text[start:end], reason) for start, end, reason in _merged(spans))


def _anywhere(folded: str) -> Iterator[Span]:
    public_car = _one("accused", "public_car")
    for reason, pattern in (*_patterns("numbers"), *_patterns("anywhere")):
        for hit in pattern.finditer(folded):
            # The number of an official car is evidence.
            if reason == "plate" and public_car.search(folded, max(0, hit.start() - 16), hit.start()):
                continue
            yield (*_span(hit), reason)


def _anchored(folded: str, part: str) -> Iterator[Span]:
    """Patterns tried only where a word of the first person stands: few places, so many patterns are cheap."""
    patterns = _patterns(part)
    for start in _one(part, "starts").finditer(folded):
        for reason, pattern in patterns:
            hit = pattern.match(folded, start.start())
            if hit:
                yield (*_span(hit), reason)


def _whole_clauses(folded: str) -> Iterator[Span]:
    ends = _clause_end()
    for key in _table()["whole_clause"]:
        for hit in _one("whole_clause", key).finditer(folded):
            low = max(0, hit.start() - REACH)
            before = [end.end() for end in ends.finditer(folded, low, hit.start())]
            after = ends.search(folded, hit.end(), hit.end() + REACH)
            stop = after.start() if after else min(len(folded), hit.end() + REACH)
            yield before[-1] if before else low, stop, "giveaway"


@cache
def _clause_end() -> re.Pattern[str]:
    return re.compile(r"[,。;!?:\n.…]")


def _self_described(folded: str) -> Iterator[Span]:
    telling, ordinary = _one("self", "telling"), _one("self", "ordinary")
    for hit in _one("self", "described").finditer(folded):
        if telling.search(ordinary.sub("", hit["span"].strip())):
            yield hit.start(), hit.end(), "giveaway"


def _span(hit: re.Match[str]) -> tuple[int, int]:
    return hit.span("span") if "span" in hit.re.groupindex else hit.span()


def _signatures(text: str, folded: str) -> Iterator[Span]:
    """Names that the reporter gives as his own, there and wherever else they stand."""
    accused = {
        folded[hit.end() : hit.end() + length]
        for hit in _one("accused", "before").finditer(folded)
        for length in (2, 3)
    }
    own: set[str] = set()
    for pattern, where in (*((p, folded) for p in _names("zh")), *((p, text) for p in _names("written"))):
        for hit in pattern.finditer(where):
            start, end = hit.span("span")
            said = folded[start:end]
            if said in accused:
                continue
            yield start, end, "name"
            own.update((said,) if where is text else re.findall(people.loose_name(), said))
    for name in own - accused:
        if len(name) > 1 and not name.endswith("某"):
            for hit in re.finditer(re.escape(name), folded):
                yield hit.start(), hit.end(), "name"


def _merged(spans: list[Span]) -> list[Span]:
    """Overlapping spans become one, with the reason of the longest."""
    out: list[Span] = []
    widest = 0
    for start, end, reason in sorted(spans):
        if out and start < out[-1][1]:
            first, last, known = out[-1]
            if end - start > widest:
                widest, known = end - start, reason
            out[-1] = (first, max(last, end), known)
        elif end > start:
            out.append((start, end, reason))
            widest = end - start
    return out
