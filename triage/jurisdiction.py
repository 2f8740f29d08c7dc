"""Which level may take a report, from whom it accuses (RULE 11, 12, 15, 16; domain.md section 3).

Pure: the words of posts and units are data of the profile. A report about several people goes by the
highest of their levels, because the whole of it would otherwise be read too low.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

from triage.deadlines import table
from triage.names import full_name, normalised, parts, share_a_word

RANK = {"external": 0, "township": 1, "county": 2, "city": 3, "upper": 4, "nation": 5}
LIFTED_GROUNDS = ("township_leader", "station_head", "township_inspection")


class Accused(Protocol):
    """Anything with these four: a Subject, a SubjectFound, a Person."""

    @property
    def name(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def post(self) -> str: ...
    @property
    def level(self) -> str: ...


@dataclass(frozen=True)
class Person:
    name: str = ""
    unit: str = ""
    post: str = ""
    level: str = "unknown"


@dataclass(frozen=True)
class Receiving:
    """The organ whose inbox a report came to. level: county, city, upper (province) or nation."""

    name: str
    place: str
    level: str
    head: str = ""

    @property
    def suffix(self) -> str:
        """县, 区, 市 or 旗: what its leaders' posts begin with."""
        return self.place[-1:]


@dataclass(frozen=True)
class Competence:
    """level: who may take it: township (with its zone), county, city, upper, or external: an outside body.

    ground:      why, as a code
    sealed_up:   belongs above the receiving organ: RULE 15
    unread_below: about the receiving organ's own main head: nobody below may read it
    """

    level: str
    ground: str
    sealed_up: bool = False
    unread_below: bool = False


def competent(
    subjects: Iterable[Accused], kind: str, receiving: Receiving, *, profile: str = "cn-rule"
) -> Competence:
    words = _Words.of(profile, receiving)
    accused = [s for s in subjects if s.name or s.unit or s.post]
    if any(words.is_own_head(s) for s in accused):
        return Competence("upper", "own_head", sealed_up=True, unread_below=True)
    found = [words.level(s) for s in accused] or [_without_accused(kind)]
    if kind == "appeal":
        found.append(("county", "appeal"))
    level, ground = max(found, key=lambda f: RANK[f[0]])
    return Competence(level, ground, sealed_up=RANK[level] > max(RANK[receiving.level], RANK["county"]))


def lifting_ground(
    subjects: Iterable[Accused], signs: Iterable[str], times_reported: int, *, profile: str = "cn-rule"
) -> str:
    """Why a township matter is taken up by the county, as a code; "" where nothing asks for it.

    A ground that lifts at once goes before one that only proposes it (`only_proposed`).
    """
    raw = table(profile)["lifting"]
    first_hands = {normalised(p) for p in raw["first_hand"]}
    found = [sign for sign in raw["signs"] if sign in set(signs)]
    if times_reported >= raw["reported_times"]:
        found.append("reported_often")
    if any(s.level in ("village", "unknown") and _holds(s.post, first_hands) for s in subjects):
        found.append("village_first_hand")
    return min(found, key=lambda ground: ground in raw["only_proposed"], default="")


def lifts_at_once(ground: str, *, profile: str = "cn-rule") -> bool:
    """Whether a lifting ground brings the case to the county before anybody has approved it."""
    return bool(ground) and ground not in table(profile)["lifting"]["only_proposed"]


def leads_township_commission(subject: Accused, *, profile: str = "cn-rule") -> bool:
    """Does the township's inspection commission work under this person?"""
    raw = table(profile)["competence"]
    if subject.level not in ("township", "unknown"):
        return False
    heads = {normalised(p) for p in raw["township_heads"]}
    return _holds(subject.post, heads) or _bare_head(subject, raw)


def _without_accused(kind: str) -> tuple[str, str]:
    if kind in ("request", "out_of_scope"):
        return "external", "petition"
    if kind == "suggestion":
        return "county", "suggestion"
    return "township", "place"


def _holds(post: str, wanted: set[str]) -> bool:
    """Is one of the posts a wanted one, with or without a place's name before it?"""
    for part in parts(post):
        for word in wanted:
            if part == word or (
                part.endswith(word) and re.search(r"[县区市旗镇乡村道]$", part[: -len(word)])
            ):
                return True
    return False


def _bare_head(subject: Accused, raw: dict[str, Any]) -> bool:
    unit = normalised(subject.unit)
    return raw["township_bare_head"] in parts(subject.post) and unit.endswith(tuple(raw["township_words"]))


# A county is a 县, 区 or 旗, or a 市 where the receiving organ says so of itself.
COUNTY_SUFFIXES = frozenset("县区旗")
CITY_SUFFIXES = frozenset("市")


