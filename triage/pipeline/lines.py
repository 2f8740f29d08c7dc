"""Texts as lines of JSON, in and out: what `manage.py read_texts` does with one line."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from triage.pipeline.finding import Finding, PlaceGuess

if TYPE_CHECKING:
    from triage.places import Territory


class BadLine(Exception):
    """A line that says nothing readable; the message says why."""


Line = tuple[int, bytes]
Answer = tuple[int, str, str]  # number of the line, what to write, what is wrong with it


def read_lines(lines: Iterable[Line], territory_code: str | None) -> list[Answer]:
    """Each line read, in order; a bad one has no answer but says what is wrong."""
    answers = []
    for number, raw in lines:
        try:
            answers.append((number, read_line(raw, territory_code), ""))
        except BadLine as error:
            answers.append((number, "", str(error)))
    return answers


def read_line(raw: bytes, territory_code: str | None) -> str:
    from triage import pipeline
    from triage.places import UnknownPlace

    asked = _asked(raw)
    try:
        finding = pipeline.read(
            asked["text"],
            title=asked.get("title") or "",
            territory=territory(territory_code),
            context_place=asked.get("context_place") or None,
            received_on=_day(asked.get("received_on")),
        )
    except UnknownPlace as error:
        raise BadLine(f"no place has the code {asked.get('context_place')!r}") from error
    return json.dumps({"id": asked["id"], **as_row(finding)}, ensure_ascii=False)


def _asked(raw: bytes) -> dict[str, Any]:
    try:
        asked = json.loads(raw.decode("utf-8"))
        json.dumps(asked, ensure_ascii=False).encode("utf-8")
    except UnicodeError as error:
        raise BadLine("not valid UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise BadLine(f"not JSON: {error}") from error
    if not isinstance(asked, dict):
        raise BadLine("not an object")
    if not isinstance(asked.get("id"), str | int) or isinstance(asked["id"], bool):
        raise BadLine("no id")
    if not isinstance(asked.get("text"), str):
        raise BadLine("no text")
    for key in ("title", "context_place", "received_on"):
        if not isinstance(asked.get(key), str | None):
            raise BadLine(f"{key} is no string")
    return asked


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise BadLine(f"received_on is no day: {text!r}") from error


@cache
def territory(code: str | None) -> Territory:
    """Of a 12-digit code; None and "national" mean the nation."""
    from triage.places import Territory

    return Territory.national() if code in (None, "national") else Territory.of(code)


def as_row(finding: Finding) -> dict[str, Any]:
    """A Finding in the keys that `read_texts` promises."""
    return {
        "domain": {
            "code": finding.domain.code,
            "confidence": finding.domain.confidence,
            "alternatives": [
                {"code": guess.code, "confidence": guess.confidence} for guess in finding.domain.alternatives
            ],
            "abstained": finding.domain.abstained,
        },
        "place": {
            **_place(finding.place.best),
            "alternatives": [_place(guess) for guess in finding.place.alternatives],
            "abstained": finding.place.abstained,
            "reason": finding.place.reason,
            "question": finding.place.question,
        },
        "subjects": [
            {"name": s.name, "unit": s.unit, "post": s.post, "level": s.level} for s in finding.subjects
        ],
        "amounts": [{"text": a.text, "yuan": a.yuan} for a in finding.amounts],
        "dates": [{"text": d.text, "first": d.first, "last": d.last} for d in finding.dates],
        "masked": [{"text": m.text, "reason": m.reason} for m in finding.masked],
        "evidence": [
            {"start": e.start, "end": e.end, "text": e.text, "about": e.about} for e in finding.evidence
        ],
        "matters": [
            {"domain": m.domain.code, "confidence": m.domain.confidence, "start": m.start, "end": m.end}
            for m in finding.matters
        ],
        "kind": finding.kind,
        "substance": list(finding.substance),
        "urgency": list(finding.urgency),
        "language": finding.language,
        "version": finding.version,
        "abstained": finding.abstained,
    }


def _place(guess: PlaceGuess | None) -> dict[str, Any]:
    if guess is None:
        return {"code": None, "level": None, "names": [None] * 5, "confidence": 0.0}
    return {
        "code": guess.code,
        "level": guess.level,
        "names": list(guess.names),
        "confidence": guess.confidence,
    }
