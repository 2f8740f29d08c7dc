"""Forms of the administrator: who is of the house and what each may do."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from cms.forms.desk_places import PlaceField, PlaceInput
from triage.models import FormerPost, Kin, Office, Officer, Reset, Role, Zone

EMPTY_ROWS = 3
# In the one form that a browser's own calendar reads, whatever the language.
DAY = forms.DateInput({"type": "date"}, format="%Y-%m-%d")


class OfficerForm(forms.Form):
    username = forms.CharField(
        label=_("Name to sign in with"), max_length=150, validators=[UnicodeUsernameValidator()]
    )
    name = forms.CharField(label=_("Name"), max_length=120)
    post = forms.CharField(label=_("Post"), max_length=120, required=False)


class Period(forms.BaseForm):
    """For forms with a first and a last day."""

    def clean(self) -> dict[str, Any]:
        super().clean()
        said = self.cleaned_data
        if said.get("first") and said.get("last") and said["last"] < said["first"]:
            self.add_error("last", _("It would end before it begins."))
        return said


class AppointForm(Period, forms.Form):
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


class ResetForm(forms.Form):
    what = forms.ChoiceField(
        label=_("What to take away"), choices=Reset.What.choices, widget=forms.RadioSelect
    )


class KeepsPlace(forms.ModelForm):
    """A place that stands already is kept when it comes back as it was shown."""

    fields: dict[str, Any]
    place_field = "place"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[self.place_field].kept = getattr(self.instance, self.place_field)


class OfficerFactsForm(KeepsPlace):
    """The facts from which recusal is derived, but for the rows of former posts and kin."""

    place_field = "home"
    home = PlaceField(
        label=_("Home town"),
        required=False,
        help_text=_("Cases of its township are kept from this person. Choose from the list, or type a code."),
    )

    class Meta:
        model = Officer
        fields = ("name", "name_en", "post", "skills", "home")


class FormerPostForm(Period, KeepsPlace):
    place = PlaceField(label=_("Place"), required=False, widget=PlaceInput(list_of="id_home"))

    class Meta:
        model = FormerPost
        fields = ("unit", "place", "first", "last")
        widgets = {"first": DAY, "last": DAY}


class FactRows(forms.BaseInlineFormSet):
    """Rows of an officer, with a few empty ones below and a tick to take one away."""

    model: type[FormerPost | Kin]

    @property
    def title(self) -> str:
        return capfirst(str(self.model._meta.verbose_name_plural))


FormerPostRows = forms.inlineformset_factory(
    Officer, FormerPost, form=FormerPostForm, formset=FactRows, extra=EMPTY_ROWS, can_delete_extra=False
)
KinRows = forms.inlineformset_factory(
    Officer,
    Kin,
    formset=FactRows,
    fields=("relation", "name", "unit", "post"),
    extra=EMPTY_ROWS,
    can_delete_extra=False,
)
