"""Place keys: `level:code`, with the level because four codes stand on two levels.

A code has 12 digits; each level owns a number of them, and every code starts with its parent's
(checked over the whole national table), so ancestors and subtrees follow from the key alone.
"""

from __future__ import annotations

from triage.pipeline.finding import LEVELS

DIGITS = {"nation": 0, "province": 2, "city": 4, "county": 6, "township": 9, "village": 12}
# The whole: an ancestor of every key, the inbox of an installation that covers all provinces.
NATION = "nation:000000000000"


def make_key(level: str, code: str) -> str:
    return f"{level}:{code}"


def split_key(key: str) -> tuple[str, str]:
    """(level, code); ValueError for what is no key."""
    level, _, code = key.partition(":")
    if level not in DIGITS or len(code) != 12 or not code.isdigit():
        raise ValueError(f"{key!r} is not a place key")
    return level, code


def path_of(key: str) -> tuple[str, ...]:
    """The key's ancestors and itself, province first; the nation's path is itself."""
    level, code = split_key(key)
    if level == "nation":
        return (key,)
    upto = LEVELS[: LEVELS.index(level) + 1]
    return tuple(f"{each}:{code[: DIGITS[each]].ljust(12, '0')}" for each in upto)


def ancestor(key: str, level: str) -> str | None:
    """The key's ancestor (or itself) on that level, None where the key stands above it."""
    return next((k for k in path_of(key) if k.startswith(level + ":")), None)


def covers(upper: str, key: str) -> bool:
    """Is `key` in the subtree of `upper` (itself included)?"""
    return upper == NATION or upper in path_of(key)


def code_range(key: str) -> tuple[str, str]:
    """Half-open range of the codes in the key's subtree; the level still has to be compared."""
    level, code = split_key(key)
    prefix = code[: DIGITS[level]]
    return prefix.ljust(12, "0"), (prefix[:-1] + chr(ord(prefix[-1]) + 1)).ljust(12, "0")
