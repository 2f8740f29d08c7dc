"""The trained text categorizer: a multinomial logistic model over runs of one to three tokens.

A token is one Chinese character, one Latin word or one number, so that the same model reads both
languages. At run time it is numpy alone: the hash of each run is looked up in a sorted array.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

RUNS = 3
_MIX = np.uint64(0x9E3779B97F4A7C15)


def hashes(tokens: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Hash and first token of every run; `tokens` are 64-bit token hashes, 0 where a sentence breaks."""
    tokens = tokens.astype(np.uint64, copy=False)
    made, starts = [], []
    run = tokens
    alive = tokens != 0
    for length in range(1, RUNS + 1):
        if length > 1:
            if len(tokens) < length:
                break
            tail = tokens[length - 1 :]
            alive = alive[:-1] & (tail != 0)
            run = (run[:-1] * _MIX + np.uint64(length)) ^ (tail * _MIX)
        made.append(run[alive])
        starts.append(np.flatnonzero(alive))
    return np.concatenate(made), np.concatenate(starts)


@dataclass(frozen=True)
class Model:
    codes: tuple[str, ...]
    vocabulary: np.ndarray  # uint64, sorted
    idf: np.ndarray  # float32, one a run
    weights: np.ndarray  # float32, runs x classes
    bias: np.ndarray  # float32, classes

    def known(self, made: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Rows of the vocabulary that occur, and how often."""
        at = np.searchsorted(self.vocabulary, made)
        at[at == len(self.vocabulary)] = 0
        at = at[self.vocabulary[at] == made] if len(self.vocabulary) else at[:0]
        return np.unique(at, return_counts=True)

    def logits(self, tokens: np.ndarray) -> np.ndarray:
        made, _ = hashes(tokens)
        rows, counts = self.known(made)
        if not len(rows):
            return self.bias.copy()
        return self.bias + value(counts, self.idf[rows]) @ self.weights[rows]

    def deciding(self, tokens: np.ndarray, code: str, most: int = 3) -> list[int]:
        """First tokens of the runs of three that spoke most for a domain."""
        made, starts = hashes(tokens)
        if not len(made) or not len(self.vocabulary):
            return []
        at = np.minimum(np.searchsorted(self.vocabulary, made), len(self.vocabulary) - 1)
        column = self.codes.index(code)
        said = np.where(self.vocabulary[at] == made, self.weights[at, column] * self.idf[at], 0.0)
        best = np.argsort(-said)[: most * 3]
        return sorted({int(starts[i]) for i in best if said[i] > 0})[:most]

    def save(self, path: Path) -> None:
        # float16 halves the file; the rounding is far below what a letter more or less changes.
        np.savez_compressed(
            path,
            codes=np.array(self.codes),
            vocabulary=self.vocabulary,
            idf=self.idf.astype(np.float16),
            weights=self.weights.astype(np.float16),
            bias=self.bias.astype(np.float32),
        )

    @classmethod
    def load(cls, path: Path) -> Model:
        with np.load(path) as stored:
            return cls(
                tuple(str(code) for code in stored["codes"]),
                stored["vocabulary"],
                stored["idf"].astype(np.float32),
                stored["weights"].astype(np.float32),
                stored["bias"],
            )


def value(counts: np.ndarray, idf: np.ndarray) -> np.ndarray:
    """Counts as the model takes them: damped, by rarity, of length one."""
    raw = (1.0 + np.log(counts)) * idf
    return raw / np.sqrt(np.sum(raw * raw))
