"""The one place where text is cut: for both engines, for the words of a query, and for highlights.

Latin words and numbers are folded (NFKC width, case, accents) and stay whole. A run of n Chinese characters
gives its n - 1 overlapping bigrams and then its last character alone, so that every substring of two and more
characters is a phrase of tokens, and a single character is a prefix that finds each place where it stands.
White space between Chinese characters is no boundary (hard-wrapped letters, OCR); masks are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

# Ideographs with their extensions, and what is written among them (々〇).
HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
# A run of Chinese; a number with its thousands separators; a word or number of any other script.
RUN = re.compile(rf"([{HAN}](?:\s{{0,2}}[{HAN}])*)|(\d{{1,3}}(?:,\d{{3}})+(?!\d))|([^\W_{HAN}]+)")
SPACE = re.compile(r"\s+")
LONGEST_TOKEN = 64  # a longer word is noise; its beginning still finds it


class Token(NamedTuple):
    """A token and the characters of the original text that it stands for."""

    text: str
    start: int
    end: int


class _Folding(dict[int, str]):
    """Folds one character at a time, so that offsets into the original can be kept."""

    def __missing__(self, point: int) -> str:
        parts = unicodedata.normalize("NFKD", chr(point).lower())
        kept = "".join(c for c in parts.lower() if not unicodedata.combining(c))
        self[point] = folded = unicodedata.normalize("NFC", kept)
        return folded


FOLDING = _Folding()


def fold(text: str) -> str:
    """Width, compatibility forms, case and accents taken away."""
    return text.translate(FOLDING)


def tokens(text: str) -> list[str]:
    """What an engine indexes of a text, in order."""
    found: list[str] = []
    for match in RUN.finditer(fold(text)):
        run = match.group()
        if match.lastindex == 1:
            run = SPACE.sub("", run) if len(run) > 1 else run
            found.extend([run[i : i + 2] for i in range(len(run))])
        else:
            found.append(_word(run))
    return found


def spaced(text: str) -> str:
    """The tokens as one string for an analyzer that splits at spaces."""
    return " ".join(tokens(text))


def cut(text: str) -> list[Token]:
    """The same tokens with their offsets into `text` as it stands."""
    folded, origin = _folded_with_origin(text)
    found: list[Token] = []
    for match in RUN.finditer(folded):
        start, end = match.span()
        if match.lastindex != 1:
            found.append(Token(_word(match.group()), origin[start], origin[end - 1] + 1))
            continue
        at = [i for i in range(start, end) if not folded[i].isspace()]
        characters = [folded[i] for i in at]
        for n in range(len(at) - 1):
            found.append(Token(characters[n] + characters[n + 1], origin[at[n]], origin[at[n + 1]] + 1))
        found.append(Token(characters[-1], origin[at[-1]], origin[at[-1]] + 1))
    return found


def is_han(character: str) -> bool:
    return bool(re.match(f"[{HAN}]", character))


def _word(run: str) -> str:
    return run.replace(",", "")[:LONGEST_TOKEN]


def _folded_with_origin(text: str) -> tuple[str, Sequence[int]]:
    """The folded text and, for each of its characters, the offset of the one it came from."""
    if all(len(FOLDING[ord(character)]) == 1 for character in set(text)):
        return fold(text), range(len(text))
    pieces = [FOLDING[ord(character)] for character in text]
    return "".join(pieces), [i for i, piece in enumerate(pieces) for _character in piece]


def occurrences(found: list[Token], phrase: tuple[str, ...], prefix: bool) -> Iterator[tuple[int, int]]:
    """Where a phrase of tokens stands among the tokens of a text, as offsets into that text."""
    last = len(phrase) - 1
    for i in range(len(found) - last):
        if last and found[i].text != phrase[0]:
            continue
        if not all(found[i + k].text == phrase[k] for k in range(1, last)):
            continue
        end = found[i + last]
        if end.text == phrase[last]:
            yield found[i].start, end.end
        elif prefix and end.text.startswith(phrase[last]):
            yield found[i].start, end.start + 1


def merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Sorted, overlapping ones made one."""
    kept: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if kept and start <= kept[-1][1]:
            kept[-1] = (kept[-1][0], max(end, kept[-1][1]))
        else:
            kept.append((start, end))
    return kept
