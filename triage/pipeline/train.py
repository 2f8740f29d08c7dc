"""Training: `python -m triage.pipeline.train` makes the model from the letters of all domains, in minutes.

Letters are split by voice. What each voice of the pipeline says about letters in voices that it has not
learnt from decides how the two are weighed. The words of the keyword vote and the letters come from the same
pens, so the vote is weighed with half of its words hidden: a stranger uses other words. The figures of the model stand in `metrics.json` beside those of
the plainest answers: always the commonest domain, the keyword vote alone, the n-grams alone.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from triage import domains
from triage.pipeline import fit, grammar, quality, weigh
from triage.pipeline.components import HERE, register
from triage.pipeline.keywords import Hit, Keywords, scores
from triage.pipeline.letter import condense, fold
from triage.pipeline.ngrams import Model, hashes, value
from triage.pipeline.tokens import LetterTokenizer, keys

SEED = 20261124
COPIES = 3
# A run must stand in so many different letters: one letter's wording is no rule.
LETTERS_A_RUN = 2
STRENGTH = 100.0
BIAS_STRENGTH = 2.0
STEPS = 40
FOLDS = 6
HIDDEN_WORDS = 0.5
DRAWS = 4


@dataclass(frozen=True)
class Text:
    """A sample cut and counted."""

    sample: grammar.Sample
    runs: np.ndarray
    counts: np.ndarray
    words: tuple[tuple[str, Hit], ...]

    def vote(self, hidden: frozenset[str] = frozenset()) -> dict[str, float]:
        """What the keyword vote says, were some of its words not known."""
        return scores((word, hit) for word, hit in self.words if word not in hidden)


class Cutter:
    """Texts as the pipeline's own components cut them."""

    def __init__(self) -> None:
        import spacy

        register()
        self.tokenize = LetterTokenizer(spacy.blank("xx").vocab)
        self.keywords = Keywords(domains.words())

    def tokens(self, text: str) -> np.ndarray:
        return keys(self.tokenize(condense(fold(text)).text))

    def cut(self, sample: grammar.Sample) -> Text:
        dense = condense(fold(sample.text)).text
        runs, counts = np.unique(hashes(keys(self.tokenize(dense)))[0], return_counts=True)
        hits = self.keywords.hits(dense)
        return Text(sample, runs, counts, tuple((dense[hit.start : hit.end], hit) for hit in hits))


def learn(texts: Sequence[Text], codes: tuple[str, ...]) -> Model:
    """The n-gram model of these texts; copies of a letter share its weight."""
    letters: dict[str, set[int]] = {}
    for text in texts:
        letters.setdefault(text.sample.id, set()).update(text.runs.tolist())
    seen, often = np.unique(
        np.concatenate([np.fromiter(runs, np.uint64, len(runs)) for runs in letters.values()]),
        return_counts=True,
    )
    kept = often >= LETTERS_A_RUN
    vocabulary, idf = seen[kept], np.log(len(letters) / often[kept]) + 1.0
    rows = _rows(texts, vocabulary, idf)
    classes = np.array([codes.index(text.sample.code) for text in texts])
    weights, bias = fit.logistic(
        rows, classes, len(codes), _importance(texts, classes, len(codes)), STRENGTH, STEPS
    )
    return Model(
        codes, vocabulary, idf.astype(np.float32), weights.astype(np.float32), bias.astype(np.float32)
    )


def _importance(texts: Sequence[Text], classes: np.ndarray, count: int) -> np.ndarray:
    """Copies of a letter share its weight, and every domain weighs alike."""
    copies = Counter(text.sample.id for text in texts)
    weight = np.array([1.0 / copies[text.sample.id] for text in texts])
    each = np.bincount(classes, weights=weight, minlength=count)
    return weight * (weight.sum() / count / each)[classes]


def _rows(texts: Sequence[Text], vocabulary: np.ndarray, idf: np.ndarray) -> fit.Rows:
    at, values, begin = [], [], [0]
    for text in texts:
        where = np.searchsorted(vocabulary, text.runs)
        where[where == len(vocabulary)] = 0
        known = vocabulary[where] == text.runs
        columns = where[known]
        if len(columns):
            at.append(columns)
            values.append(value(text.counts[known], idf[columns]))
        else:
            at.append(np.zeros(1, np.int64))
            values.append(np.zeros(1))
        begin.append(begin[-1] + len(at[-1]))
    return fit.Rows(np.array(begin), np.concatenate(at), np.concatenate(values), len(vocabulary))


def logits(model: Model, text: Text) -> np.ndarray:
    where = np.minimum(np.searchsorted(model.vocabulary, text.runs), len(model.vocabulary) - 1)
    known = model.vocabulary[where] == text.runs
    rows = where[known]
    if not len(rows):
        return model.bias
    return model.bias + value(text.counts[known], model.idf[rows]) @ model.weights[rows]


