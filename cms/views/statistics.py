"""Figures of what the user may see; for a statistician without a word of content and without small counts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from cms import place_labels
from cms.figures import HIDDEN, suppressed
from cms.staff_access import StaffRequest, desk_scope
from cms.views.desk import SeesContent
from intake.models import Channel
from triage.models import Case, Domain, Role, Zone
from triage.places import keys
from triage.scope import counted_for

if TYPE_CHECKING:
    from triage.models.cases import CaseQuerySet

COUNTING = (
    Role.MAIN_HEAD,
    Role.DEPUTY_HEAD,
    Role.COORDINATOR,
    Role.ZONE_LEADER,
    Role.INVESTIGATOR,
    Role.CLERK,
    Role.STATISTICIAN,
)


@dataclass(frozen=True)
class Table:
    caption: str
    rows: list[tuple[str, str]]


class FiguresView(SeesContent, WagtailAdminTemplateMixin, TemplateView):
    request: StaffRequest
    page_title = gettext_lazy("Figures")
    header_icon = "table"
    template_name = "desk/figures.html"

    def is_open_to(self, request: StaffRequest) -> bool:
        return desk_scope(request.user).may(*COUNTING)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        scope = desk_scope(self.request.user)
        rows = Case.objects.visible_to(self.request.user)
        few_hidden = scope.empty
        if few_hidden:
            rows = counted_for(self.request.user)
        return super().get_context_data(
            total=rows.count(), tables=tables(rows, few_hidden=few_hidden), few_hidden=few_hidden, **kwargs
        )


def tables(rows: CaseQuerySet, *, few_hidden: bool) -> list[Table]:
    """By state, urgency, month, channel, domain, township and zone."""
    counted = [
        (_("State"), _choices(rows, "state", Case.State.choices)),
        (_("Open cases"), _open(rows)),
        (_("Month of receipt"), _months(rows)),
        (_("Channel"), _choices(rows, "channel", Channel.choices)),
        (_("Domain"), _domains(rows)),
        (_("Township"), _townships(rows)),
        (_("Zone"), _zones(rows)),
    ]
    return [Table(caption, _shown(counts, few_hidden)) for caption, counts in counted]


def _shown(counts: dict[str, int], few_hidden: bool) -> list[tuple[str, str]]:
    safe = suppressed(counts) if few_hidden else counts
    return [(label, HIDDEN if n is None else str(n)) for label, n in safe.items()]


def _grouped(rows: CaseQuerySet, column: str) -> dict[Any, int]:
    return dict(rows.order_by().values_list(column).annotate(n=Count("pk")))


def _choices(rows: CaseQuerySet, column: str, choices: list) -> dict[str, int]:
    counts = _grouped(rows, column)
    return {str(label): counts[value] for value, label in choices if counts.get(value)}


def _open(rows: CaseQuerySet) -> dict[str, int]:
    held = rows.open()
    return {
        _("Overdue"): held.overdue().count(),
        _("Unsure"): held.filter(unsure=True).count(),
        _("Not confirmed yet"): held.filter(confirmed_at=None).count(),
        _("Unrouted"): held.unrouted().count(),
    }


def _months(rows: CaseQuerySet) -> dict[str, int]:
    counted = rows.order_by().annotate(month=TruncMonth("received_at")).values_list("month")
    return {f"{month:%Y-%m}": n for month, n in counted.annotate(n=Count("pk")).order_by("month")}


def _domains(rows: CaseQuerySet) -> dict[str, int]:
    counts = _grouped(rows, "domain")
    found = {d.label: counts[d.pk] for d in Domain.objects.all() if counts.get(d.pk)}
    return {**found, _("None"): counts[None]} if counts.get(None) else found


def _townships(rows: CaseQuerySet) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for key, n in _grouped(rows, "place").items():
        counts[keys.ancestor(key, "township") or key] += n
    labels = place_labels.paths(counts)
    return {labels[key]: n for key, n in sorted(counts.items(), key=lambda each: each[0].partition(":")[2])}


def _zones(rows: CaseQuerySet) -> dict[str, int]:
    counts = _grouped(rows, "zone")
    found = {z.label: counts[z.pk] for z in Zone.objects.all() if counts.get(z.pk)}
    return {**found, _("None"): counts[None]} if counts.get(None) else found
