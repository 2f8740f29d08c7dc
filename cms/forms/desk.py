"""Forms of what people do with a case."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cms.forms.desk_places import PlaceField
from triage.models import Appointment, Case, Domain, Office, Officer, Zone

# The codes that begin with not_accepted tell the reporter so (cms.progress).
OUTCOMES = [
    ("founded", _("Well-founded")),
    ("partly_founded", _("Partly well-founded")),
    ("unfounded", _("Unfounded")),
    ("not_verifiable", _("Cannot be verified")),
    ("not_accepted", _("Not accepted: out of scope")),
    ("duplicate", _("Repeat, kept with the earlier case")),
]


class CaseForm(forms.Form):
    """Knows the case that it is about."""

    fields: dict[str, Any]

    def __init__(self, *args: Any, case: Case, user: Any, **kwargs: Any) -> None:
        self.case, self.user = case, user
        super().__init__(*args, **kwargs)


def ground_field(label: Any = None, **kwargs: Any) -> forms.CharField:
    return forms.CharField(
        label=label or _("Reason"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        **kwargs,
    )


class GroundForm(CaseForm):
    ground = ground_field()


class TransferForm(CaseForm):
    to = forms.ChoiceField(label=_("To"))
    ground = ground_field()
    bounce = forms.BooleanField(label=_("Wrong route: the case should never have come here"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = Zone.objects.filter(active=True).exclude(pk=self.case.zone_id or 0)
        offices = Office.objects.filter(active=True).exclude(pk=self.case.office_id or 0)
        offices = offices.exclude(kind__in=[Office.Kind.EXTERNAL, Office.Kind.UPPER])
        self.fields["to"].choices = [
            ("", "---------"),
            (_("Zones"), [(f"zone:{z.code}", z.label) for z in zones]),
            (_("Offices"), [(f"office:{o.code}", o.label) for o in offices]),
        ]

    def clean_to(self) -> Zone | Office:
        kind, _colon, code = self.cleaned_data["to"].partition(":")
        return Zone.objects.get(code=code) if kind == "zone" else Office.objects.get(code=code)


class CorrectForm(CaseForm):
    domain = forms.ModelChoiceField(Domain.objects.filter(active=True), label=_("Domain"), required=False)
    place = PlaceField(label=_("Place"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    ground = ground_field(_("Remark"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", _("As it is")), *Case.Kind.choices]
        self.fields["domain"].empty_label = _("As it is")


class AcceptForm(CaseForm):
    handler = forms.ModelChoiceField(Officer.objects.none(), label=_("Handler"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["handler"].queryset = pool(self.case)
        self.fields["handler"].empty_label = _("Nobody yet")


def pool(case: Case) -> Any:
    """Who serves where the case lies, without those who must not handle it."""
    held = Appointment.objects.in_force()
    held = held.filter(zone=case.zone_id) if case.zone_id else held.filter(office=case.office_id or 0)
    rows = Officer.objects.filter(appointments__in=held).distinct()
    return rows.exclude(pk__in=case.recusals.filter(officer__isnull=False).values("officer"))


class MessageForm(CaseForm):
    text = ground_field(_("Message to the reporter"))


class ForwardForm(CaseForm):
    body = forms.ModelChoiceField(
        Office.objects.filter(active=True, kind__in=[Office.Kind.EXTERNAL, Office.Kind.UPPER]),
        label=_("Competent body"),
    )
    ground = ground_field()


class CloseForm(CaseForm):
    outcome = forms.ChoiceField(label=_("Outcome"), choices=OUTCOMES, widget=forms.RadioSelect)
    ground = ground_field()


class LinkForm(CaseForm):
    number = forms.CharField(label=_("Number of the other case"), max_length=12)

    def clean_number(self) -> Case:
        typed = self.cleaned_data["number"].strip().upper()
        case = Case.objects.visible_to(self.user).filter(number=typed).first()
        if case is None:
            raise forms.ValidationError(_("There is no case of that number."))
        return case


class RecusalForm(CaseForm):
    whom = forms.ChoiceField(label=_("Who must be kept away"))
    ground = ground_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        me = Officer.objects.filter(user=self.user).first()
        held = Appointment.objects.in_force().values("officer")
        officers = Officer.objects.filter(pk__in=held).exclude(pk=me.pk if me else 0)
        self.fields["whom"].choices = [
            *([(f"officer:{me.pk}", _("Myself"))] if me else []),
            (_("Zones"), [(f"zone:{z.pk}", z.label) for z in Zone.objects.filter(active=True)]),
            (_("Offices"), [(f"office:{o.pk}", o.label) for o in Office.objects.filter(active=True)]),
            (_("People"), [(f"officer:{o.pk}", o.label) for o in officers]),
        ]

    def clean_whom(self) -> dict[str, Officer | Zone | Office]:
        kind, _colon, pk = self.cleaned_data["whom"].partition(":")
        models: dict[str, Any] = {"officer": Officer, "zone": Zone, "office": Office}
        return {kind: models[kind].objects.get(pk=pk)}


def errors_of(form: forms.Form) -> list[str]:
    return [str(error) for errors in form.errors.values() for error in errors]
