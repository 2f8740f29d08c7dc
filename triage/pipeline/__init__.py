"""The only door to spaCy: `read(text, …) -> Finding`. Knows no database.

`redact(text)` needs no spaCy, so that a web process may mask what it shows at once.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from triage.pipeline.finding import EvidenceFound, Finding
from triage.pipeline.letter import READ_LIMIT, Letter, joined
from triage.pipeline.masking import redact

if TYPE_CHECKING:
    from spacy.language import Language

    from triage.places import Territory

__all__ = ["READ_LIMIT", "VERSION", "Finding", "load", "read", "redact"]

# What read a text: the rules' number and the digest of the model that training wrote; a Finding adds the
# gazetteer's.
VERSION = "1+" + (Path(__file__).parent / "model" / "VERSION").read_text("utf-8").strip()


@cache
def load() -> Language:
    """The pipeline, loaded once a process; call it to warm up."""
    from triage.pipeline.components import build

    return build()


def read(
    text: str,
    *,
    title: str = "",
    territory: Territory | None = None,
    context_place: str | None = None,
    stated_place: str | None = None,
    received_on: date | None = None,
) -> Finding:
    """What one report says: domain, place, people, sums, dates, and what must be masked.

    territory:     the installation's territory; None means the whole nation
    context_place: "level:code" or 12 digits that the inbox stands for: a prior, not an answer
    stated_place:  "level:code" that the reporter chose in the form
    received_on:   the day from which 去年 and last month count; without it relative dates are left out

    Beyond `READ_LIMIT` characters only masking goes on.
    """
    whole, title_length = joined(title, text)
    letter = Letter(whole, title_length, territory, context_place, stated_place, received_on)
    nlp = load()
    with nlp.memory_zone():
        doc = nlp.tokenizer(letter.dense.text)
        doc._.letter = letter
        for _, reader in nlp.pipeline:
            doc = reader(doc)
    found = letter.found
    return Finding(
        text=whole,
        language=found["language"],
        version=f"{VERSION}+{letter.found['gazetteer']}",
        domain=found["domain"],
        place=found["place"],
        matters=found["matters"],
        subjects=found["subjects"],
        amounts=found["amounts"],
        dates=found["dates"],
        masked=found["masked"],
        evidence=_evidence(letter),
        kind=found["kind"],
        substance=found["substance"],
        urgency=found["urgency"],
    )


def _evidence(letter: Letter) -> tuple[EvidenceFound, ...]:
    found = letter.found
    people = tuple(
        EvidenceFound(s.start, s.end, letter.text[s.start : s.end], "subject") for s in found["subjects"]
    )
    kinds = tuple(
        EvidenceFound(e.start, e.end, letter.text[e.start : e.end], e.about) for e in found["kind_evidence"]
    )
    return tuple(
        sorted(
            (*found["domain_evidence"], *found["place_evidence"], *people, *kinds),
            key=lambda e: (e.start, e.end, e.about),
        )
    )
