"""One form for what comes on paper, in person, by telephone or from another body."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms.forms.desk_places import PlaceField
from intake.channels import CHANNELS, Incoming, Unreadable, Upload
from intake.models import Channel

BY_HAND = (Channel.LETTER, Channel.VISIT, Channel.PHONE, Channel.EMAIL, Channel.TRANSFER)
ACCUSED = 3  # how many the form has room for; more are named in the text


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(FilesField, self).clean(each, initial) for each in files]


class RegisterForm(forms.Form):
    """`uid` makes a double click one report."""

    uid = forms.UUIDField(widget=forms.HiddenInput)
    channel = forms.ChoiceField(
        label=_("How it came"), choices=[(c.value, c.label) for c in BY_HAND], widget=forms.RadioSelect
    )
    received = forms.DateField(
        label=_("Day of arrival, for a letter the postmark"), widget=forms.DateInput({"type": "date"})
    )
    title = forms.CharField(label=_("Title"), required=False, max_length=200)
    text = forms.CharField(
        label=_("Text as written or said"), widget=forms.Textarea(attrs={"rows": 12}), strip=False
    )
    place = PlaceField(label=_("Place that the person named"), required=False)
    when = forms.CharField(label=_("When it happened"), required=False, max_length=200)
    amount = forms.CharField(label=_("Sum"), required=False, max_length=200)
    attached = FilesField(label=_("Scans and other files"), required=False)
    name = forms.CharField(label=_("Name"), required=False, max_length=100)
    phone = forms.CharField(label=_("Phone"), required=False, max_length=60)
    address = forms.CharField(label=_("Address"), required=False, max_length=300)
    id_number = forms.CharField(label=_("ID number"), required=False, max_length=40)
    withheld = forms.BooleanField(label=_("The identity is to be withheld from the handlers"), required=False)

    IDENTITY = ("name", "phone", "address", "id_number")
    ABOUT = ("name", "unit", "post")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {"name": _("Accused: name"), "unit": _("Accused: unit"), "post": _("Accused: post")}
        for i in range(ACCUSED):
            for part in self.ABOUT:
                self.fields[f"accused_{i}_{part}"] = forms.CharField(
                    label=labels[part], required=False, max_length=100
                )
        self.initial.setdefault("uid", uuid.uuid4())
        self.initial.setdefault("channel", Channel.LETTER)
        self.initial.setdefault("received", timezone.localdate().isoformat())
        self.fields["text"].widget.attrs["autofocus"] = True

    def clean_received(self) -> Any:
        day = self.cleaned_data["received"]
        if day > timezone.localdate():
            raise ValidationError(_("A report cannot have come in the future."))
        return day

    def accused_rows(self) -> list[list[forms.BoundField]]:
        return [[self[f"accused_{i}_{part}"] for part in self.ABOUT] for i in range(ACCUSED)]

    def identity_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.IDENTITY]

    def incoming(self, inbox: str = "") -> Incoming:
        """What the channel makes of it; raises Unreadable."""
        said = self.cleaned_data
        incoming = CHANNELS[said["channel"]](
            {
                "id": f"desk-{said['uid']}",
                "title": said["title"],
                "text": said["text"],
                "received": self._moment().isoformat(),
                "inbox": inbox,
                "place": said["place"].pk if said["place"] else "",
                "when": said["when"],
                "amount": said["amount"],
                "accused": self._accused(),
                "identity": {name: said[name] for name in self.IDENTITY if said[name]},
                "withheld": said["withheld"],
                "language": "en" if said["text"].isascii() else "zh-hans",
            }
        )
        uploads = tuple(Upload(f.name or "file", f.read()) for f in said["attached"])
        return replace(incoming, uploads=uploads)

    def _moment(self) -> datetime:
        """Now for what came today; the beginning of the day for what came before."""
        now = timezone.localtime()
        day = self.cleaned_data["received"]
        if day == now.date():
            return now
        return timezone.make_aware(datetime(day.year, day.month, day.day))

    def _accused(self) -> list[dict[str, str]]:
        rows = [
            {part: self.cleaned_data[f"accused_{i}_{part}"] for part in self.ABOUT} for i in range(ACCUSED)
        ]
        return [row for row in rows if any(row.values())]


__all__ = ["RegisterForm", "Unreadable"]
