"""What can be done with a case: each view a form, a verb of `triage.actions`, and a sentence."""

from __future__ import annotations

from typing import Any

from django.contrib import messages as django_messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, View
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from cms import queue
from cms.forms import desk as forms
from cms.staff_access import StaffRequest, desk_scope
from cms.views.desk import CasePage, case_url
from intake.bells import ring
from intake.refusals import Refused
from search import outbox
from search.tasks import route_case
from triage import actions
from triage.claims import record
from triage.models import Case, Correction, Role
from triage.scope import sealed_for


class CaseActionView(CasePage, WagtailAdminTemplateMixin, FormView):
    """A page with one form about one case. `act` is the verb; what it refuses is the form's error."""

    request: StaffRequest
    form_class: type[forms.CaseForm] = forms.CaseForm
    template_name = "desk/action.html"
    success_message: Any = ""
    submit_label: Any = ""
    explanation: Any = ""
    roles: tuple[str, ...] = ()  # empty: whoever sees the case

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.object = self.get_object()
        if self.roles and not desk_scope(self.request.user).may(*self.roles):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "case": self.object, "user": self.request.user}

    def act(self, form: forms.CaseForm) -> None:
        raise NotImplementedError

    def form_valid(self, form: forms.CaseForm) -> HttpResponse:
        try:
            self.act(form)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        messages.success(self.request, self.success_message)
        return redirect(self.get_success_url())

    def get_success_url(self) -> str:
        """The case, or the queue where the deed has taken it out of the user's sight."""
        if Case.objects.visible_to(self.request.user).filter(pk=self.object.pk).exists():
            return case_url(self.object)
        return reverse("case:queue")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *super().get_breadcrumbs_items(),
            {"url": reverse("case:queue"), "label": _("Queue")},
            {"url": case_url(self.object), "label": self.object.number},
            {"url": "", "label": self.page_title},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(case=self.object, view=self, **kwargs)


