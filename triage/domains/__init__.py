"""Fields of complaint: one folder each, data and no code. Knows neither Django nor spaCy.

A folder holds `domain.toml` (label, description, order, words), `letters.jsonl` (letters of our own to
learn from) and `gold.jsonl` (letters in other voices, never learnt from).
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@dataclass(frozen=True)
class DomainSpec:
    """One field of complaint as an office reads it; `measured_as` is its class in the seven-class sets."""

    code: str
    order: int
    label_en: str
    label_zh: str
    description_en: str
    description_zh: str
    measured_as: str = "other"


@dataclass(frozen=True)
class Word:
    """A word that votes for a domain with a whole-number weight."""

    text: str
    weight: int
    domain: str
    language: str


@cache
def _tables() -> tuple[tuple[str, dict[str, Any]], ...]:
    found = [
        (path.parent.name, tomllib.loads(path.read_text("utf-8"))) for path in HERE.glob("*/domain.toml")
    ]
    return tuple(sorted(found, key=lambda pair: (pair[1]["order"], pair[0])))


@cache
def domains() -> tuple[DomainSpec, ...]:
    """All domains in the order in which an office lists them."""
    return tuple(
        DomainSpec(
            code=code,
            order=table["order"],
            label_en=table["label"]["en"],
            label_zh=table["label"]["zh"],
            description_en=table["description"]["en"],
            description_zh=table["description"]["zh"],
            measured_as=table.get("measured_as", "other"),
        )
        for code, table in _tables()
    )


def codes() -> tuple[str, ...]:
    return tuple(spec.code for spec in domains())


def words() -> Iterator[Word]:
    """Every word that votes, from all folders."""
    for code, table in _tables():
        for group in table.get("words", ()):
            for language in ("zh", "en"):
                for text in group.get(language, ()):
                    yield Word(text.lower(), group["weight"], code, language)


def letters(code: str, name: str = "letters") -> Iterator[dict[str, Any]]:
    """The lines of a domain's `letters.jsonl` or `gold.jsonl`, each with its domain's code."""
    path = HERE / code / f"{name}.jsonl"
    if not path.exists():
        return
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield {"domain": code, **json.loads(line)}


def digest() -> str:
    """Of everything that training learns from: two models with the same one have learnt the same."""
    made = hashlib.sha256()
    for path in sorted(HERE.rglob("*.toml")) + sorted(HERE.rglob("letters.jsonl")):
        made.update(path.relative_to(HERE).as_posix().encode() + path.read_bytes())
    return made.hexdigest()[:16]
