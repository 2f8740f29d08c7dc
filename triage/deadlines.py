"""When something is due, by the rules of a legal order.

The rules are data: `profiles/<code>.toml` holds lengths, units and sources, `profiles/calendar-<code>.toml`
the days off and the make-up working days. Nothing here knows a database, Django or the clock.
"""

from __future__ import annotations

import calendar
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

PROFILES = Path(__file__).parent / "profiles"
UNITS = ("working_day", "day", "month", "quarter")
DAY = timedelta(days=1)


class UnknownRule(LookupError):
    """No such profile, or no such rule in it; the message says which there are."""


@dataclass(frozen=True)
class Words:
    """A label in the languages that the profiles are written in."""

    en: str
    zh: str

    def in_language(self, code: str) -> str:
        return self.zh if code.lower().startswith("zh") else self.en


@dataclass(frozen=True)
class Extension:
    """`length` counts in the rule's own unit; None where the law names no length."""

    approver: Words
    source: str
    verified: bool
    length: int | None = None


@dataclass(frozen=True)
class Rule:
    """One step with a time limit. `verified` is False while the text was only quoted from memory."""

    id: str
    profile: str
    label: Words
    start: Words
    actor: Words
    length: int
    unit: str
    source: str
    verified: bool
    extension: Extension | None = None
    note: Words | None = None


@dataclass(frozen=True)
class Due:
    """`provisional` says that a day counted lies in a year whose holidays are not on file."""

    on: date
    provisional: bool
    rule: Rule
    start: date
    extended_by: int = 0


@dataclass(frozen=True)
class Calendar:
    """Which days are worked. Years neither on file nor estimated are asked of the `holidays` package."""

    code: str
    country: str
    subdivision: str
    off: frozenset[date]
    work: frozenset[date]
    published: frozenset[int]
    known: frozenset[int]
    settled_by_next_year_from: str = ""
    computed: dict[int, frozenset[date]] = field(default_factory=dict, compare=False)

    def is_working_day(self, day: date) -> bool:
        if day.weekday() > calendar.FRIDAY:
            return day in self.work
        if day.year in self.known:
            return day not in self.off
        return day not in self._computed(day.year)

    def is_settled(self, day: date) -> bool:
        """True where the arrangement that decides about this day is published."""
        late = self.settled_by_next_year_from
        year = day.year + 1 if late and day.strftime("%m-%d") >= late else day.year
        # A year before the first on file can no longer change, but nobody checked it against a notice.
        return year in self.published and day.year in self.published

    def _computed(self, year: int) -> frozenset[date]:
        if not self.country:
            return frozenset()
        if year not in self.computed:
            # Imported here because it loads every country's calendar (50 MB), which the years on file spare.
            import holidays

            found = holidays.country_holidays(
                self.country, subdiv=self.subdivision or None, years=year, expand=False
            )
            self.computed[year] = frozenset(found)
        return self.computed[year]


@dataclass(frozen=True)
class Profile:
    code: str
    label: Words
    calendar: Calendar
    rolls: bool  # a period that ends on a day off ends on the next working day
    rules: Mapping[str, Rule]


def due(rule: str | Rule, start: date, *, profile: str = "cn-rule") -> Due:
    """The last day on which the step is in time, counted from the event on `start`."""
    if isinstance(rule, str):
        rule = rule_of(rule, profile)
    return _due(rule, start, extended_by=0)


def extended(term: Due, length: int | None = None) -> Due:
    """The same period made longer by approval, counted from its start as one period.

    `length` is needed where the law names none, and may not exceed it where the law does.
    """
    extension = term.rule.extension
    if extension is None:
        raise ValueError(f"{term.rule.id} cannot be extended")
    if length is None:
        length = extension.length
    if length is None or length < 1:
        raise ValueError(f"{term.rule.id} names no length of its extension: say how long")
    if extension.length is not None and term.extended_by + length > extension.length:
        raise ValueError(f"{term.rule.id} can be extended by {extension.length} in all")
    return _due(term.rule, term.start, extended_by=term.extended_by + length)


def is_working_day(day: date, profile: str = "cn-rule") -> bool:
    return load(profile).calendar.is_working_day(day)