class DeedView(CasePage, View):
    """A button without a form of its own; only POST. What is refused is said on the page it came from."""

    http_method_names = ["post"]
    success_message: Any = ""
    form_class: type[forms.CaseForm] = forms.CaseForm

    def post(self, request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        form = self.form_class(request.POST, case=self.object, user=request.user)
        if not form.is_valid():
            messages.error(request, " ".join(forms.errors_of(form)))
            return redirect(case_url(self.object))
        try:
            self.act(form)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect(case_url(self.object))
        return redirect(self.next_url())

    def act(self, form: forms.CaseForm) -> None:
        raise NotImplementedError

    def next_url(self) -> str:
        if self.success_message:
            messages.success(self.request, self.success_message)
        return case_url(self.object)

    def can_be_undone(self, verb: str, **more: Any) -> None:
        """One key on the next page takes it back."""
        self.request.session["undo"] = {"number": self.object.number, "verb": verb, **more}


class ConfirmView(DeedView):
    def act(self, form: forms.CaseForm) -> None:
        self.rank = queue.rank_of(self.object)
        actions.confirm(self.object, by=self.request.user)
        self.can_be_undone("confirmed")

    def next_url(self) -> str:
        rows = Case.objects.visible_to(self.request.user).open()
        chosen = QueryDict(self.request.session.get("queue", ""))
        listed = queue.QueueFilter(chosen, queryset=rows, request=self.request)
        following = queue.after(listed.qs if listed.is_valid() else rows, self.object, self.rank)
        done = _("Case %(number)s is confirmed.") % {"number": self.object.number}
        if following is None:
            messages.success(
                self.request, f"{done} " + _("No other case of this list waits to be confirmed.")
            )
            return reverse("case:queue")
        messages.success(self.request, done)
        return case_url(following)


class CorrectView(DeedView):
    """Number keys and the small form: a domain, a place or a kind instead of the machine's."""

    form_class = forms.CorrectForm
    success_message = gettext_lazy("Corrected. The machine's reading stays beside it.")

    def act(self, form: forms.CaseForm) -> None:
        said = form.cleaned_data
        rows = actions.correct(
            self.object,
            by=self.request.user,
            domain=said["domain"],
            place=said["place"],
            kind=said["kind"] or None,
            ground=said["ground"],
        )
        self.can_be_undone("corrected", corrections=[r.pk for r in rows])


class UndoView(DeedView):
    """Takes back the user's last deed of this session."""

    success_message = gettext_lazy("Taken back.")

    def act(self, form: forms.CaseForm) -> None:
        last = self.request.session.pop("undo", None)
        if not last or last["number"] != self.object.number:
            raise Refused(_("There is nothing to take back."))
        if last["verb"] == "confirmed":
            actions.undo_confirm(self.object, by=self.request.user)
        elif last["verb"] == "closed":
            actions.reopen(self.object, by=self.request.user, ground=_("Closed by mistake."))
        else:
            for row in Correction.objects.filter(pk__in=last["corrections"], case=self.object):
                actions.undo_correction(row, by=self.request.user)
                self.object.refresh_from_db()


class UndoCorrectionView(DeedView):
    success_message = gettext_lazy("Taken back.")

    def act(self, form: forms.CaseForm) -> None:
        row = get_object_or_404(self.object.corrections, pk=self.kwargs["correction"])
        row.case = self.object
        actions.undo_correction(row, by=self.request.user)


class RerouteView(DeedView):
    success_message = gettext_lazy("The case will be routed again in a moment.")

    def act(self, form: forms.CaseForm) -> None:
        if self.object.state not in (Case.State.UNROUTED, Case.State.ASSIGNED, Case.State.OUTSIDE):
            raise Refused(_("A case that somebody has in hand is transferred, not routed."))
        with transaction.atomic():
            record(self.object, "reroute_asked", by=self.request.user)
            outbox.ask_route(self.object)
            ring(route_case, self.object.pk)


class TransferView(CaseActionView):
    page_title = gettext_lazy("Transfer")
    form_class = forms.TransferForm
    submit_label = gettext_lazy("Transfer")
    success_message = gettext_lazy("The case was transferred.")

    def act(self, form: forms.CaseForm) -> None:
        said = form.cleaned_data
        actions.transfer(
            self.object, to=said["to"], by=self.request.user, ground=said["ground"], bounce=said["bounce"]
        )


class AcceptView(CaseActionView):
    page_title = gettext_lazy("Accept")
    form_class = forms.AcceptForm
    submit_label = gettext_lazy("Take the case in hand")
    success_message = gettext_lazy("The case is in hand.")

    def get_initial(self) -> dict[str, Any]:
        return {"handler": desk_scope(self.request.user).officer_id}

    def act(self, form: forms.CaseForm) -> None:
        actions.accept(self.object, by=self.request.user, handler=form.cleaned_data["handler"])


class AskView(CaseActionView):
    page_title = gettext_lazy("Ask the reporter")
    form_class = forms.MessageForm
    submit_label = gettext_lazy("Send the question")
    success_message = gettext_lazy("The question lies in the reporter's mailbox.")
    explanation = gettext_lazy(
        "The reporter reads it with the receipt code. Write no name and nothing of the content: "
        "whoever finds the code reads it, too."
    )

    def act(self, form: forms.CaseForm) -> None:
        actions.ask(self.object, form.cleaned_data["text"], by=self.request.user)


class AnswerView(AskView):
    page_title = gettext_lazy("Write to the reporter")
    submit_label = gettext_lazy("Send the notice")
    success_message = gettext_lazy("The notice lies in the reporter's mailbox.")

    def act(self, form: forms.CaseForm) -> None:
        actions.answer(self.object, form.cleaned_data["text"], by=self.request.user)


class ForwardView(CaseActionView):
    page_title = gettext_lazy("Forward to the competent body")
    form_class = forms.ForwardForm
    submit_label = gettext_lazy("Forward")
    success_message = gettext_lazy("The case was forwarded.")

    def act(self, form: forms.CaseForm) -> None:
        said = form.cleaned_data
        actions.forward(self.object, body=said["body"], by=self.request.user, ground=said["ground"])


class CloseView(CaseActionView):
    page_title = gettext_lazy("Close")
    form_class = forms.CloseForm
    submit_label = gettext_lazy("Close the case")
    success_message = gettext_lazy("The case is closed.")

    def act(self, form: forms.CaseForm) -> None:
        said = form.cleaned_data
        actions.close(self.object, by=self.request.user, outcome=said["outcome"], ground=said["ground"])
        self.request.session["undo"] = {"number": self.object.number, "verb": "closed"}


class ReopenView(CaseActionView):
    page_title = gettext_lazy("Reopen")
    form_class = forms.GroundForm
    submit_label = gettext_lazy("Reopen the case")
    success_message = gettext_lazy("The case is open again.")

    def act(self, form: forms.CaseForm) -> None:
        actions.reopen(self.object, by=self.request.user, ground=form.cleaned_data["ground"])


class LinkView(CaseActionView):
    page_title = gettext_lazy("Link with another case")
    form_class = forms.LinkForm
    submit_label = gettext_lazy("Link")
    success_message = gettext_lazy("The cases are linked.")

    def act(self, form: forms.CaseForm) -> None:
        actions.link(self.object, to=form.cleaned_data["number"], by=self.request.user)


class RecuseView(CaseActionView):
    page_title = gettext_lazy("Declare a recusal")
    form_class = forms.RecusalForm
    submit_label = gettext_lazy("Keep away")
    success_message = gettext_lazy("The recusal is declared; for them the case does not exist any more.")

    def act(self, form: forms.CaseForm) -> None:
        said = form.cleaned_data
        actions.declare_recusal(self.object, by=self.request.user, ground=said["ground"], **said["whom"])


class OriginalView(CaseActionView):
    """The text as it arrived: shown once, on the answer to the reason."""

    roles = (Role.LETTERS_OFFICER,)
    page_title = gettext_lazy("Open the original")
    form_class = forms.GroundForm
    submit_label = gettext_lazy("Open the original once")
    explanation = gettext_lazy("That you opened it, when and why is written down before it is shown.")
    template_name = "desk/opening.html"

    def form_valid(self, form: forms.CaseForm) -> HttpResponse:
        try:
            opened = self.open(form.cleaned_data["ground"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        return self.render_to_response(self.get_context_data(form=None, opened=opened))

    def open(self, reason: str) -> dict[str, str]:
        title, text = actions.open_original(self.object, by=self.request.user, reason=reason)
        return {_("Title"): title, _("Text"): text}


class IdentityView(OriginalView):
    """Who wrote: for a letters officer who verifies."""

    page_title = gettext_lazy("Open the identity of the reporter")
    submit_label = gettext_lazy("Open the identity once")

    def open(self, reason: str) -> dict[str, str]:
        who = actions.unseal_identity(self.object, by=self.request.user, reason=reason)
        return {
            _("Name"): who.name,
            _("Phone"): who.phone,
            _("E-mail"): who.email,
            _("Address"): who.address,
            _("ID number"): who.id_number,
            _("Other"): who.other,
        }


class OpenUnreadView(CasePage, View):
    """A coordinator opens what no machine has read."""

    http_method_names = ["post"]

    def post(self, request: StaffRequest, number: str) -> HttpResponse:
        rows = desk_scope(request.user).waiting(Case.objects.all())
        case = get_object_or_404(rows.select_related("report"), number=number)
        if not desk_scope(request.user).may(Role.COORDINATOR):
            raise Http404
        try:
            actions.open_unread(case, by=request.user)
        except Refused as refusal:
            django_messages.error(request, str(refusal))
            return redirect("case:waiting")
        return redirect(case_url(case))


class OpenSealedView(CasePage, WagtailAdminTemplateMixin, View):
    """The main head opens one sealed-up report; shown once."""

    http_method_names = ["post"]
    template_name = "desk/opening.html"
    page_title = gettext_lazy("Sealed up")

    def post(self, request: StaffRequest, number: str) -> HttpResponse:
        case = get_object_or_404(sealed_for(request.user).select_related("report"), number=number)
        title, text = actions.open_sealed(case, by=request.user)
        opened = {_("Title"): title, _("Text"): text}
        return self.render_to_response(self.get_context_data(case=case, opened=opened, form=None))
