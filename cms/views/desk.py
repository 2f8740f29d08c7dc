"""The queue, its neighbours, and the case page. Every row comes from `visible_to`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import View
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.ui.tables import BaseColumn, Column, Table, TitleColumn
from wagtail.admin.views import generic

from cms import place_labels
from cms.case_sheet import CaseSheet
from cms.forms.desk import CorrectForm
from cms.queue import COLUMNS, QueueFilter, in_order
from cms.staff_access import StaffRequest, desk_scope
from triage import actions
from triage.models import Case, Role
from triage.scope import sealed_for

if TYPE_CHECKING:
    from triage.models.cases import CaseQuerySet


def case_url(case: Case, name: str = "inspect") -> str:
    return reverse(f"case:{name}", args=[case.number])


class SeesContent(View):
    """For pages of people who see cases; for others they do not exist."""

    request: StaffRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.is_open_to(self.request):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def is_open_to(self, request: StaffRequest) -> bool:
        return not desk_scope(request.user).empty


class CaseTable(Table):
    """Rows that the keys j, k and Enter walk."""

    @cached_property
    def paths(self) -> dict[str, str]:
        return place_labels.paths({case.place_id for case in self.data})

    def get_row_classname(self, case: Case) -> str:
        return "desk-urgent" if case.unsure or case.overdue else ""


class CaseColumn(BaseColumn):
    """A cell with a template of its own."""

    def __init__(self, name: str, template: str, **kwargs: Any) -> None:
        super().__init__(name, **kwargs)
        self.cell_template_name = f"desk/cells/{template}.html"


class PlaceColumn(CaseColumn):
    def get_cell_context_data(self, instance: Case, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        context = super().get_cell_context_data(instance, parent_context)
        return {**context, "path": context["table"].paths[instance.place_id]}


QUEUE_COLUMNS = [
    TitleColumn("number", label=_("Case number"), get_url=case_url, link_attrs={"data-row-link": ""}),
    CaseColumn("received_at", "received", label=_("Received on")),
    Column("channel", label=_("Channel"), accessor="get_channel_display"),
    CaseColumn("domain", "domain", label=_("Domain")),
    PlaceColumn("place", "place", label=_("Place")),
    CaseColumn("zone", "holder", label=_("Zone or office")),
    CaseColumn("state", "state", label=_("State")),
    CaseColumn("due", "due", label=_("Due")),
]


class QueueView(SeesContent, generic.IndexView):
    """The open cases that a user may act on."""

    model = Case
    page_title = _("Queue")
    header_icon = "tasks"
    index_url_name = "case:queue"
    index_results_url_name = "case:queue_results"
    template_name = "desk/queue.html"
    results_template_name = "desk/queue_results.html"
    any_permission_required = None
    filterset_class = QueueFilter
    columns = QUEUE_COLUMNS
    table_class = CaseTable
    paginate_by = 50
    show_export_buttons = False
    is_searchable = False

    def get_base_queryset(self) -> CaseQuerySet:
        return Case.objects.visible_to(self.request.user).open()

    def get_filterset_kwargs(self) -> dict[str, Any]:
        return {**super().get_filterset_kwargs(), "queryset": self.get_base_queryset()}

    def get_paginator(self, queryset: QuerySet, per_page: int, **kwargs: Any) -> WagtailPaginator:
        """Its count is known from the filters' own pass over the list."""
        paginator = super().get_paginator(queryset, per_page, **kwargs)
        if self.filters.is_valid():
            paginator.count = self.filters.total
        return paginator

    def order_queryset(self, queryset: CaseQuerySet) -> CaseQuerySet:
        return in_order(queryset).only(*COLUMNS).select_related("domain", "zone", "office")

    def get_queryset(self) -> QuerySet:
        self._remember_filters()
        return super().get_queryset()

    def _remember_filters(self) -> None:
        """So that “the next case” after a confirmation is the next one of this list."""
        chosen = self.request.GET.copy()
        for passing in (self.page_kwarg, "_w_filter_fragment"):
            chosen.pop(passing, None)
        words = chosen.urlencode()
        if self.request.session.get("queue", "") != words:
            self.request.session["queue"] = words

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(*args, **kwargs)
        scope = desk_scope(self.request.user)
        waiting = scope.waiting(Case.objects.all())
        context.update(
            waiting_count=waiting.count() if scope.may(Role.CLERK, Role.COORDINATOR) else 0,
            shows_waiting=scope.may(Role.CLERK, Role.COORDINATOR),
        )
        return context


