"""Offices, zones and domains, kept by the administrator in Wagtail's own screens."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.ui.tables import BooleanColumn
from wagtail.admin.views.generic import CreateView, EditView
from wagtail.admin.viewsets.model import ModelViewSet

from cms.forms.desk_places import PlaceField
from triage import actions
from triage.models import Domain, Installation, Office, Officer, Place, Zone

ACTIVE = BooleanColumn("active", label=_("active"))


class OfficeForm(WagtailAdminModelForm):
    """Place and kind decide what an office's people may see: once it stands they are not changed here."""

    place = PlaceField(label=_("Place"))

    class Meta:
        model = Office
        fields = ("code", "name", "name_en", "kind", "place", "parent", "head", "active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            for name in ("code", "kind", "place"):
                self.fields[name].disabled = True


class ZoneForm(WagtailAdminModelForm):
    county = PlaceField(label=_("County"))
    townships = forms.ModelMultipleChoiceField(
        Place.objects.none(), label=_("Townships"), widget=forms.CheckboxSelectMultiple
    )
    knows = forms.ModelMultipleChoiceField(
        Domain.objects.none(),
        label=_("Domains it knows"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Zone
        fields = (
            "code",
            "name",
            "name_en",
            "county",
            "townships",
            "leader",
            "guiding_office",
            "knows",
            "active",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        root = Installation.current().root
        over = self.instance.county_id or (root.pk if root else None)
        townships = Place.objects.filter(depth=3)
        self.fields["townships"].queryset = townships.below(over) if over else townships.none()
        self.fields["knows"].queryset = Domain.objects.filter(active=True)
        self.fields["leader"].queryset = Officer.objects.filter(appointments__zone__isnull=False).distinct()
        if self.instance.pk:
            self.fields["code"].disabled = self.fields["county"].disabled = True


class DomainForm(WagtailAdminModelForm):
    class Meta:
        model = Domain
        fields = ("label_en", "label_zh", "description_en", "description_zh", "order", "active")


class RecusingView:
    """Saves a row and, in the same transaction, derives anew the recusals that follow from it.

    `decides`: the fields from which they follow. Officers and offices in them are concerned before and after.
    """

    form: Any
    decides: dict[type[models.Model], tuple[str, ...]] = {
        Office: ("head", "name", "active"),
        Zone: ("leader", "guiding_office", "active"),
    }

    def save_instance(self) -> Any:
        form = self.form
        fields = self.decides[type(form.instance)]
        with transaction.atomic():
            saved = super().save_instance()  # type: ignore[misc]
            if not set(fields).isdisjoint(form.changed_data):
                officers = _before_and_after(form, Officer, fields)
                offices = _before_and_after(form, Office, fields)
                if isinstance(saved, Office):
                    actions.recuse_anew(*officers, offices=[saved])
                else:
                    actions.recuse_anew(*officers, offices=offices, zones=[saved])
        return saved


def _before_and_after(form: forms.ModelForm, model: type[Any], fields: tuple[str, ...]) -> list[Any]:
    own = [f for f in fields if form.instance._meta.get_field(f).related_model is model]
    held = {form.initial.get(f) for f in own} | {getattr(form.instance, f"{f}_id") for f in own}
    return list(model.objects.filter(pk__in=held - {None}))


class AddRecusingView(RecusingView, CreateView):
    pass


class EditRecusingView(RecusingView, EditView):
    pass


class ReferenceTable(ModelViewSet):
    """No deletion (rows have a history: they are made inactive), no copies, no export."""

    copy_view_enabled = False
    inspect_view_enabled = False
    add_to_admin_menu = False
    edit_form: type[forms.ModelForm]
    list_export: list[str] = []

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm]:
        return self.edit_form


class OfficeViewSet(ReferenceTable):
    model = Office
    name = "office"
    url_prefix = "offices"
    icon = "home"
    edit_form = OfficeForm
    add_view_class = AddRecusingView
    edit_view_class = EditRecusingView
    list_display = ["__str__", "code", "kind", "place", ACTIVE]
    search_fields = ["name", "name_en", "code"]
    search_backend_name = None


class ZoneViewSet(ReferenceTable):
    model = Zone
    name = "zone"
    url_prefix = "zones"
    icon = "globe"
    edit_form = ZoneForm
    add_view_class = AddRecusingView
    edit_view_class = EditRecusingView
    list_display = ["__str__", "code", "leader", "guiding_office", ACTIVE]
    search_fields = ["name", "name_en", "code"]
    search_backend_name = None


class DomainViewSet(ReferenceTable):
    model = Domain
    name = "domain"
    url_prefix = "domains"
    icon = "tag"
    edit_form = DomainForm
    list_display = ["__str__", "code", "order", ACTIVE]
    search_fields = ["label_zh", "label_en", "code"]
    search_backend_name = None
