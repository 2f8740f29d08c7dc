"""The spaCy side of the pipeline: thin components around the readers, made and ordered by `config.cfg`.

A component takes the Letter from the Doc, and puts what it found into it. spaCy is imported inside functions
only, so that importing this module costs a web process nothing.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from triage import domains
from triage.pipeline import amounts, dates, language, matters, signs, subjects, weigh
from triage.pipeline.finding import (
    AmountFound,
    DateFound,
    DomainFound,
    EvidenceFound,
    MatterFound,
    PlaceFound,
)
from triage.pipeline.keywords import Hit, Keywords, scores
from triage.pipeline.letter import READ_LIMIT, Letter
from triage.pipeline.masking import redact
from triage.pipeline.ngrams import Model, hashes
from triage.pipeline.tokens import LetterTokenizer, keys

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

HERE = Path(__file__).parent
MOST_EVIDENCE = 40


class LanguageReader:
    def __call__(self, doc: Doc) -> Doc:
        letter: Letter = doc._.letter
        letter.found["language"] = language.language(letter.folded)
        return doc


class DomainReader:
    """Two voices, the keyword vote and the n-gram model, and the scale that weighs them."""

    def __init__(self, model: Path, thresholds: Path, thinnest: int) -> None:
        self.thinnest = thinnest
        self.keywords = Keywords(domains.words())
        self.ngrams = Model.load(model / "ngrams.npz")
        self.scale = weigh.Scale.load(model / "scale.json")
        self.thresholds = weigh.thresholds(thresholds)

    def __call__(self, doc: Doc) -> Doc:
        letter: Letter = doc._.letter
        hits = self.keywords.hits(letter.dense.text)
        tokens = keys(doc)
        letter.found["hits"], letter.found["tokens"] = hits, tokens
        found = self.domain(letter.dense.text, hits, tokens)
        if not hits and len(self.ngrams.known(hashes(tokens)[0])[0]) < self.thinnest:
            found = replace(found, abstained=True)  # too little was said for the chances to mean much
        letter.found["domain"] = found
        letter.found["domain_evidence"] = self._evidence(doc, letter, found, hits, tokens)
        letter.found["reader"] = self
        return doc

    def domain(self, dense: str, hits: list[Hit], tokens: np.ndarray) -> DomainFound:
        codes = self.scale.codes
        said = weigh.figures(
            codes, scores((dense[hit.start : hit.end], hit) for hit in hits), self.ngrams.logits(tokens)
        )
        return weigh.answer(codes, self.scale.probabilities(said), self.thresholds)

    def _evidence(
        self, doc: Doc, letter: Letter, found: DomainFound, hits: list[Hit], tokens: np.ndarray
    ) -> tuple[EvidenceFound, ...]:
        """The words that voted for the answer; where none did, the runs that spoke most for it."""
        spans = [(hit.start, hit.end) for hit in hits if hit.domain == found.code][:MOST_EVIDENCE]
        if not spans:
            starts = doc.user_data["starts"]
            spans = [
                (starts[i], starts[min(i + 2, len(starts) - 1)] + 1)
                for i in self.ngrams.deciding(tokens, found.code)
            ]
        out = []
        for span in spans:
            start, end = letter.dense.origin(*span)
            out.append(EvidenceFound(start, end, letter.text[start:end], f"domain:{found.code}"))
        return tuple(out)


class SubjectReader:
    def __call__(self, doc: Doc) -> Doc:
        letter: Letter = doc._.letter
        text = letter.text[:READ_LIMIT]
        letter.found["subjects"] = subjects.subjects(text, letter.folded, letter.found["language"])
        return doc


class SumReader:
    """Sums of money and dates."""

    def __call__(self, doc: Doc) -> Doc:
        letter: Letter = doc._.letter
        letter.found["amounts"] = tuple(_as_written(a, letter.text) for a in amounts.amounts(letter.folded))
        letter.found["dates"] = tuple(
            _as_written(d, letter.text) for d in dates.dates(letter.folded, letter.received_on)
        )
        return doc


def _as_written[Found: (AmountFound, DateFound)](found: Found, text: str) -> Found:
    return replace(found, text=text[found.start : found.end])


class PlaceReader:
    def __init__(self) -> None:
        from triage.places import Territory, gazetteer

        self.nation = Territory.national()
        self.version = gazetteer().version

    def __call__(self, doc: Doc) -> Doc:
        from triage.places import resolve

        letter: Letter = doc._.letter
        resolution = resolve(
            letter.text[:READ_LIMIT],
            territory=letter.territory or self.nation,
            context_place=letter.context_place,
            stated=letter.stated_place,
        )
        letter.found["place"], letter.found["gazetteer"] = resolution.place, self.version
        letter.found["place_evidence"] = tuple(resolution.evidence)
        return doc


class SignReader:
    def __call__(self, doc: Doc) -> Doc:
        letter: Letter = doc._.letter
        found = letter.found
        found["kind"], found["kind_evidence"] = signs.kind(letter.folded, has_subject=bool(found["subjects"]))
        place: PlaceFound = found["place"]
        found["substance"] = signs.substance(
            letter.folded,
            subjects=bool(found["subjects"]),
            dates=bool(found["dates"]),
            amounts=bool(found["amounts"]),
            place=place.best is not None and place.best.level in ("township", "village"),
        )
        found["urgency"] = signs.urgency(letter.folded)
        return doc


class MatterReader:
    """The main matter, and others where a part of the letter is surely about another domain."""

    def __init__(self, surest: float) -> None:
        self.surest = surest

    def __call__(self, doc: Doc) -> Doc:
        letter: Letter = doc._.letter
        found = letter.found
        main: DomainFound = found["domain"]
        spans = {main.code: [0, len(letter.text)]}
        said = {main.code: main}
        pieces = matters.parts(letter.dense.text)
        if len(pieces) > 1:
            for start, end in pieces:
                part = self._read(doc, letter, start, end)
                if part.code == main.code or part.code == "other" or part.confidence < self.surest:
                    continue
                at, to = letter.dense.origin(start, end)
                known = spans.setdefault(part.code, [at, to])
                known[1] = max(known[1], to)
                said[part.code] = max(said.get(part.code, part), part, key=lambda d: d.confidence)
        found["matters"] = tuple(
            MatterFound(
                domain=said[code],
                place=found["place"],
                subjects=tuple(
                    i for i, who in enumerate(found["subjects"]) if code == main.code or at <= who.start < to
                ),
                start=at,
                end=to,
            )
            for code, (at, to) in spans.items()
        )
        return doc

    def _read(self, doc: Doc, letter: Letter, start: int, end: int) -> DomainFound:
        starts = doc.user_data["starts"]
        first, last = bisect_left(starts, start), bisect_left(starts, end)
        hits = [hit for hit in letter.found["hits"] if start <= hit.start < end]
        return letter.found["reader"].domain(letter.dense.text, hits, letter.found["tokens"][first:last])


class MaskReader:
    def __call__(self, doc: Doc) -> Doc:
        letter: Letter = doc._.letter
        letter.found["masked"] = redact(letter.text)
        return doc


@cache
def register() -> None:
    """Tell spaCy of the tokenizer and of every component."""
    from spacy.language import Language
    from spacy.tokens import Doc
    from spacy.util import registry

    Doc.set_extension("letter", default=None, force=True)
    registry.tokenizers("flypaper.letter_tokenizer", func=lambda: lambda nlp: LetterTokenizer(nlp.vocab))
    for name, reader in (
        ("flypaper_language", LanguageReader),
        ("flypaper_subjects", SubjectReader),
        ("flypaper_sums", SumReader),
        ("flypaper_place", PlaceReader),
        ("flypaper_signs", SignReader),
        ("flypaper_masks", MaskReader),
    ):
        Language.factory(name, func=_factory(reader))
    Language.factory("flypaper_domain", func=_domain)
    Language.factory("flypaper_matters", func=_matters)


def _factory(reader: Any) -> Any:
    def make(nlp: Language, name: str) -> Any:
        return reader()

    return make


def _domain(nlp: Language, name: str, model: str, thresholds: str, thinnest: int) -> DomainReader:
    return DomainReader(HERE / model, HERE / thresholds, thinnest)


def _matters(nlp: Language, name: str, surest: float) -> MatterReader:
    return MatterReader(surest)


def build() -> Language:
    """The pipeline as `config.cfg` describes it."""
    from spacy.util import load_config, load_model_from_config

    register()
    nlp = load_model_from_config(load_config(HERE / "config.cfg"), auto_fill=True)
    # What one text brings is forgotten after it (memory_zone); the usual characters are known once and for all.
    for row in range(0xB0, 0xF8):
        for character in bytes(b for cell in range(0xA1, 0xFF) for b in (row, cell)).decode(
            "gb2312", "ignore"
        ):
            nlp.vocab[character]
    for mark in "0,。;:!?、“”()《》.\n":
        nlp.vocab[mark]
    return nlp
