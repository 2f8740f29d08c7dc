"""Who is of the house and what each may do. Nothing here shows a case, and what opens cases takes two people."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView, TemplateView, View
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from cms.forms import desk_people as forms
from cms.staff_access import StaffRequest, desk_scope
from cms.staff_words import staff_lines
from intake.refusals import Refused
from triage.actions import people
from triage.models import Appointment, Officer, Reset, Role
from triage.models.people import CONTENT_ROLES


class PeoplePage(WagtailAdminTemplateMixin, View):
    """For administrators; heads come here to approve."""

    header_icon = "group"
    roles: tuple[str, ...] = (Role.ADMINISTRATOR,)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not desk_scope(self.request.user).may(*self.roles):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *super().get_breadcrumbs_items(),
            {"url": reverse("people:index"), "label": _("People")},
            {"url": "", "label": self.get_page_title()},
        ]


class PeopleView(PeoplePage, TemplateView):
    """Everybody with the appointments in force or waiting, what waits for a second person, and what was done."""

    request: StaffRequest

    page_title = _("People and appointments")
    template_name = "desk/people/index.html"
    roles = people.APPROVERS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        held = Appointment.objects.filter(ended_at=None).select_related("office", "zone", "officer__user")
        waiting = held.filter(role__in=CONTENT_ROLES, approved_by=None).select_related("granted_by")
        return super().get_context_data(
            officers=Officer.objects.prefetch_related("appointments__office", "appointments__zone", "user"),
            waiting=[(a, user.pk not in (a.granted_by_id, a.officer.user_id)) for a in waiting],
            resets=[
                (r, user.pk not in (r.asked_by_id, r.user_id))
                for r in Reset.objects.filter(done_at=None, withdrawn_at=None).select_related(
                    "user", "asked_by"
                )
            ],
            lines=staff_lines(),
            may_change=desk_scope(user).may(Role.ADMINISTRATOR),
            **kwargs,
        )


class PeopleFormView(PeoplePage, FormView):
    request: StaffRequest
    template_name = "desk/people/form.html"
    submit_label: Any = _("Save")
    success_message: Any = ""

    @cached_property
    def officer(self) -> Officer:
        return get_object_or_404(Officer.objects.select_related("user"), pk=self.kwargs["pk"])

    def act(self, form: Any) -> HttpResponse | None:
        raise NotImplementedError

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            response = self.act(form)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        if response is None:
            messages.success(self.request, self.success_message)
            response = redirect("people:index")
        return response

    def show_once(self, username: str, password: str) -> HttpResponse:
        context = self.get_context_data(form=None, username=username, password=password)
        return self.render_to_response(context)


class AddOfficerView(PeopleFormView):
    page_title = _("Add a person")
    form_class = forms.OfficerForm

    def act(self, form: forms.OfficerForm) -> HttpResponse:
        said = form.cleaned_data
        _officer, password = people.add_officer(
            said["username"], by=self.request.user, name=said["name"], post=said["post"]
        )
        return self.show_once(said["username"], password)


class OfficerFactsView(PeopleFormView):
    """Name, post, home, former posts and kin: where recusals come from. The account and its appointments are
    other pages."""

    page_title = _("Change a person's facts")
    form_class = forms.OfficerFactsForm
    template_name = "desk/people/facts.html"
    success_message = _("Changed.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": self.officer}

    @cached_property
    def formsets(self) -> list[Any]:
        said = self.request.POST if self.request.method == "POST" else None
        return [rows(said, instance=self.officer) for rows in (forms.FormerPostRows, forms.KinRows)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(formsets=self.formsets, **kwargs)

    def get_page_subtitle(self) -> str:
        return self.officer.label

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.get_form()
        valid = [form.is_valid(), *(rows.is_valid() for rows in self.formsets)]
        return self.form_valid(form) if all(valid) else self.form_invalid(form)

    def act(self, form: forms.OfficerFactsForm) -> None:
        changed = [*form.changed_data, *(rows.prefix for rows in self.formsets if rows.has_changed())]
        if not changed:
            return
        with transaction.atomic():
            form.save()
            for rows in self.formsets:
                rows.save()
            people.note_facts(self.officer, changed, by=self.request.user)


class AppointView(PeopleFormView):
    page_title = _("Appoint")
    form_class = forms.AppointForm
    submit_label = _("Grant")
    success_message = _("Granted. A role that shows content waits for a second person.")

    def get_page_subtitle(self) -> str:
        return self.officer.label

    def act(self, form: forms.AppointForm) -> None:
        said = form.cleaned_data
        people.appoint(
            self.officer,
            role=said["role"],
            to=said["to"],
            by=self.request.user,
            first=said["first"],
            last=said["last"],
        )


class AskResetView(PeopleFormView):
    page_title = _("Reset a password or a second factor")
    form_class = forms.ResetForm
    submit_label = _("Ask for the reset")
    success_message = _("Asked. A second person has to approve it.")

    def get_page_subtitle(self) -> str:
        return self.officer.label

    def act(self, form: forms.ResetForm) -> HttpResponse | None:
        user = self.officer.user
        if user is None:
            raise Http404
        reset, password = people.ask_reset(user, what=form.cleaned_data["what"], by=self.request.user)
        if password:
            return self.show_once(user.get_username(), password)
        reset.refresh_from_db()
        if reset.done_at:
            messages.success(self.request, _("Done."))
            return redirect("people:index")
        return None


class PeopleDeed(PeoplePage):
    """A button: the verb, and where it refuses, its sentence."""

    request: StaffRequest

    http_method_names = ["post"]
    roles = people.APPROVERS
    model: Any = Appointment
    success_message: Any = ""

    def post(self, request: StaffRequest, pk: int) -> HttpResponse:
        try:
            response = self.act(get_object_or_404(self.model, pk=pk))
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("people:index")
        if response is None:
            messages.success(request, self.success_message)
        return response or redirect("people:index")

    def act(self, row: Any) -> HttpResponse | None:
        raise NotImplementedError


class ApproveAppointmentView(PeopleDeed):
    success_message = _("Approved: the appointment counts from now on.")

    def act(self, row: Appointment) -> None:
        people.approve_appointment(row, by=self.request.user)


class EndAppointmentView(PeopleDeed):
    success_message = _("The appointment has ended.")

    def act(self, row: Appointment) -> None:
        people.end_appointment(row, by=self.request.user)


class ApproveResetView(PeopleDeed):
    model = Reset
    success_message = _("Done.")
    page_title = _("Reset a password or a second factor")
    template_name = "desk/people/form.html"

    def act(self, row: Reset) -> HttpResponse | None:
        password = people.approve_reset(row, by=self.request.user)
        if not password:
            return None
        context = self.get_context_data(form=None, username=row.user.get_username(), password=password)
        return self.render_to_response(context)


class WithdrawResetView(PeopleDeed):
    model = Reset
    success_message = _("Withdrawn.")

    def act(self, row: Reset) -> None:
        people.withdraw_reset(row, by=self.request.user)
