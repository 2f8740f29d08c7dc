"""The figures that everybody may see. A village is small: a count under 5 could point to a reporter.

Only whole months are counted, so that nobody learns from one day to the next that a report has come in.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as clock

from django.db.models import Count
from django.db.models.functions import Substr
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cms import progress
from cms.forms.places import level_labels
from intake.models import Channel
from triage.models import Case, Domain, Installation, Place
from triage.models.cases import CaseQuerySet
from triage.places import keys

SMALLEST = 5
FEWEST = 2 * SMALLEST  # in all: with fewer nothing is published
HIDDEN = "–"
KEPT_SECONDS = 600


@dataclass(frozen=True)
class Row:
    label: str
    shown: str


@dataclass(frozen=True)
class Table:
    caption: str
    of: str
    rows: list[Row]


@dataclass(frozen=True)
class Figures:
    first: date
    last: date
    tables: list[Table]


_kept: dict[tuple[date, str, datetime], tuple[float, Figures]] = {}


def figures_shown() -> Figures:
    """What the page shows, kept in memory for some minutes: anybody may ask for it as often as he likes.

    Only the suppressed figures are kept, never the counts.
    """
    key = (timezone.localdate(), get_language() or "", Installation.current().changed_at)
    held = _kept.get(key)
    if held is None or time.monotonic() - held[0] > KEPT_SECONDS:
        held = _kept[key] = time.monotonic(), published_figures(key[0])
        for old in [k for k in _kept if (k[0], k[2]) != (key[0], key[2])]:
            del _kept[old]
    return held[1]


def published_figures(today: date) -> Figures:
    """Twelve whole months up to the last one, by status, channel, domain, and the places below the county."""
    first, after = _period(today)
    cases = Case.objects.readable().filter(received_at__gte=_start(first), received_at__lt=_start(after))
    tables = [
        _table(_("By status"), _("Status"), _by_status(cases)),
        _table(_("By channel"), _("Channel"), _by_channel(cases)),
        _table(_("By domain"), _("Domain"), _by_domain(cases)),
        _by_place(cases),
    ]
    return Figures(first, after - timedelta(days=1), tables if cases.count() >= FEWEST else [])


def suppressed(counts: dict[str, int]) -> dict[str, int | None]:
    """None for what must not be shown: counts of 1 to 4, and as many of the next smallest as it takes for
    the hidden ones to be at least two and ten together, since the total less the others tells their sum."""
    hidden = {k for k, n in counts.items() if 0 < n < SMALLEST}
    larger = sorted((k for k, n in counts.items() if n >= SMALLEST), key=lambda k: counts[k])
    while hidden and larger and (len(hidden) < 2 or sum(counts[k] for k in hidden) < FEWEST):
        hidden.add(larger.pop(0))
    return {k: None if k in hidden else n for k, n in counts.items()}


def _period(today: date) -> tuple[date, date]:
    after = today.replace(day=1)
    return after.replace(year=after.year - 1), after


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, clock.min))


def _table(caption: str, of: str, counts: dict[str, int]) -> Table:
    rows = [Row(label, HIDDEN if n is None else str(n)) for label, n in suppressed(counts).items()]
    return Table(caption, of, [*rows, Row(_("Total"), str(sum(counts.values())))])


def _counted(cases: CaseQuerySet, *columns: str) -> list[tuple]:
    return list(cases.order_by().values_list(*columns).annotate(n=Count("pk")))


def _by_status(cases: CaseQuerySet) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for state, outcome, n in _counted(cases, "state", "outcome"):
        counts[progress.status_of(state, outcome)] += n
    return {word: counts[status] for status, (word, _explanation) in progress.words().items()}


def _by_channel(cases: CaseQuerySet) -> dict[str, int]:
    counts = dict(_counted(cases, "channel"))
    return {str(label): counts.get(channel, 0) for channel, label in Channel.choices}


def _by_domain(cases: CaseQuerySet) -> dict[str, int]:
    counts = dict(_counted(cases, "domain_id"))
    named = {d.label: counts.pop(d.pk, 0) for d in Domain.objects.filter(active=True)}
    rest = sum(counts.values())
    return {**named, _("Not yet sorted"): rest} if rest else named


def _by_place(cases: CaseQuerySet) -> Table:
    """By the level below the territory's top: townships of a county, counties of a city, and so on."""
    root = Installation.current().root
    level = keys.LEVELS[min(root.depth + 1, len(keys.LEVELS) - 1) if root else 0]
    digits = keys.DIGITS[level]
    found = cases.annotate(part=Substr("place__code", 1, digits))
    counts = {part.ljust(12, "0"): n for part, n in _counted(found, "part")}
    places = Place.objects.filter(depth=keys.LEVELS.index(level), code__in=counts).order_by("code")
    named = {place.label: counts.pop(place.code) for place in places}
    rest = sum(counts.values())
    words = level_labels()[level]
    return _table(_("By place"), words, {**named, _("Place not known more closely"): rest} if rest else named)