class UnroutedView(QueueView):
    """What no zone or office has: the last resort of the routing, and an alarm while it is not empty."""

    page_title = _("Unrouted")
    header_icon = "warning"
    index_url_name = "case:unrouted"
    index_results_url_name = "case:unrouted_results"

    def get_base_queryset(self) -> CaseQuerySet:
        return super().get_base_queryset().unrouted()


class ClosedView(SeesContent, generic.IndexView):
    """Cases of which nothing is shown but number, channel and time; the last column opens one."""

    model = Case
    any_permission_required = None
    opening = ""
    paginate_by = 50
    show_export_buttons = False
    is_searchable = False

    @cached_property
    def columns(self) -> list[BaseColumn]:
        return [
            Column("number", label=_("Case number")),
            Column("channel", label=_("Channel"), accessor="get_channel_display"),
            CaseColumn("received_at", "received", label=_("Received on")),
            CaseColumn("open", self.opening, label=""),
        ]


class WaitingView(ClosedView):
    """What no machine has read yet."""

    page_title = _("Waiting to be read")
    header_icon = "time"
    index_url_name = "case:waiting"
    template_name = "desk/waiting.html"
    opening = "open_unread"

    def is_open_to(self, request: StaffRequest) -> bool:
        return desk_scope(request.user).may(Role.CLERK, Role.COORDINATOR)

    def get_base_queryset(self) -> CaseQuerySet:
        rows = desk_scope(self.request.user).waiting(Case.objects.all())
        return rows.only("pk", "number", "channel", "received_at", "opened_at").order_by("received_at", "pk")

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(*args, **kwargs)
        context["may_open"] = desk_scope(self.request.user).may(Role.COORDINATOR)
        return context


class SealedView(ClosedView):
    """What has been sealed up: for the main head alone."""

    page_title = _("Sealed up")
    header_icon = "lock"
    index_url_name = "case:sealed"
    opening = "open_sealed"

    def is_open_to(self, request: StaffRequest) -> bool:
        return desk_scope(request.user).may(Role.MAIN_HEAD)

    def get_base_queryset(self) -> CaseQuerySet:
        return sealed_for(self.request.user).order_by("-received_at", "-pk")


class CasePage(View):
    """A page about one case: 404 for whoever may not see it, and for what does not exist, alike."""

    request: StaffRequest

    def get_object(self, queryset: QuerySet | None = None) -> Case:
        rows = Case.objects.visible_to(self.request.user)
        rows = rows.select_related(
            "report", "place", "inbox", "domain", "zone", "office", "handler", "bundle"
        )
        return get_object_or_404(rows, number=self.kwargs["number"])

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Not a 405, which would be another answer than the one for a case that does not exist."""
        raise Http404


class CaseView(CasePage, generic.InspectView):
    """What arrived, what the machine read, what people said of it, and what can be done."""

    model = Case
    pk_url_kwarg = "number"
    template_name = "desk/case.html"
    page_title = _("Case")
    header_icon = "doc-full"
    index_url_name = "case:queue"
    any_permission_required = None
    fields = ["number"]

    def get(self, request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        actions.look(self.object, by=request.user)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["sheet"] = CaseSheet(self.object, self.request.user)
        context["undo"] = self.request.session.get("undo")
        context["correct_form"] = CorrectForm(case=self.object, user=self.request.user)
        return context
