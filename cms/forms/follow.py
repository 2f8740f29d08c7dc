"""What a reporter may write under the code."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.forms.fields import FileBox, Words
from intake.actions import LONGEST_TEXT


class CodeForm(forms.Form):
    code = Words(
        label=gettext_lazy("Receipt code"),
    )


class MessageForm(forms.Form):
    text = Words(rows=6, label=gettext_lazy("Your message"))

    def clean_text(self) -> str:
        if len(self.cleaned_data["text"]) > LONGEST_TEXT:
            raise forms.ValidationError(
                _("The text is too long (at most %(n)d characters).") % {"n": LONGEST_TEXT}
            )
        return self.cleaned_data["text"]


class MessageEntry:
    """One message as posted: the text and the files, kept under its own id until it is sent."""

    def __init__(
        self,
        posted: Mapping[str, str] | None = None,
        files: list[UploadedFile] | None = None,
        passed_over: Iterable[str] = (),
    ) -> None:
        sent = posted is not None and bool(posted.get("uid"))
        self.uid = _uid(posted.get("uid", "")) if posted is not None else ""
        known = bool(self.uid)
        self.uid = self.uid or str(uuid.uuid4())
        self.form = MessageForm(posted if sent else None)
        self.files = FileBox(self.uid if known else "", files or (), passed_over)
        self.files.form = self.uid

    def is_valid(self) -> bool:
        return self.form.is_valid() and not self.files.errors

    def mistakes(self) -> list[tuple[str, str]]:
        found = [("id_text", str(e)) for e in self.form["text"].errors]
        return found + [("id_files", e) for e in self.files.errors]


def _uid(typed: str) -> str:
    try:
        return str(uuid.UUID(typed))
    except ValueError:
        return ""
