"""Reads the invented county's tables; plain rows, no database."""

from __future__ import annotations

import csv
import json
import tomllib
from collections import Counter, defaultdict
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
COUNTY = "990121000000"
# The texts quote dates, so the two years that they fill do not move with the clock.
PERIOD_END = date(2026, 11, 20)
DAYS = 730


def rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def toml(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / "stories" / name).read_text(encoding="utf-8"))


def by_hand() -> list[dict[str, Any]]:
    text = (HERE / "reports_by_hand.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


class County:
    @cached_property
    def places(self) -> dict[str, dict[str, str]]:
        return {row["code"]: row for row in rows("places.csv")}

    @cached_property
    def villages(self) -> list[dict[str, str]]:
        return [row for row in self.places.values() if row["level"] == "village"]

    @cached_property
    def bare_names(self) -> Counter[str]:
        return Counter(row["name"] for row in self.villages)

    @cached_property
    def people(self) -> dict[str, list[dict[str, str]]]:
        """Whom reports name, by the code of their place."""
        found: dict[str, list[dict[str, str]]] = defaultdict(list)
        for row in rows("people.csv"):
            found[row["place_code"]].append(row)
        return found

    def below(self, village: str) -> list[dict[str, str]]:
        """The village's people but its secretary."""
        return [person for person in self.people[village] if "书记" not in person["post"]]

    @cached_property
    def kin(self) -> dict[str, str]:
        """Name of a relative -> username of the officer who declared the relative."""
        return {
            relative.split("|")[1]: officer["username"]
            for officer in rows("officers.csv")
            for relative in officer["kin"].split(";")
            if relative
        }

    @cached_property
    def names(self) -> set[str]:
        """Every name that a made-up reporter must not bear."""
        return {row["name"] for name in ("people.csv", "officers.csv") for row in rows(name)}

    def holder(self, role: str, village: str) -> dict[str, str] | None:
        """The person whom `role` of the story files means, seen from a village."""
        township = self.places[village]["parent_code"]
        if role.startswith("county:"):
            return _first(self.people[COUNTY], unit=role.removeprefix("county:"))
        if role.startswith("t"):
            return _first(self.people[township], either=role.removeprefix("t"))
        return next(
            (found for post in VILLAGE_POSTS[role] if (found := _first(self.people[village], post=post))),
            None,
        )


VILLAGE_POSTS = {
    "sec": ("书记", "村委会主任"),
    "acc": ("会计", "报账员", "文书"),
    "sup": ("监督委员会主任", "村民小组组长"),
}


def _first(
    people: list[dict[str, str]], *, unit: str = "", post: str = "", either: str = ""
) -> dict[str, str] | None:
    for person in people:
        if unit in person["unit"] and post in person["post"] and either in _both(person):
            return person
    return None


def _both(person: dict[str, str]) -> str:
    # A township's 乡长 answers to the same role as a town's 镇长.
    return (person["unit"] + person["post"]).replace("副乡长", "副镇长")
