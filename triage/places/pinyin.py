"""Names in Latin letters: 石桥 is shiqiao, 长安 is changan or zhangan."""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from pathlib import Path

TABLE = Path(__file__).parent / "pinyin.tsv"
# A name of many characters with several readings each is not spelled in all ways.
_MOST = 8


@lru_cache(maxsize=1)
def _readings() -> dict[str, tuple[str, ...]]:
    """character -> its readings; each line of the table is: readings, a tab, the characters that have them."""
    table: dict[str, tuple[str, ...]] = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        spelled, _, characters = line.partition("\t")
        for character in characters:
            table[character] = tuple(spelled.split(","))
    return table


def spellings(name: str) -> tuple[str, ...]:
    """The name in small Latin letters, without blanks; empty where a character has no reading."""
    table = _readings()
    parts = [table.get(character, ()) for character in name]
    if not all(parts):
        return ()
    return tuple("".join(each) for each, _ in zip(product(*parts), range(_MOST), strict=False))
