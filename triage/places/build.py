"""Make the compact gazetteer from the five CSV files: python -m triage.places.build SOURCE_FOLDER [TARGET].

The source folder holds provinces, cities, counties, townships and villages as `<level>.csv.gz` with
the columns code,name,parent_code. Nodes are numbered level by level in the order of their codes, so
that the children of a node, and all its descendants at one level, are one range of numbers.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import json
from array import array
from bisect import bisect_right
from collections import defaultdict
from itertools import accumulate
from pathlib import Path

import marisa_trie
import rjieba

from triage.places.names import LEVEL_NUMBER, VILLAGE, WORD_BIT, core_of
from triage.places.pinyin import spellings
from triage.places.tree import FORMER

FILES = ("provinces", "cities", "counties", "townships", "villages")
# The day on which the Bureau closed this edition.
CUT_OFF = "2023-06-30"
# How many digits of its code belong to each level alone.
OWN_DIGITS = ((0, 2), (2, 4), (4, 6), (6, 9), (9, 12))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path, nargs="?", default=Path(__file__).parent / "gazetteer")
    options = parser.parse_args()
    sizes = build(options.source, options.target)
    for name, size in sizes.items():
        print(f"{name:16} {size:>10,} bytes")


def build(source: Path, target: Path) -> dict[str, int]:
    """Write the gazetteer of `source` into `target` and say how large each file is."""
    levels = [read_level(source / f"{name}.csv.gz") for name in FILES]
    target.mkdir(parents=True, exist_ok=True)
    names = marisa_trie.Trie(name for rows in levels for _, name, _ in rows)
    names.save(str(target / "names.marisa"))
    postings = index_cores(levels, FORMER)
    cores = marisa_trie.Trie(postings)
    cores.save(str(target / "cores.marisa"))
    counts = [len(rows) for rows in levels]
    spelled = index_spellings(postings, sum(counts[:VILLAGE]))
    latin = marisa_trie.Trie(spelled)
    latin.save(str(target / "latin.marisa"))
    arrays = {
        **node_arrays(levels, names),
        **core_arrays(postings, cores, counts),
        **latin_arrays(spelled, latin, cores),
    }
    write_arrays(target, arrays, counts)
    return {path.name: path.stat().st_size for path in sorted(target.iterdir())}


def read_level(path: Path) -> list[tuple[str, str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        rows = [(row["code"], row["name"].strip(), row["parent_code"]) for row in csv.DictReader(lines)]
    return sorted(rows)


def index_cores(levels: list[list[tuple[str, str, str]]], former: Path) -> dict[str, list[int]]:
    """core -> numbers of the nodes that it may mean, in rising order; former names count for what replaced them."""
    postings: dict[str, set[int]] = defaultdict(set)
    numbers: dict[tuple[int, str], int] = {}
    for level, rows in enumerate(levels):
        for code, name, _ in rows:
            numbers[level, code] = number = len(numbers)
            if core := core_of(name, level):
                postings[core].add(number)
    for name, key in read_former(former):
        level_name, _, code = key.partition(":")
        of_key = LEVEL_NUMBER[level_name]
        postings[core_of(name, of_key)].add(numbers[of_key, code])
    return {core: sorted(bearers) for core, bearers in postings.items()}


def index_spellings(postings: dict[str, list[int]], villages: int) -> dict[str, list[str]]:
    """Latin spelling -> cores of townships and above; villages are spelled when a text is read."""
    spelled: dict[str, set[str]] = defaultdict(set)
    for core, bearers in postings.items():
        if bearers[0] >= villages:
            continue
        for spelling in {
            *spellings(core),
            *(spellings(core[0]) if len(core) == 2 and core[1] in "县区旗镇乡" else ()),
        }:
            spelled[spelling].add(core)
    return {spelling: sorted(cores) for spelling, cores in spelled.items()}


def read_former(path: Path) -> list[tuple[str, str]]:
    """(name, key of the division that bears it no more, or that people call so)."""
    with path.open(encoding="utf-8", newline="") as lines:
        return [(row["name"], row["key"]) for row in csv.DictReader(lines)]


def node_arrays(levels: list[list[tuple[str, str, str]]], names: marisa_trie.Trie) -> dict[str, array]:
    """name: id of the full name; digits: own part of the code; parent: number within the level above."""
    name, digits, parent, first = array("I"), array("H"), array("H"), array("I")
    start = 0
    above: dict[str, int] = {}
    for level, rows in enumerate(levels):
        begin, end = OWN_DIGITS[level]
        children = [0] * len(above)
        for code, full, parent_code in rows:
            name.append(names.key_id(full))
            digits.append(int(code[begin:end]))
            parent.append(above[parent_code] if level else 0)
            if level:
                children[above[parent_code]] += 1
        for count in children:
            first.append(start)
            start += count
        if not level:
            start = len(rows)
        above = {code: index for index, (code, _, _) in enumerate(rows)}
    first.append(start)
    return {"name": name, "digits": digits, "parent": parent, "first_child": first}


def core_arrays(
    postings: dict[str, list[int]], cores: marisa_trie.Trie, counts: list[int]
) -> dict[str, array]:
    """core_start: where the nodes of core id i begin in core_nodes; core_levels: a bit for each of their levels."""
    starts, nodes, masks = array("I"), array("I"), array("B")
    bounds = list(accumulate(counts))
    for index in range(len(cores)):
        bearers = postings[cores.restore_key(index)]
        starts.append(len(nodes))
        nodes.extend(bearers)
        word = WORD_BIT if _is_word(cores.restore_key(index)) else 0
        masks.append(word + sum({1 << bisect_right(bounds, number) for number in bearers}))
    starts.append(len(nodes))
    return {"core_start": starts, "core_nodes": nodes, "core_levels": masks}


def latin_arrays(
    spelled: dict[str, list[str]], latin: marisa_trie.Trie, cores: marisa_trie.Trie
) -> dict[str, array]:
    """latin_start: where the ids of the cores so spelled begin in latin_cores."""
    starts, ids = array("I"), array("I")
    for index in range(len(latin)):
        starts.append(len(ids))
        ids.extend(cores.key_id(core) for core in spelled[latin.restore_key(index)])
    starts.append(len(ids))
    return {"latin_start": starts, "latin_cores": ids}


def _is_word(core: str) -> bool:
    """Whether a dictionary takes a short core for a word of the language and not for a name."""
    if len(core) > 3:
        return False
    tagged = rjieba.tag(core, False)
    return len(tagged) == 1 and not tagged[0][1].startswith(("nr", "ns", "nz", "nt", "ng", "x"))


def write_arrays(target: Path, arrays: dict[str, array], counts: list[int]) -> None:
    layout, offset = {}, 0
    digest = hashlib.sha256()
    with (target / "arrays.bin").open("wb") as out:
        for key, values in arrays.items():
            raw = values.tobytes()
            raw += b"\0" * (-len(raw) % 8)
            layout[key] = {"type": values.typecode, "offset": offset, "count": len(values)}
            offset += out.write(raw)
            digest.update(raw)
    for name in ("names.marisa", "cores.marisa", "latin.marisa"):
        digest.update((target / name).read_bytes())
    body = {
        "version": f"cn-{CUT_OFF}-{digest.hexdigest()[:8]}",
        "counts": counts,
        "arrays": layout,
    }
    (target / "layout.json").write_text(json.dumps(body, indent=1) + "\n")


if __name__ == "__main__":
    main()
