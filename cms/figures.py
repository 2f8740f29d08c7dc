"""The figures that everybody may see. A village is small: a count under 5 could point to a reporter.

Only whole months are counted, so that nobody learns from one day to the next that a report has come in.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from cms import progress
from intake.models import Channel
from triage.models import Case, Domain, Place
from triage.places import keys

SMALLEST = 5
FEWEST = 2 * SMALLEST  # in all: with fewer nothing is published
HIDDEN = "–"


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


def published_figures(today: date | None = None) -> Figures:
    """Twelve whole months up to the last one, by status, channel, domain and township."""
    first, after = _period(today or timezone.localdate())
    cases = Case.objects.readable().filter(received_at__gte=_start(first), received_at__lt=_start(after))
    rows = list(cases.only("state", "kind", "outcome", "channel", "domain_id", "place_id"))
    tables = [
        _table(_("By status"), _("Status"), _by_status(rows)),
        _table(_("By channel"), _("Channel"), _by_channel(rows)),
        _table(_("By domain"), _("Domain"), _by_domain(rows)),
        _table(_("By township"), _("Township"), _by_township(rows)),
    ]
    return Figures(first, after - timedelta(days=1), tables if len(rows) >= FEWEST else [])


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
    return timezone.make_aware(datetime.combine(day, time.min))


def _table(caption: str, of: str, counts: dict[str, int]) -> Table:
    rows = [Row(label, HIDDEN if n is None else str(n)) for label, n in suppressed(counts).items()]
    return Table(caption, of, [*rows, Row(_("Total"), str(sum(counts.values())))])


def _by_status(cases: list[Case]) -> dict[str, int]:
    counts = Counter(progress.status_of(c) for c in cases)
    return {word: counts[status] for status, (word, _explanation) in progress.words().items()}


def _by_channel(cases: list[Case]) -> dict[str, int]:
    counts = Counter(c.channel for c in cases)
    return {str(label): counts[channel] for channel, label in Channel.choices}


def _by_domain(cases: list[Case]) -> dict[str, int]:
    counts = Counter(c.domain_id for c in cases)
    named = {d.label: counts[d.pk] for d in Domain.objects.filter(active=True)}
    rest = len(cases) - sum(named.values())
    return {**named, _("Not yet sorted"): rest} if rest else named


def _by_township(cases: list[Case]) -> dict[str, int]:
    counts = Counter(keys.ancestor(c.place_id, "township") for c in cases)
    townships = Place.objects.filter(pk__in=[k for k in counts if k]).order_by("code")
    named = {t.label: counts[t.pk] for t in townships}
    rest = len(cases) - sum(named.values())
    return {**named, _("Township not known"): rest} if rest else named
