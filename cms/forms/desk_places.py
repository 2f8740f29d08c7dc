"""A place typed as people say it: "Township › Village", a bare name, a code, or a key."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cms import place_labels
from triage.models import Installation, Place
from triage.territory import known_place

# A longer list makes a page heavy and no choice easier; then names and codes are typed.
LONGEST_LIST = 2_000
MOST_SHOWN = 6


class PlaceInput(forms.TextInput):
    """A text field with the territory's places to choose from, where they are few enough."""

    template_name = "desk/widgets/place.html"

    def __init__(self, attrs: dict | None = None, *, list_of: str = "") -> None:
        """list_of: the id of another such field on the page, whose list is used instead of one more."""
        super().__init__(attrs)
        self.list_of = list_of

    def get_context(self, name: str, value: Any, attrs: dict | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["list"] = f"{self.list_of or context['widget']['attrs'].get('id', name)}_places"
        context["widget"]["attrs"]["list"] = context["widget"]["list"]
        context["options"] = None if self.list_of else offered()
        return context

    def format_value(self, value: Any) -> str | None:
        return super().format_value(_shown(value))


def _shown(value: Any) -> Any:
    """A place or its key as its path; what was typed stays as it is."""
    if isinstance(value, Place):
        value = value.pk
    if isinstance(value, str) and re.fullmatch(r"[a-z]+:\d{12}", value):
        return place_labels.path(value)
    return value


class PlaceField(forms.CharField):
    widget = PlaceInput
    kept: Place | None = None  # what stands already: its own words mean it, even where two bear them
    default_error_messages = {
        "unknown": _("There is no place “%(typed)s” in this territory."),
        "several": _("Several places are called “%(typed)s”: %(places)s. Please name the township, too."),
    }

    def clean(self, value: Any) -> Place | None:
        typed = super().clean(value)
        if not typed:
            return None
        if self.kept and not self.has_changed(self.kept, typed):
            return self.kept
        return known_place(typed) or self._by_name(typed)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(_shown(initial), data)

    def _by_name(self, typed: str) -> Place:
        *above, name = [part.strip() for part in re.split(r"[›>/,，]", typed) if part.strip()] or [typed]
        found = list(Place.objects.filter(name=name)[:200]) or list(
            Place.objects.filter(name_en__iexact=name)[:200]
        )
        if above:
            found = [p for p in found if above_all_named(p, above)]
        if not found:
            raise ValidationError(self.error_messages["unknown"], "unknown", {"typed": typed})
        if len(found) > 1:
            paths = place_labels.paths(p.pk for p in found[:MOST_SHOWN])
            listed = "; ".join(sorted(paths.values())) + (" …" if len(found) > MOST_SHOWN else "")
            raise ValidationError(
                self.error_messages["several"], "several", {"typed": typed, "places": listed}
            )
        return found[0]


def above_all_named(place: Place, above: list[str]) -> bool:
    """Does each of the names belong to a place above this one, in either language?"""
    held = Place.objects.filter(pk__in=place.path[:-1]).values_list("name", "name_en")
    names = {n.casefold() for both in held for n in both if n}
    return all(a.casefold() in names for a in above)


def offered() -> list[str]:
    """The paths of all places below the territory's own, or none where they are too many."""
    root = Installation.current().root
    rows = Place.objects.below(root.pk) if root else Place.objects.all()
    keys_ = list(rows.values_list("pk", flat=True)[: LONGEST_LIST + 1])
    return sorted(place_labels.paths(keys_).values()) if len(keys_) <= LONGEST_LIST else []
