"""How the pipeline cuts a text: one Chinese character, one Latin word, one number or one mark a token."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from spacy.tokens import Doc
    from spacy.vocab import Vocab

_TOKEN = re.compile(r"[a-z\u00df-\u024f]+(?:['’][a-z]+)?|\d[\d,.]*|[^\s\w]|\n+|[^\W\da-z_]|\S|[ \t]")


def cut(dense: str) -> tuple[list[str], list[int]]:
    """Tokens and where each begins; blanks are none."""
    words, starts = [], []
    for hit in _TOKEN.finditer(dense):
        word = hit.group()
        if word not in " \t":
            words.append("0" if word[0].isdigit() else word)
            starts.append(hit.start())
    return words, starts


class LetterTokenizer:
    """Makes a Doc of folded, dense text; every number is the token 0, so that no sum is learnt by heart."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, dense: str) -> Doc:
        from spacy.tokens import Doc

        words, starts = cut(dense)
        doc = Doc(self.vocab, words=words)
        doc.user_data["starts"] = starts
        doc.user_data["alive"] = [word[0].isalnum() for word in words]
        return doc


def keys(doc: Doc) -> np.ndarray:
    """Hashes for the n-gram model: 0, where a run must not go on, for everything that is no word."""
    from spacy.attrs import ORTH

    alive = np.array(doc.user_data["alive"], dtype=bool)
    return np.where(alive, doc.to_array([ORTH]).reshape(-1), np.uint64(0))
