"""Words about people, as `people.toml` lists them. Needs nothing but the file: the web process may use it."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any


@cache
def table() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "people.toml").read_text("utf-8"))


def longest_first(words: str, separator: str | None = None) -> list[str]:
    return sorted((word.strip() for word in words.split(separator)), key=lambda word: (-len(word), word))


def any_of(words: list[str]) -> str:
    """A pattern for the words, the longest first."""
    return "(?:" + "|".join(re.escape(word) for word in words) + ")"


@cache
def surname() -> str:
    """A pattern for one surname."""
    single = "".join(table()["surnames"].split())
    # 担任, 现任, 方向, 今年: inside these words the character is no surname.
    return rf"(?:{'|'.join(table()['compound_surnames'].split())}|(?<![担现原历责兼方])[{single}])"


@cache
def given() -> str:
    """A pattern for the one or two characters after a surname; 某, xx and * stand for what was left out."""
    first, second = (re.escape(table()[key]) for key in ("never_first", "never_second"))
    return rf"(?:某[某甲乙丙丁]?|[x×*○]{{1,2}}|[^\W\da-z_{first}][^\W\da-z_某{second}]?)"


@cache
def name() -> str:
    return surname() + given()


@cache
def loose_name() -> str:
    """A name where the words before it say that one follows: any characters may be given ones."""
    return rf"{surname()}(?:某[某甲乙丙丁]?|[x×*○]{{1,2}}|[\u4e00-\u9fff]{{1,2}})"


@cache
def posts() -> dict[str, str]:
    """Chinese post -> level; "open" where its unit tells."""
    return {post: level for level, words in table()["posts"].items() for post in words.split()}


@cache
def posts_english() -> dict[str, str]:
    return {post.strip(): level for level, words in table()["posts_en"].items() for post in words.split(",")}