@dataclass(frozen=True)
class _Leaders:
    """Words for those whom the level above manages: posts that stand alone, and ends of unit and post."""

    posts: frozenset[str]
    endings: tuple[str, ...]

    @classmethod
    def of(cls, raw: dict[str, Any], suffixes: Iterable[str]) -> _Leaders:
        filled = {
            k: [w.format(level=s) for w in raw[k] for s in sorted(suffixes)]
            for k in ("higher_posts", "higher_endings")
        }
        heads = [s + c + h for s in sorted(suffixes) for c in raw["commissions"] for h in raw["main_head"]]
        return cls(frozenset(filled["higher_posts"]), (*filled["higher_endings"], *heads))

    def include(self, subject: Accused) -> bool:
        if subject.level in ("village", "township", "enterprise_institution"):
            return False
        full = normalised(subject.unit) + normalised(subject.post)
        return full.endswith(self.endings) or _holds(subject.post, set(self.posts))


@dataclass(frozen=True)
class _Words:
    """The profile's words with the receiving organ's names filled in."""

    receiving: Receiving
    raw: dict[str, Any]
    own_heads: re.Pattern[str]
    own_body: re.Pattern[str]
    county_leaders: _Leaders
    city_leaders: _Leaders

    @classmethod
    @cache
    def of(cls, profile: str, receiving: Receiving) -> _Words:
        raw = table(profile)["competence"]
        here = "|".join(re.escape(p) for p in (receiving.place, receiving.suffix) if p) or "(?!)"
        bodies = "|".join(sorted(raw["commissions"], key=len, reverse=True))
        heads = "|".join(raw["main_head"])
        county = receiving.level == "county"
        return cls(
            receiving=receiving,
            raw=raw,
            own_heads=re.compile(rf"(?:中共)?(?:{here})(?:{bodies})(?:{heads})"),
            own_body=re.compile(rf"(?:中共)?(?:{here})(?:{bodies})"),
            county_leaders=_Leaders.of(raw, COUNTY_SUFFIXES | ({receiving.suffix} if county else set())),
            city_leaders=_Leaders.of(raw, () if county else CITY_SUFFIXES),
        )

    def is_own_head(self, subject: Accused) -> bool:
        """By the full name where no unit speaks against it, or by the post, whoever holds it now."""
        unit, name = normalised(subject.unit), full_name(subject.name)
        if name and name == full_name(self.receiving.head) and self._fits(subject):
            return True
        return any(
            self.own_heads.fullmatch(unit + part) or self.own_heads.fullmatch(part)
            for part in parts(subject.post)
        )

    def _fits(self, subject: Accused) -> bool:
        return not subject.unit or share_a_word(subject.unit, self.receiving.name)

    def level(self, subject: Accused) -> tuple[str, str]:
        unit, full = normalised(subject.unit), normalised(subject.unit) + normalised(subject.post)
        if any(word in unit for word in self.raw["vertical_units"]):
            return "external", "vertical"
        here_is_county = self.receiving.level == "county"
        if self.city_leaders.include(subject):
            return "upper", "higher_level"
        if self.county_leaders.include(subject):
            return "city", "higher_level" if here_is_county else "city_cadre"
        if subject.level == "city_or_above":
            return ("upper", "higher_level") if here_is_county else ("city", "city_cadre")
        if self.own_body.match(full):
            return "county", "own_staff"
        if subject.level == "county":
            return "county", "county_cadre"
        if subject.level == "enterprise_institution":
            return ("county", "county_unit") if self._is_county_unit(unit) else ("township", "institution")
        if subject.level == "village":
            return "township", "village"
        return self._township(subject, unit, full)

    def _is_county_unit(self, unit: str) -> bool:
        return bool(self.receiving.place) and unit.startswith((self.receiving.place, self.receiving.suffix))

    def _township(self, subject: Accused, unit: str, full: str) -> tuple[str, str]:
        leaders = {normalised(p) for p in self.raw["township_leaders"]}
        if any(word in full for word in self.raw["inspection_words"]):
            return "county", "township_inspection"
        if _holds(subject.post, leaders) or _bare_head(subject, self.raw):
            return "county", "township_leader"
        if any(self._heads_station(part) for part in parts(subject.post)):
            return "county", "station_head"
        if subject.level == "unknown" and self._is_county_unit(unit):
            return "county", "county_unit"
        return "township", "township_staff"

    def _heads_station(self, part: str) -> bool:
        return part.endswith(tuple(self.raw["station_heads"])) and "副" not in part
