"""What the pipeline finds in one text, before anything is stored.

Everything here is frozen and made of plain values, so that a Finding can be compared,
serialised (`as_dict`, `from_dict`) and made without a database, spaCy or Django.

Offsets count characters of `Finding.text`, which is the title, a line feed and the text
(or the text alone where there is no title). Masking replaces each character by one other
character, so the offsets hold in the masked text too.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

LEVELS = ("province", "city", "county", "township", "village")

# Whom an accusation is about decides who may take it (domain.md section 3).
SUBJECT_LEVELS = (
    "village",
    "township",
    "county",
    "city_or_above",
    "enterprise_institution",
    "unknown",
)

KINDS = ("accusation", "appeal", "suggestion", "request", "out_of_scope")


@dataclass(frozen=True)
class DomainGuess:
    code: str
    confidence: float


@dataclass(frozen=True)
class DomainFound:
    """The best domain is always named; `abstained` says that a person should decide."""

    code: str
    confidence: float
    alternatives: tuple[DomainGuess, ...] = ()
    abstained: bool = False


@dataclass(frozen=True)
class PlaceGuess:
    """A node of the five levels; `names` runs from province to village, None where unknown."""

    key: str  # "level:code"
    names: tuple[str | None, ...]
    confidence: float

    @property
    def level(self) -> str:
        return self.key.partition(":")[0]

    @property
    def code(self) -> str:
        return self.key.partition(":")[2]


@dataclass(frozen=True)
class PlaceFound:
    """Only the levels that the text and its context bear out; `best` is None where there are none.

    reason:    one sentence for the clerk, in English source text (translated on screen)
    question:  what to ask the reporter when one answer would settle it, else ""
    """

    best: PlaceGuess | None
    alternatives: tuple[PlaceGuess, ...] = ()
    abstained: bool = False
    reason: str = ""
    question: str = ""


@dataclass(frozen=True)
class SubjectFound:
    """Who is accused: any of name, unit and post may be empty, never all three."""

    name: str = ""
    unit: str = ""
    post: str = ""
    level: str = "unknown"
    start: int = -1
    end: int = -1


@dataclass(frozen=True)
class AmountFound:
    text: str
    yuan: float
    start: int
    end: int


@dataclass(frozen=True)
class DateFound:
    """`first` and `last` are ISO days; equal for a single day."""

    text: str
    first: str
    last: str
    start: int
    end: int


@dataclass(frozen=True)
class MaskFound:
    """A span that could tell who the reporter is."""

    start: int
    end: int
    text: str
    reason: str  # name | phone | id_number | account | email | address | kinship | giveaway | plate


@dataclass(frozen=True)
class EvidenceFound:
    """Words that made the machine think so. `about`: domain:<code>, place:<key>, subject, kind:<kind>."""

    start: int
    end: int
    text: str
    about: str


@dataclass(frozen=True)
class MatterFound:
    """One thing that the report is about. The first of a Finding is the main one."""

    domain: DomainFound
    place: PlaceFound
    subjects: tuple[int, ...] = ()  # indexes into Finding.subjects
    start: int = 0
    end: int = 0


@dataclass(frozen=True)
class Finding:
    text: str
    language: str  # zh | en
    version: str  # pipeline, model and gazetteer, as one string
    domain: DomainFound
    place: PlaceFound
    matters: tuple[MatterFound, ...] = ()
    subjects: tuple[SubjectFound, ...] = ()
    amounts: tuple[AmountFound, ...] = ()
    dates: tuple[DateFound, ...] = ()
    masked: tuple[MaskFound, ...] = ()
    evidence: tuple[EvidenceFound, ...] = ()
    kind: str = "accusation"
    substance: tuple[str, ...] = ()  # of who, act, when, where, how_much: what the text gives
    urgency: tuple[str, ...] = ()  # signs of domain.md section 5

    @property
    def abstained(self) -> bool:
        return self.domain.abstained and self.place.abstained

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, raw: dict[str, Any]) -> Finding:
        return cls(
            text=raw["text"],
            language=raw["language"],
            version=raw["version"],
            domain=_domain(raw["domain"]),
            place=_place(raw["place"]),
            matters=tuple(
                MatterFound(
                    domain=_domain(m["domain"]),
                    place=_place(m["place"]),
                    subjects=tuple(m["subjects"]),
                    start=m["start"],
                    end=m["end"],
                )
                for m in raw["matters"]
            ),
            subjects=tuple(SubjectFound(**s) for s in raw["subjects"]),
            amounts=tuple(AmountFound(**a) for a in raw["amounts"]),
            dates=tuple(DateFound(**d) for d in raw["dates"]),
            masked=tuple(MaskFound(**m) for m in raw["masked"]),
            evidence=tuple(EvidenceFound(**e) for e in raw["evidence"]),
            kind=raw["kind"],
            substance=tuple(raw["substance"]),
            urgency=tuple(raw["urgency"]),
        )


def _domain(raw: dict[str, Any]) -> DomainFound:
    return DomainFound(
        raw["code"],
        raw["confidence"],
        tuple(DomainGuess(**g) for g in raw["alternatives"]),
        raw["abstained"],
    )


def _guess(raw: dict[str, Any]) -> PlaceGuess:
    return PlaceGuess(raw["key"], tuple(raw["names"]), raw["confidence"])


def _place(raw: dict[str, Any]) -> PlaceFound:
    return PlaceFound(
        _guess(raw["best"]) if raw["best"] else None,
        tuple(_guess(g) for g in raw["alternatives"]),
        raw["abstained"],
        raw["reason"],
        raw["question"],
    )
