"""The voices about the domain, weighed: keyword vote and n-gram model become one calibrated answer.

Each voice gives every domain a figure; the weights and biases that turn them into probabilities were
fitted on letters that neither voice had learnt from (`train.py`). Below its threshold a domain is
still named, but a person is asked.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from triage.pipeline.finding import DomainFound, DomainGuess

VOICES = ("keyword_sum", "keyword_share", "ngrams")
ALTERNATIVES = 4


@dataclass(frozen=True)
class Scale:
    codes: tuple[str, ...]
    voices: np.ndarray  # one weight a voice
    bias: np.ndarray  # one a domain

    def probabilities(self, figures: np.ndarray) -> np.ndarray:
        """figures: voices x domains."""
        raw = self.voices @ figures + self.bias
        raw = np.exp(raw - raw.max())
        return raw / raw.sum()

    def save(self, path: Path) -> None:
        path.write_text(
            json.dumps(
                {
                    "codes": self.codes,
                    "voices": dict(zip(VOICES, (round(float(w), 6) for w in self.voices), strict=True)),
                    "bias": {c: round(float(b), 6) for c, b in zip(self.codes, self.bias, strict=True)},
                },
                indent=1,
            )
            + "\n",
            "utf-8",
        )

    @classmethod
    def load(cls, path: Path) -> Scale:
        raw = json.loads(path.read_text("utf-8"))
        codes = tuple(raw["codes"])
        return cls(
            codes,
            np.array([raw["voices"][voice] for voice in VOICES]),
            np.array([raw["bias"][code] for code in codes]),
        )


def figures(codes: tuple[str, ...], sums: dict[str, float], ngrams: np.ndarray) -> np.ndarray:
    """What the voices say, voices x domains."""
    vote = np.array([sums.get(code, 0.0) for code in codes])
    return np.stack([np.log1p(vote), vote / max(vote.sum(), 1.0), ngrams])


def thresholds(path: Path) -> dict[str, float]:
    table = tomllib.loads(path.read_text("utf-8"))["domain"]
    return {"": table["default"], **table.get("by_code", {})}


def answer(codes: tuple[str, ...], chances: np.ndarray, limits: dict[str, float]) -> DomainFound:
    ranked = np.argsort(-chances, kind="stable")
    best = codes[ranked[0]]
    confidence = float(chances[ranked[0]])
    return DomainFound(
        code=best,
        confidence=round(confidence, 4),
        alternatives=tuple(
            DomainGuess(codes[i], round(float(chances[i]), 4)) for i in ranked[1 : 1 + ALTERNATIVES]
        ),
        abstained=confidence < limits.get(best, limits[""]),
    )
