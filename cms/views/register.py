"""Registering what came by letter, visit, telephone: the same door as the portal's form."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from cms.forms.desk_register import RegisterForm, Unreadable
from cms.staff_access import StaffRequest, desk_scope
from cms.views.desk import SeesContent
from intake import receipts
from intake.actions import receive
from intake.refusals import Refused
from triage.models import Role


class RegisterView(SeesContent, WagtailAdminTemplateMixin, FormView):
    """The answer shows the receipt code, once: the clerk hands it over."""

    request: StaffRequest
    page_title = _("Register a report")
    header_icon = "plus"
    template_name = "desk/register.html"
    form_class = RegisterForm

    def is_open_to(self, request: StaffRequest) -> bool:
        return desk_scope(request.user).may(Role.CLERK, Role.LETTERS_OFFICER, Role.COORDINATOR)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.page_title}]

    def form_valid(self, form: RegisterForm) -> HttpResponse:
        try:
            received = receive(form.incoming())
        except (Refused, Unreadable) as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        return self.render_to_response(
            self.get_context_data(
                form=None,
                code=receipts.grouped(received.code),
                case=received.report.case,
                again=not received.created,
                differs=not received.same,
            )
        )