def rules(profile: str = "cn-rule") -> tuple[Rule, ...]:
    return tuple(load(profile).rules.values())


def rule_of(rule_id: str, profile: str = "cn-rule") -> Rule:
    found = load(profile).rules.get(rule_id.upper())
    if found is None:
        known = ", ".join(load(profile).rules)
        raise UnknownRule(f"{profile} has no rule {rule_id!r}; it has {known}")
    return found


def profiles() -> tuple[str, ...]:
    paths = PROFILES.glob("*.toml")
    return tuple(sorted(p.stem for p in paths if not p.stem.startswith("calendar-")))


@cache
def load(profile: str) -> Profile:
    if profile not in profiles():
        raise UnknownRule(f"no profile {profile!r}; there are {', '.join(profiles())}")
    raw = table(profile)
    return Profile(
        code=profile,
        label=Words(**raw["label"]),
        calendar=_calendar(raw["calendar"]),
        rolls=raw["counting"]["rolls"],
        rules={r["id"]: _rule(r, profile) for r in raw["rule"]},
    )


def _due(rule: Rule, start: date, *, extended_by: int) -> Due:
    order = load(rule.profile)
    days = order.calendar
    length = rule.length + extended_by
    if rule.unit == "working_day":
        counted = list(_until_worked(start, length, days))
    else:
        counted = [_last_day(start, length, rule.unit)]
        while order.rolls and not days.is_working_day(counted[-1]):
            counted.append(counted[-1] + DAY)
    leans_on_calendar = order.rolls or rule.unit == "working_day"
    provisional = leans_on_calendar and not all(map(days.is_settled, counted))
    return Due(counted[-1], provisional, rule, start, extended_by)


def _until_worked(start: date, length: int, days: Calendar) -> Iterator[date]:
    """The days after `start` up to the one on which `length` working days are full."""
    day = start
    while length > 0:
        day += DAY
        length -= days.is_working_day(day)
        yield day


def _last_day(start: date, length: int, unit: str) -> date:
    if unit == "day":
        return start + timedelta(days=length)
    if unit == "month":
        return _months_later(start, length)
    # A quarter is a term of the calendar: it ends with the one in which the first counted day lies.
    first = start + DAY
    months_left = 2 - (first.month - 1) % 3 + 3 * (length - 1)
    return _months_later(first.replace(day=1), months_left + 1) - DAY


def _months_later(start: date, months: int) -> date:
    years, month = divmod(start.month - 1 + months, 12)
    last = calendar.monthrange(start.year + years, month + 1)[1]
    return date(start.year + years, month + 1, min(start.day, last))


@cache
def table(name: str) -> dict[str, Any]:
    """A file of the profiles as it stands; its other tables are read by the modules that they are for."""
    return tomllib.loads((PROFILES / f"{name}.toml").read_text(encoding="utf-8"))


def _rule(raw: dict[str, Any], profile: str) -> Rule:
    if raw["unit"] not in UNITS:
        raise ValueError(f"{profile} {raw['id']}: unit {raw['unit']!r} is none of {', '.join(UNITS)}")
    words: dict[str, Any] = {
        name: Words(**raw[name]) for name in ("label", "start", "actor", "note") if name in raw
    }
    extension = dict(raw["extension"]) if "extension" in raw else None
    if extension:
        extension["approver"] = Words(**extension["approver"])
    return Rule(
        **{k: raw[k] for k in ("id", "length", "unit", "source", "verified")},
        **words,
        profile=profile,
        extension=Extension(**extension) if extension else None,
    )


@cache
def _calendar(code: str) -> Calendar:
    raw = table(f"calendar-{code}")
    published, estimated = raw.get("years", {}), raw.get("estimated", {})
    years = {**estimated, **published}

    def listed(kind: str) -> frozenset[date]:
        return frozenset(date.fromisoformat(f"{y}-{d}") for y in years for d in years[y].get(kind, ()))

    return Calendar(
        code=code,
        country=raw["country"],
        subdivision=raw.get("subdivision", ""),
        off=listed("off"),
        work=listed("work"),
        published=frozenset(map(int, published)),
        known=frozenset(map(int, years)),
        settled_by_next_year_from=raw.get("settled_by_next_year_from", ""),
    )