def folds(texts: Sequence[Text]) -> np.ndarray:
    """Whole voices to a fold, the largest voices spread first."""
    size: dict[str, int] = {}
    for text in texts:
        size[text.sample.voice] = size.get(text.sample.voice, 0) + 1
    load = [0] * FOLDS
    where: dict[str, int] = {}
    for voice in sorted(size, key=lambda v: (-size[v], v)):
        where[voice] = load.index(min(load))
        load[where[voice]] += size[voice]
    return np.array([where[text.sample.voice] for text in texts])


def held_out(texts: Sequence[Text], codes: tuple[str, ...]) -> tuple[list[Text], np.ndarray]:
    """Every letter as written, with what the n-grams say that have not learnt from its voice."""
    at = folds(texts)
    said: dict[int, np.ndarray] = {}
    for part in range(FOLDS):
        model = learn([t for t, fold_of in zip(texts, at, strict=True) if fold_of != part], codes)
        said |= {i: logits(model, t) for i, t in enumerate(texts) if at[i] == part}
    first = [i for i, t in enumerate(texts) if i == 0 or texts[i - 1].sample.id != t.sample.id]
    return [texts[i] for i in first], np.stack([said[i] for i in first])


def gold(cutter: Cutter) -> list[Text]:
    return [
        cutter.cut(grammar.Sample(row["id"], code, row["voice"], row.get("lang", "zh"), row["text"]))
        for code in domains.codes()
        for row in domains.letters(code, "gold")
    ]


def weighed(
    letters: Sequence[Text], unseen: np.ndarray, codes: tuple[str, ...], chance: random.Random
) -> weigh.Scale:
    """The scale fitted on held-out letters, with other words hidden at each draw."""
    words = sorted({word.text for word in domains.words()})
    drawn = []
    for _ in range(DRAWS):
        hidden = frozenset(word for word in words if chance.random() < HIDDEN_WORDS)
        drawn.append(_figures(letters, unseen, codes, hidden))
    classes = np.tile([codes.index(text.sample.code) for text in letters], DRAWS)
    weight = np.full(len(classes), 1.0 / DRAWS)
    return weigh.Scale(codes, *fit.scale(np.concatenate(drawn), classes, weight, BIAS_STRENGTH))


def _figures(
    texts: Sequence[Text], said: np.ndarray, codes: tuple[str, ...], hidden: frozenset[str] = frozenset()
) -> np.ndarray:
    return np.stack(
        [weigh.figures(codes, text.vote(hidden), one) for text, one in zip(texts, said, strict=True)]
    )


def train(target: Path) -> dict[str, object]:
    """Learn, weigh, measure, and write the model's files to a folder; gives the metrics."""
    began = time.monotonic()
    chance = random.Random(SEED)
    cutter = Cutter()
    codes = domains.codes()
    texts = [cutter.cut(s) for code in codes for s in grammar.samples(code, COPIES, chance)]
    letters, unseen = held_out(texts, codes)
    scale = weighed(letters, unseen, codes, chance)
    model = learn(texts, codes)
    target.mkdir(exist_ok=True)
    model.save(target / "ngrams.npz")
    scale.save(target / "scale.json")
    (target / "VERSION").write_text(_digest(target) + "\n", "utf-8")
    examples = gold(cutter)
    metrics = {
        "seed": SEED,
        "learnt_from_digest": domains.digest(),
        "letters": len(letters),
        "learnt_from": len(texts),
        "runs": len(model.vocabulary),
        "held_out_letters": _measured(letters, unseen, codes, scale),
        "gold": _measured(examples, np.stack([logits(model, t) for t in examples]), codes, scale),
    }
    print(f"{len(letters)} letters, {len(texts)} texts, {time.monotonic() - began:.0f} s")
    return metrics


def _measured(
    texts: Sequence[Text], said: np.ndarray, codes: tuple[str, ...], scale: weigh.Scale
) -> dict[str, object]:
    classes = np.array([codes.index(text.sample.code) for text in texts])
    return quality.compare(codes, classes, _figures(texts, said, codes), scale)


def _digest(target: Path) -> str:
    """Of what the files say, not of how they are packed."""
    made = hashlib.sha256((target / "scale.json").read_bytes())
    with np.load(target / "ngrams.npz") as stored:
        for key in sorted(stored):
            made.update(stored[key].tobytes())
    return made.hexdigest()[:10]


def main() -> None:
    parser = argparse.ArgumentParser(
        description="Train the domain model from triage/domains/*/letters.jsonl."
    )
    parser.add_argument("--out", type=Path, default=HERE / "model", help="folder of the model's files")
    options = parser.parse_args()
    metrics = train(options.out)
    path = (
        options.out.parent / "metrics.json" if options.out == HERE / "model" else options.out / "metrics.json"
    )
    path.write_text(json.dumps(metrics, indent=1) + "\n", "utf-8")
    print(quality.table(metrics))


if __name__ == "__main__":
    main()
