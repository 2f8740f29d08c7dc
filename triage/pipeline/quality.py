"""How good the answers about the domain are, with the plainest answers beside them."""

from __future__ import annotations

from typing import Any

import numpy as np

from triage import domains
from triage.pipeline.weigh import Scale

Answers = tuple[np.ndarray, np.ndarray]  # class of each text, confidence of each


def compare(codes: tuple[str, ...], classes: np.ndarray, figures: np.ndarray, scale: Scale) -> dict[str, Any]:
    """Accuracy, macro-F1 (all domains and the seven measured classes), calibration; per answerer."""
    commonest = np.bincount(classes, minlength=len(codes)).argmax()
    chances = np.stack([scale.probabilities(f) for f in figures])
    answerers: dict[str, Answers] = {
        "majority": (np.full(len(classes), commonest), np.full(len(classes), (classes == commonest).mean())),
        "keyword_vote": _plain(figures[:, 0]),
        "linear_ngrams": _plain(figures[:, 2]),
        "weighed": (chances.argmax(axis=1), chances.max(axis=1)),
    }
    out: dict[str, Any] = {"n": len(classes)}
    for name, (said, confidence) in answerers.items():
        out[name] = _scores(codes, classes, said)
        if name == "weighed":
            ranked = np.argsort(-chances, axis=1)[:, :3]
            out[name]["first_three"] = _round((ranked == classes[:, None]).any(axis=1).mean())
            out[name]["calibration_error"] = _round(calibration_error(said == classes, confidence))
            out[name]["risk_coverage"] = risk_coverage(said == classes, confidence)
    return out


def _plain(figures: np.ndarray) -> Answers:
    return figures.argmax(axis=1), figures.max(axis=1)


def _scores(codes: tuple[str, ...], classes: np.ndarray, said: np.ndarray) -> dict[str, Any]:
    measured = {spec.code: spec.measured_as for spec in domains.domains()}
    seven = [code if code in MISSION else measured[code] for code in codes]
    names = sorted(set(seven))
    to_seven = np.array([names.index(name) for name in seven])
    return {
        "accuracy": _round((classes == said).mean()),
        "macro_f1": _round(macro_f1(classes, said)),
        "macro_f1_seven": _round(macro_f1(to_seven[classes], to_seven[said])),
    }


MISSION = (
    "law_enforcement_services",
    "collective_assets",
    "benefit_policies",
    "poverty_alleviation",
    "land_demolition",
    "engineering_bidding",
)


def macro_f1(classes: np.ndarray, said: np.ndarray) -> float:
    each = []
    for one in np.unique(classes):
        right = ((classes == one) & (said == one)).sum()
        each.append(2 * right / ((classes == one).sum() + (said == one).sum()))
    return float(np.mean(each))


def calibration_error(right: np.ndarray, confidence: np.ndarray) -> float:
    """Mean gap between confidence and share of right answers, over ten bins."""
    bins = np.minimum((confidence * 10).astype(int), 9)
    return float(
        sum(
            abs(right[bins == b].mean() - confidence[bins == b].mean()) * (bins == b).mean()
            for b in np.unique(bins)
        )
    )


def risk_coverage(right: np.ndarray, confidence: np.ndarray) -> list[dict[str, float]]:
    """For each threshold: how many texts are answered alone, and how many of those wrongly."""
    curve = []
    for threshold in (0.3, 0.4, 0.5, 0.55, 0.6, 0.7, 0.8, 0.9):
        kept = confidence >= threshold
        wrong = 1 - right[kept].mean() if kept.any() else 0.0
        curve.append({"threshold": threshold, "coverage": _round(kept.mean()), "wrong": _round(wrong)})
    return curve


def _round(figure: float) -> float:
    return round(float(figure), 3)


def table(metrics: dict[str, Any]) -> str:
    lines = []
    for name in ("held_out_letters", "gold"):
        if not metrics[name]:
            continue
        lines.append(f"{name} (n={metrics[name]['n']})")
        for answerer in ("majority", "keyword_vote", "linear_ngrams", "weighed"):
            figures = metrics[name][answerer]
            lines.append(
                f"  {answerer:14}" + "".join(f" {k} {v}" for k, v in figures.items() if k != "risk_coverage")
            )
    return "\n".join(lines)
