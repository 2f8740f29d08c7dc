"""The read log: who has opened a case, when, and what of it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views import generic

from cms.staff_access import desk_scope
from cms.views.desk import CasePage
from triage.models import Case, Look, Role


class LooksView(CasePage, generic.IndexView):
    model = Look
    page_title = _("Who has looked at this case")
    header_icon = "view"
    any_permission_required = None
    columns = [
        DateColumn("at", label=_("When")),
        Column("by", label=_("Who"), accessor="by.get_username"),
        Column("what", label=_("What"), accessor="get_what_display"),
    ]
    paginate_by = 100
    show_export_buttons = False
    is_searchable = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not desk_scope(self.request.user).may(Role.MAIN_HEAD, Role.DEPUTY_HEAD, Role.COORDINATOR):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def case(self) -> Case:
        return self.get_object()

    def get_base_queryset(self) -> Any:
        return self.case.looks.select_related("by").order_by("-at", "-pk")

    def get_page_subtitle(self) -> str:
        return self.case.number
