"""The question of the search page, and the sealed form in which it stands in an address."""

from __future__ import annotations

import base64
import binascii
from dataclasses import fields as fields_of
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cms.forms.desk_places import PlaceField
from intake import sealing
from intake.models import Channel
from search.query import Query
from triage.models import Case, Domain, Office, Place, Zone

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractUser

SORTS = [
    ("relevance", _("Most relevant first")),
    ("newest", _("Newest first")),
    ("oldest", _("Oldest first")),
]
LONGEST_ADDRESS = 3_000


class SearchForm(forms.Form):
    fields: dict[str, Any]

    words = forms.CharField(
        label=_("Words"),
        required=False,
        max_length=400,
        help_text=_('Words, "whole phrases", and -words that must not occur; a case number finds its case.'),
    )
    domain = forms.ChoiceField(label=_("Domain"), required=False)
    place = PlaceField(label=_("Place and everything below it"), required=False)
    zone = forms.ChoiceField(label=_("Zone"), required=False)
    office = forms.ChoiceField(label=_("Office"), required=False)
    channel = forms.ChoiceField(label=_("Channel"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    accused = forms.CharField(label=_("Accused"), required=False, max_length=100)
    since = forms.DateField(
        label=_("Received from"), required=False, widget=forms.DateInput({"type": "date"})
    )
    until = forms.DateField(label=_("Received to"), required=False, widget=forms.DateInput({"type": "date"}))
    least = forms.DecimalField(label=_("Sum from (yuan)"), required=False, min_value=0, max_digits=16)
    most = forms.DecimalField(label=_("Sum to (yuan)"), required=False, min_value=0, max_digits=16)
    sort = forms.ChoiceField(label=_("Order"), required=False, choices=SORTS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        states = [c for c in Case.State.choices if c[0] not in ("unread", "sealed_up")]
        offered: dict[str, list] = {
            "domain": [(d.pk, d.label) for d in Domain.objects.all()],
            "zone": [(z.code, z.label) for z in Zone.objects.all()],
            "office": [(o.code, o.label) for o in Office.objects.all()],
            "channel": Channel.choices,
            "state": states,
            "kind": Case.Kind.choices,
        }
        for name, choices in offered.items():
            self.fields[name].choices = [("", _("All")), *choices]

    def query(self) -> Query:
        said = self.cleaned_data
        place = said.pop("place", None)
        return Query(
            **{k: v for k, v in said.items() if v not in ("", None)},
            place=place.pk if isinstance(place, Place) else "",
        )

    @staticmethod
    def initial_of(query: Query) -> dict[str, Any]:
        return {f.name: getattr(query, f.name) for f in fields_of(Query)}


def sealed(query: Query, user: AbstractUser) -> str:
    """The query as one word of an address that nobody but this user's desk can read.

    What somebody searches for tells of whom a report may be: it must lie in no history and no log.
    """
    said = {
        f.name: str(value) if isinstance(value, date | Decimal) else value
        for f in fields_of(Query)
        if (value := getattr(query, f.name)) != f.default
    }
    key_id, secret = sealing.seal(sealing.dumps(said), _bound_to(user))
    return key_id + "." + base64.urlsafe_b64encode(secret).decode().rstrip("=")


def opened(word: str, user: AbstractUser) -> Query | None:
    """The query of an address; None for what this user's desk has not sealed."""
    key_id, _dot, secret = word[:LONGEST_ADDRESS].partition(".")
    try:
        raw = base64.urlsafe_b64decode(secret + "=" * (-len(secret) % 4))
        said = sealing.loads(sealing.unseal(key_id, raw, _bound_to(user)))
    except (sealing.SealBroken, binascii.Error, ValueError):
        return None
    for name in ("since", "until"):
        if name in said:
            said[name] = date.fromisoformat(said[name])
    for name in ("least", "most"):
        if name in said:
            said[name] = Decimal(said[name])
    return Query(**said)


def narrowed(query: Query, **changes: Any) -> Query:
    """The query with other filters, from its first page on."""
    return replace(query, after="", **changes)


def _bound_to(user: AbstractUser) -> str:
    return f"search:{user.pk}"
