"""The order of work and the filters of the queue, with counts that agree with the list."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import django_filters
from django import forms
from django.db.models import BooleanField, Count, ExpressionWrapper, IntegerField, Q, Value, When
from django.db.models import Case as When_
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet

from intake.models import Channel
from triage.models import Case, Domain, Place, Zone
from triage.models.territory import within
from triage.places import keys

if TYPE_CHECKING:
    from triage.models.cases import CaseQuerySet

NONE = "none"  # the filter value for cases that have no domain, zone or due date
COLUMNS = (
    "pk",
    "number",
    "received_at",
    "channel",
    "domain",
    "domain_confidence",
    "place",
    "place_confidence",
    "outside",
    "zone",
    "office",
    "state",
    "due_on",
    "unsure",
    "confirmed_at",
    "bounces",
    "named",
)


def urgent() -> Q:
    return Q(unsure=True) | Q(due_on__lt=timezone.localdate())


def in_order(rows: CaseQuerySet) -> CaseQuerySet:
    """Unsure and overdue first, then newest."""
    rank = When_(When(urgent(), then=Value(0)), default=Value(1), output_field=IntegerField())
    return rows.annotate(rank=rank).order_by("rank", "-received_at", "-pk")


def rank_of(case: Case) -> int:
    return 0 if case.unsure or case.overdue else 1


def after(rows: CaseQuerySet, case: Case, rank: int) -> Case | None:
    """The next case that nobody has confirmed yet, in the queue's order; from the top after the last.

    `rank` is the one that the case had while it stood in the list.
    """
    waiting = in_order(rows.filter(confirmed_at=None).exclude(pk=case.pk))
    later = Q(received_at__lt=case.received_at) | Q(received_at=case.received_at, pk__lt=case.pk)
    return waiting.filter(Q(rank__gt=rank) | Q(rank=rank) & later).first() or waiting.first()


class CountedChoice(django_filters.ChoiceFilter):
    """A choice whose options are counted over the list as the other filters leave it."""

    column = ""

    def __init__(self, *args: Any, column: str = "", **kwargs: Any) -> None:
        self.column = column
        kwargs.setdefault("empty_label", _("All"))
        kwargs.setdefault("widget", forms.RadioSelect)
        super().__init__(*args, **kwargs)

    def values(self, group: dict[str, Any]) -> tuple[str, ...]:
        """The options that find the cases of this group."""
        value = group[self.column]
        return (NONE if value is None else value,)

    def filter(self, qs: CaseQuerySet, value: str) -> CaseQuerySet:
        if not value:
            return qs
        if value == NONE:
            return qs.filter(**{f"{self.column}__isnull": True})
        return qs.filter(**{self.column: value})


class TownshipFilter(CountedChoice):
    """Everything below a township; what lies above all townships is counted under its own place."""

    def values(self, group: dict[str, Any]) -> tuple[str, ...]:
        return (_township_or_itself(group["place"]),)

    def filter(self, qs: CaseQuerySet, value: str) -> CaseQuerySet:
        if not value:
            return qs
        try:
            return qs.filter(within(value, "place__") if value.startswith("township:") else Q(place=value))
        except ValueError:
            return qs.none()


@lru_cache(maxsize=50_000)
def _township_or_itself(key: str) -> str:
    return keys.ancestor(key, "township") or key


class ConditionFilter(CountedChoice):
    """A choice among named conditions, each a boolean of the group."""

    def conditions(self) -> dict[str, Q]:
        raise NotImplementedError

    def values(self, group: dict[str, Any]) -> tuple[str, ...]:
        return tuple(name for name in self.conditions() if group[f"is_{name}"])

    def filter(self, qs: CaseQuerySet, value: str) -> CaseQuerySet:
        if not value:
            return qs
        meant = self.conditions().get(value)
        return qs.none() if meant is None else qs.filter(meant)


class DueFilter(ConditionFilter):
    def conditions(self) -> dict[str, Q]:
        today = timezone.localdate()
        week = today + timedelta(days=7)
        return {
            "overdue": Q(due_on__lt=today),
            "week": Q(due_on__gte=today, due_on__lte=week),
            "later": Q(due_on__gt=week),
            NONE: Q(due_on=None),
        }


class SureFilter(ConditionFilter):
    def conditions(self) -> dict[str, Q]:
        return {
            "unsure": Q(unsure=True),
            "unconfirmed": Q(confirmed_at=None),
            "confirmed": Q(confirmed_at__isnull=False),
        }


LABELS = {
    "overdue": _("Overdue"),
    "week": _("Due within seven days"),
    "later": _("Due later"),
    "unsure": _("Unsure"),
    "unconfirmed": _("Not confirmed yet"),
    "confirmed": _("Confirmed"),
}


class QueueFilter(WagtailFilterSet):
    sure = SureFilter(label=_("Certainty"))
    due = DueFilter(label=_("Due"))
    domain = CountedChoice(label=_("Domain"), column="domain")
    place = TownshipFilter(label=_("Township"))
    zone = CountedChoice(label=_("Zone"), column="zone__code")
    channel = CountedChoice(label=_("Channel"), column="channel")
    state = CountedChoice(label=_("State"), column="state")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, each in self.filters.items():
            each.extra["choices"] = self.options(name)
            each.extra["null_value"] = ""

    def options(self, name: str) -> list[tuple[str, str]]:
        """(value, "label (count)") of each value that a case has, and of the one chosen."""
        counts = self.counts[name]
        chosen = self.data.get(name) if self.data else None
        values = [v for v, n in counts.items() if n] + ([chosen] if chosen and not counts.get(chosen) else [])
        labels = _labels(name, values)
        order = sorted((v for v in values if v in labels), key=lambda v: (v == NONE, labels[v][0]))
        return [(v, f"{labels[v][1]} ({counts.get(v, 0)})") for v in order]

    @cached_property
    def groups(self) -> list[tuple[dict[str, tuple[str, ...]], int]]:
        """All cases of the list in one pass, as (options by filter, how many)."""
        named: dict[str, ExpressionWrapper] = {}
        for each in self.filters.values():
            if isinstance(each, ConditionFilter):
                named |= {
                    f"is_{n}": ExpressionWrapper(q, BooleanField()) for n, q in each.conditions().items()
                }
        columns = [e.column for e in self.filters.values() if e.column]
        rows = self.queryset.order_by().annotate(**named).values(*columns, "place", *named)
        return [
            ({name: each.values(group) for name, each in self.filters.items()}, group["n"])
            for group in rows.annotate(n=Count("pk"))
        ]

    @cached_property
    def chosen(self) -> dict[str, str]:
        return {name: value for name in self.filters if (value := (self.data or {}).get(name, ""))}

    @cached_property
    def counts(self) -> dict[str, dict[str, int]]:
        """How many cases each value of each filter would leave, the other filters as they are."""
        found: dict[str, Counter[str]] = {name: Counter() for name in self.filters}
        for options, n in self.groups:
            misses = [name for name, value in self.chosen.items() if value not in options[name]]
            if len(misses) > 1:
                continue
            for name in misses or self.filters:
                for value in options[name]:
                    found[name][value] += n
        return {name: dict(counts) for name, counts in found.items()}

    @property
    def total(self) -> int:
        """How many cases the filters leave."""
        return sum(
            n for options, n in self.groups if all(v in options[name] for name, v in self.chosen.items())
        )


def _labels(name: str, values: list[str]) -> dict[str, tuple[Any, str]]:
    """{value: (what it is sorted by, label)}; values that mean nothing are left out."""
    nothing = {NONE: ("", str(_("None")))}
    if name == "domain":
        return {d.pk: (d.order, d.label) for d in Domain.objects.filter(pk__in=values)} | nothing
    if name == "zone":
        return {z.code: (z.code, z.label) for z in Zone.objects.filter(code__in=values)} | nothing
    if name == "place":
        return {p.pk: (p.code, p.label) for p in Place.objects.filter(pk__in=values)}
    if name == "channel":
        return {v: (i, str(label)) for i, (v, label) in enumerate(Channel.choices)}
    if name == "state":
        return {v: (i, str(label)) for i, (v, label) in enumerate(Case.State.choices)}
    return {v: (i, str(label)) for i, (v, label) in enumerate(LABELS.items())} | nothing
