"""Kind, substance and urgency of a letter, from the words of `signs.toml` and from what was found in it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from triage.pipeline.finding import KINDS, EvidenceFound


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "signs.toml").read_text("utf-8"))


class Words:
    """Words of both languages; the English ones are looked for only where there is Latin script."""

    def __init__(self, words: dict[str, str]) -> None:
        chinese = sorted(words["zh"].split(), key=len, reverse=True)
        english = sorted((w.strip() for w in words["en"].split(",")), key=len, reverse=True)
        self._chinese = re.compile("|".join(map(re.escape, chinese)))
        self._english = re.compile(rf"\b(?:{'|'.join(map(re.escape, english))})\b")

    def hits(self, text: str) -> list[re.Match[str]]:
        found = list(self._chinese.finditer(text))
        return found + list(self._english.finditer(text)) if _LATIN.search(text) else found

    def occur(self, text: str) -> bool:
        return bool(self._chinese.search(text) or (_LATIN.search(text) and self._english.search(text)))


_LATIN = re.compile(r"[a-z]{3}")


@cache
def _kinds() -> dict[str, Words]:
    return {kind: Words(_table()["kind"][kind]) for kind in KINDS}


@cache
def _urgencies() -> dict[str, Words]:
    return {sign: Words(words) for sign, words in _table()["urgency"].items()}


@cache
def _acts() -> Words:
    return Words(_table()["act"])


@cache
def _measures() -> Words:
    return Words(_table()["measure"])


def kind(text: str, *, has_subject: bool) -> tuple[str, tuple[EvidenceFound, ...]]:
    """The kind with most different words; who names somebody and an act accuses.

    An appeal says so in set words, so one of them is enough. A letter in which nothing speaks is an
    accusation where it names somebody, else a request.
    """
    hits = {name: words.hits(text) for name, words in _kinds().items()}
    different = {name: len({hit.group() for hit in found}) for name, found in hits.items()}
    different["accusation"] += has_subject
    best = _best(different)
    return best, tuple(
        EvidenceFound(hit.start(), hit.end(), hit.group(), f"kind:{best}") for hit in hits[best][:6]
    )


def _best(different: dict[str, int]) -> str:
    if different["appeal"] >= 2 or (different["appeal"] and different["accusation"] <= 1):
        return "appeal"
    if different["accusation"] >= max(2, different["out_of_scope"], different["request"]):
        return "accusation"
    for name in ("out_of_scope", "request", "suggestion"):
        if different[name] and different[name] >= different["accusation"]:
            return name
    return "accusation" if different["accusation"] else "request"


def substance(text: str, *, subjects: bool, dates: bool, amounts: bool, place: bool) -> tuple[str, ...]:
    """Which of who, act, when, where, how_much the text gives (domain.md 14.6)."""
    return tuple(
        name
        for name, given in (
            ("who", subjects),
            ("act", _acts().occur(text)),
            ("when", dates),
            ("where", place),
            ("how_much", amounts or _measures().occur(text)),
        )
        if given
    )


def urgency(text: str) -> tuple[str, ...]:
    """Signs for which a case should not wait (domain.md section 5)."""
    return tuple(_signs(text))


def _signs(text: str) -> Iterator[str]:
    for sign, words in _urgencies().items():
        if words.occur(text):
            yield sign
