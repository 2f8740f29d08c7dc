"""Fitting in numpy alone: a multinomial logistic model over sparse rows, and the scale of the voices."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Objective = Callable[[np.ndarray], tuple[float, np.ndarray]]


@dataclass(frozen=True)
class Rows:
    """Sparse rows: row i has the columns `at[begin[i]:begin[i + 1]]`; every row has at least one."""

    begin: np.ndarray
    at: np.ndarray
    value: np.ndarray
    width: int

    def __len__(self) -> int:
        return len(self.begin) - 1

    def times(self, weights: np.ndarray) -> np.ndarray:
        return np.add.reduceat(self.value[:, None] * weights[self.at], self.begin[:-1], axis=0)


def minimise(objective: Objective, start: np.ndarray, steps: int, memory: int = 8) -> np.ndarray:
    """L-BFGS with a halving line search."""
    x = start
    value, slope = objective(x)
    past: deque[tuple[np.ndarray, np.ndarray, float]] = deque(maxlen=memory)
    for _ in range(steps):
        direction = -_curved(slope, past)
        fall = float(slope @ direction)
        if fall > -1e-9:
            break
        size = 1.0 if past else min(1.0, 1.0 / float(np.abs(slope).sum() + 1e-12))
        while True:
            moved = x + size * direction
            next_value, next_slope = objective(moved)
            if next_value <= value + 1e-4 * size * fall or size < 1e-10:
                break
            size /= 2
        step, bend = moved - x, next_slope - slope
        if float(step @ bend) > 1e-12:
            past.append((step, bend, 1.0 / float(step @ bend)))
        done = abs(value - next_value) < 1e-7 * max(1.0, abs(value))
        x, value, slope = moved, next_value, next_slope
        if done:
            break
    return x


def _curved(slope: np.ndarray, past: deque[tuple[np.ndarray, np.ndarray, float]]) -> np.ndarray:
    q = slope.copy()
    said = []
    for step, bend, rho in reversed(past):
        a = rho * float(step @ q)
        said.append(a)
        q -= a * bend
    if past:
        step, bend, _ = past[-1]
        q *= float(step @ bend) / float(bend @ bend)
    for (step, bend, rho), a in zip(past, reversed(said), strict=True):
        q += step * (a - rho * float(bend @ q))
    return q


def softmax(logits: np.ndarray) -> np.ndarray:
    raw = np.exp(logits - logits.max(axis=1, keepdims=True))
    return raw / raw.sum(axis=1, keepdims=True)


def logistic(
    rows: Rows, classes: np.ndarray, count: int, weight: np.ndarray, strength: float, steps: int = 60
) -> tuple[np.ndarray, np.ndarray]:
    """Weights and biases; `strength` is C, the inverse of the penalty."""
    order = np.argsort(rows.at, kind="stable")
    columns, first = np.unique(rows.at[order], return_index=True)
    row_of = np.repeat(np.arange(len(rows)), np.diff(rows.begin))[order]
    ordered = rows.value[order][:, None]
    wanted = np.eye(count)[classes]
    shape = (rows.width + 1, count)

    def objective(flat: np.ndarray) -> tuple[float, np.ndarray]:
        both = flat.reshape(shape)
        chances = softmax(rows.times(both[:-1]) + both[-1])
        loss = -float(weight @ np.log(chances[np.arange(len(rows)), classes] + 1e-12))
        gap = (chances - wanted) * weight[:, None]
        slope = np.zeros(shape)
        slope[columns] = np.add.reduceat(ordered * gap[row_of], first, axis=0)
        slope[:-1] += both[:-1] / strength
        slope[-1] = gap.sum(axis=0)
        return loss + 0.5 * float((both[:-1] ** 2).sum()) / strength, slope.reshape(-1)

    both = minimise(objective, np.zeros(shape).reshape(-1), steps).reshape(shape)
    return both[:-1], both[-1]


def scale(
    figures: np.ndarray, classes: np.ndarray, weight: np.ndarray, strength: float
) -> tuple[np.ndarray, np.ndarray]:
    """One weight a voice and one bias a domain; `figures` are rows x voices x domains."""
    _, voices, domains = figures.shape
    wanted = np.eye(domains)[classes]

    def objective(flat: np.ndarray) -> tuple[float, np.ndarray]:
        by_voice, bias = flat[:voices], flat[voices:]
        chances = softmax(np.einsum("v,nvd->nd", by_voice, figures) + bias)
        loss = -float(weight @ np.log(chances[np.arange(len(classes)), classes] + 1e-12))
        gap = (chances - wanted) * weight[:, None]
        slope = np.concatenate([np.einsum("nd,nvd->v", gap, figures), gap.sum(axis=0) + bias / strength])
        return loss + 0.5 * float((bias**2).sum()) / strength, slope

    flat = minimise(objective, np.concatenate([np.full(voices, 0.5), np.zeros(domains)]), 300)
    return flat[:voices], flat[voices:]
