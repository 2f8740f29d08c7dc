"""Dates and periods in a text; relative ones (去年, 上个月, last year) count from the day of receipt."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from triage.pipeline.amounts import number
from triage.pipeline.finding import DateFound

Period = tuple[date, date]

_N = r"[0-9零〇一二两三四五六七八九十]"
_MONTH = r"(?P<month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])(?:月份|月)"
_DAY = r"(?:(?P<day>[12]\d|3[01]|0?[1-9]|[一二]?十[一二三四五六七八九]?|三十一?|[一二三四五六七八九])[日号])?"
_PART = r"(?P<part>年初|年底|年末|上半年|下半年|春节前后|春节|春天|夏天|秋天|冬天|春|夏|秋|冬|初|底|末)?"
_YEAR = rf"(?P<year>(?:19|20)\d\d|[一二][〇零九]{_N}{_N}|(?<!\d)[012]\d(?=年))"

_NUMERIC = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)[-./](?P<month>1[0-2]|0?[1-9])(?:[-./](?P<day>[12]\d|3[01]|0?[1-9]))?(?!\d)"
)
_SPAN = re.compile(
    r"(?<!\d)(?P<first>(?:19|20)\d\d) ?年?(?:(?P<m1>1[0-2]|0?[1-9])月)? ?(?:-|—|~|至|到) ?(?P<last>(?:19|20)\d\d) ?年(?:(?P<m2>1[0-2]|0?[1-9])月)?"
)
_ABSOLUTE = re.compile(rf"(?<!\d){_YEAR} ?年(?! ?(?:前|来|间|内))(?: ?{_MONTH} ?{_DAY})?{_PART}")
_RELATIVE_YEAR = re.compile(rf"(?P<year>大前年|前年|去年|今年|上年|本年)(?: ?{_MONTH} ?{_DAY})?{_PART}")
_BARE_MONTH = re.compile(rf"(?<![0-9一二三四五六七八九十年.个]){_MONTH} ?{_DAY}(?!-)")
_RELATIVE = re.compile(
    rf"(?P<near>今天|昨天|前天|昨日|今日|上个月|这个月|本月|上月|上周|上星期|上个星期|这周|本周)"
    rf"|(?<![0-9])(?P<count>[1-9]\d?|[一二两三四五六七八九十]{{1,3}}|半) ?(?P<unit>年|个月|天|个星期|周)(?:多|来)?(?:之)?(?P<side>前|以前)"
    rf"|(?:近|最近|这) ?(?P<back>{_N}{{1,2}}) ?(?P<span>年|个月)"
)
_MONTHS = {name.lower(): i for i, name in enumerate(calendar.month_name) if name} | {
    name.lower(): i for i, name in enumerate(calendar.month_abbr) if name
}
_EN_MONTH = "(?P<month>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?"
_ENGLISH = re.compile(
    rf"\b(?:(?P<day>[0-3]?\d)(?:st|nd|rd|th)? (?:of )?)?{_EN_MONTH}(?: (?P<day2>[0-3]?\d)(?:st|nd|rd|th)?(?!\d))?,? (?P<year>(?:19|20)\d\d)\b"
)
_EN_SPAN = re.compile(
    r"\b(?:from |between )?(?P<first>(?:19|20)\d\d) ?(?:to|and|until|-|–) ?(?P<last>(?:19|20)\d\d)\b"
)
_EN_YEAR = re.compile(r"\b(?:in|since|during|of|year|until|by) (?P<year>(?:19|20)\d\d)\b")
_EN_NUMBERS = {
    w: i
    for i, w in enumerate(["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"], 1)
}
_EN_RELATIVE = re.compile(
    r"\b(?P<near>today|yesterday|last year|this year|last month|this month|last week|this week)\b"
    rf"|\b(?P<count>\d{{1,2}}|{'|'.join(_EN_NUMBERS)}) (?P<unit>years?|months?|weeks?|days?) ago\b"
)


def dates(folded: str, received_on: date | None = None) -> tuple[DateFound, ...]:
    """Dates from left to right. Without a day of receipt relative ones are left out."""
    found = sorted(_all(folded, received_on), key=lambda d: (d.start, -d.end))
    kept: list[DateFound] = []
    for one in found:
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return tuple(kept)


def _all(folded: str, received: date | None) -> Iterator[DateFound]:
    for pattern, period in _ABSOLUTES:
        for hit in pattern.finditer(folded):
            yield from _made(hit, period(hit))
    years = [(hit.start(), hit["year"]) for hit in _ABSOLUTE.finditer(folded)]
    if received is None:
        return
    for pattern, relative in _RELATIVES:
        for hit in pattern.finditer(folded):
            yield from _made(hit, relative(hit, received))
    for hit in _BARE_MONTH.finditer(folded):
        named = [year for at, year in years if at < hit.start()]
        yield from _made(hit, _bare(hit, received, _year(named[-1]) if named else None))


def _made(hit: re.Match[str], period: Period | None) -> Iterator[DateFound]:
    if period:
        text = hit.group().rstrip()
        first, last = period[0].isoformat(), period[1].isoformat()
        yield DateFound(text, first, last, hit.start(), hit.start() + len(text))


def _year(text: str) -> int:
    digits = "".join(
        str("零一二三四五六七八九".find(c)) if c in "零一二三四五六七八九" else c
        for c in text.replace("〇", "零")
    )
    year = int(digits)
    return year if year > 99 else 2000 + year


def _small(text: str) -> int:
    return int(number(text) or 0)


def _month(year: int, month: int) -> Period:
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


_PARTS: dict[str, tuple[int, int]] = {
    "初": (1, 2), "底": (11, 12), "末": (11, 12), "上半年": (1, 6), "下半年": (7, 12),
    "春节": (1, 2), "春": (2, 5), "夏": (5, 8), "秋": (8, 11), "冬": (11, 12),
}  # fmt: skip


def _within(year: int, hit: re.Match[str]) -> Period | None:
    """The day, month, part or whole of a year that a match names."""
    month, day, part = hit["month"], hit["day"], hit["part"]
    if month:
        first, last = _month(year, _small(month))
        if not day:
            return first, last
        return _day(year, first.month, _small(day))
    for name, (start, end) in _PARTS.items():
        if part and (part.startswith(name) or part.endswith(name)):
            return date(year, start, 1), _month(year, end)[1]
    return date(year, 1, 1), date(year, 12, 31)


def _day(year: int, month: int, day: int) -> Period | None:
    if not 1 <= day <= calendar.monthrange(year, month)[1]:
        return None
    return date(year, month, day), date(year, month, day)


def _numeric(hit: re.Match[str]) -> Period | None:
    year, month = int(hit["year"]), int(hit["month"])
    return _day(year, month, int(hit["day"])) if hit["day"] else _month(year, month)


def _span(hit: re.Match[str]) -> Period | None:
    first, last = int(hit["first"]), int(hit["last"])
    named = hit.re.groupindex
    one, two = (hit["m1"], hit["m2"]) if "m1" in named else (None, None)
    if first > last:
        return None
    return date(first, int(one or 1), 1), _month(last, int(two or 12))[1]


def _english(hit: re.Match[str]) -> Period | None:
    year, month, day = int(hit["year"]), _MONTHS[hit["month"]], hit["day"] or hit["day2"]
    return _day(year, month, int(day)) if day else _month(year, month)


def _whole(hit: re.Match[str]) -> Period:
    return date(int(hit["year"]), 1, 1), date(int(hit["year"]), 12, 31)


_YEARS_BACK = {"大前年": 3, "前年": 2, "去年": 1, "上年": 1, "今年": 0, "本年": 0}


def _relative_year(hit: re.Match[str], received: date) -> Period | None:
    return _within(received.year - _YEARS_BACK[hit["year"]], hit)


def _bare(hit: re.Match[str], received: date, year: int | None) -> Period | None:
    """A month without a year: of the year named last, else the latest that is not after the receipt."""
    month = _small(hit["month"])
    if year is None:
        year = received.year if month <= received.month else received.year - 1
    if not hit["day"]:
        return _month(year, month)
    return _day(year, month, _small(hit["day"]))


_NEAR = {
    "今天": "day0", "今日": "day0", "today": "day0", "昨天": "day1", "昨日": "day1", "yesterday": "day1",
    "前天": "day2", "上个月": "month1", "上月": "month1", "last month": "month1", "这个月": "month0",
    "本月": "month0", "this month": "month0", "上周": "week1", "上星期": "week1", "上个星期": "week1",
    "last week": "week1", "这周": "week0", "本周": "week0", "this week": "week0", "last year": "year1",
    "this year": "year0",
}  # fmt: skip


def _near(hit: re.Match[str], received: date) -> Period | None:
    if hit["near"]:
        return _back(received, _NEAR[hit["near"]][:-1], int(_NEAR[hit["near"]][-1]))
    if "back" in hit.re.groupindex and hit["back"]:
        first = _back(received, "year" if hit["span"] == "年" else "month", _small(hit["back"]))
        return first[0], received
    count, unit = hit["count"], hit["unit"]
    if count == "半":
        return _back(received, "month", 6) if unit == "年" else None
    many = _EN_NUMBERS.get(count) or _small(count)
    for name, mark in (("year", "年"), ("month", "月"), ("week", "周"), ("week", "星期"), ("day", "天")):
        if unit.startswith(name) or mark in unit:
            return _back(received, name, many)
    return None


def _back(received: date, unit: str, many: int) -> Period:
    if unit == "year":
        year = max(received.year - many, 1)
        return date(year, 1, 1), date(year, 12, 31)
    if unit == "month":
        months = max(received.year * 12 + received.month - 1 - many, 12)
        return _month(months // 12, months % 12 + 1)
    day = received - timedelta(days=many * (7 if unit == "week" else 1))
    if unit == "week":
        day -= timedelta(days=day.weekday())
        return day, day + timedelta(days=6)
    return day, day


_ABSOLUTES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Period | None]], ...] = (
    (_SPAN, _span),
    (_ABSOLUTE, lambda hit: _within(_year(hit["year"]), hit)),
    (_NUMERIC, _numeric),
    (_ENGLISH, _english),
    (_EN_SPAN, _span),
    (_EN_YEAR, _whole),
)
_RELATIVES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], Period | None]], ...] = (
    (_RELATIVE_YEAR, _relative_year),
    (_RELATIVE, _near),
    (_EN_RELATIVE, _near),
)
