"""Forms of the administrator: who is of the house and what each may do."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.utils.translation import gettext_lazy as _

from triage.models import Office, Officer, Reset, Role, Zone


class OfficerForm(forms.Form):
    username = forms.CharField(
        label=_("Name to sign in with"), max_length=150, validators=[UnicodeUsernameValidator()]
    )
    name = forms.CharField(label=_("Name"), max_length=120)
    post = forms.CharField(label=_("Post"), max_length=120, required=False)


class AppointForm(forms.Form):
    fields: dict[str, Any]

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    to = forms.ChoiceField(label=_("For"))
    first = forms.DateField(label=_("From"), required=False, widget=forms.DateInput({"type": "date"}))
    last = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput({"type": "date"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [
            (_("Offices"), [(f"office:{o.pk}", o.label) for o in Office.objects.filter(active=True)]),
            (_("Zones"), [(f"zone:{z.pk}", z.label) for z in Zone.objects.filter(active=True)]),
        ]

    def clean_to(self) -> Office | Zone:
        kind, _colon, pk = self.cleaned_data["to"].partition(":")
        return (Zone if kind == "zone" else Office).objects.get(pk=pk)

    def clean(self) -> dict[str, Any]:
        super().clean()
        said = self.cleaned_data
        if said.get("first") and said.get("last") and said["last"] < said["first"]:
            self.add_error("last", _("It would end before it begins."))
        return said


class ResetForm(forms.Form):
    what = forms.ChoiceField(
        label=_("What to take away"), choices=Reset.What.choices, widget=forms.RadioSelect
    )


class OfficerFactsForm(forms.ModelForm):
    """The facts from which recusal is derived."""

    class Meta:
        model = Officer
        fields = ("name", "name_en", "post", "skills")
