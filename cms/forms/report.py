"""The report form: one page, the free text first; only the text is needed."""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from cms.forms.fields import FileBox, Words
from cms.forms.places import PlaceChoice
from intake.actions import LONGEST_TEXT
from intake.channels import Accused, Identity, Incoming, Upload
from intake.models import Report

HINTED_TEXT = 3000  # what the form asks for; more is accepted
LONGEST_LINE = 200
MOST_ACCUSED = 20

RANKS = [
    ("", gettext_lazy("I don't know")),
    ("village", gettext_lazy("Village or community official")),
    ("township", gettext_lazy("Township official or staff")),
    ("county", gettext_lazy("County official or staff")),
    ("city_or_above", gettext_lazy("City level or above")),
    ("enterprise_institution", gettext_lazy("School, hospital, company or other institution")),
]


class AccusedForm(forms.Form):
    name = Words(label=gettext_lazy("Full name"), max_length=LONGEST_LINE)
    unit = Words(label=gettext_lazy("Village, office or unit"), max_length=LONGEST_LINE)
    post = Words(label=gettext_lazy("Post"), max_length=LONGEST_LINE)
    rank = forms.ChoiceField(label=gettext_lazy("Level"), choices=RANKS, required=False)

    def accused(self) -> Accused | None:
        """None for a row in which neither name, unit nor post was filled in."""
        said = {k: self.cleaned_data.get(k, "") for k in ("name", "unit", "post", "rank")}
        return Accused(**said) if any(said[k].strip() for k in ("name", "unit", "post")) else None


class ReportForm(forms.Form):
    text = Words(rows=12, label=gettext_lazy("What happened?"))
    when = Words(label=gettext_lazy("When did it happen?"), max_length=LONGEST_LINE)
    amount = Words(label=gettext_lazy("How much money or property?"), max_length=LONGEST_LINE)
    who = forms.ChoiceField(
        label=gettext_lazy("Do you want to give your name?"),
        choices=[
            ("anonymous", gettext_lazy("No, report anonymously")),
            ("named", gettext_lazy("Yes, report under my name")),
        ],
        required=False,
        initial="anonymous",
    )
    name = Words(label=gettext_lazy("Your name"), max_length=LONGEST_LINE)
    phone = Words(label=gettext_lazy("Your telephone"), max_length=LONGEST_LINE)
    email = forms.EmailField(
        label=gettext_lazy("Your e-mail address"), max_length=LONGEST_LINE, required=False
    )
    withheld = forms.BooleanField(
        label=gettext_lazy("Do not show my name to those who handle the case"), required=False
    )
    # People do not see this field; programs that fill in everything do.
    website = forms.CharField(required=False)

    def clean_text(self) -> str:
        text = self.cleaned_data["text"]
        if not _is_visible(text):
            raise forms.ValidationError(_("Please write what happened."))
        if len(text) > LONGEST_TEXT:
            raise forms.ValidationError(
                _("The text is too long (at most %(n)d characters).") % {"n": LONGEST_TEXT}
            )
        return text

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise forms.ValidationError(
                _("Your browser filled in a field that is hidden from people. Please send the form again.")
            )
        return ""

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if not self.named:
            # Whoever chooses to stay unknown does so, whatever the browser put into the other fields.
            for name in ("name", "phone", "email"):
                self.errors.pop(name, None)
                said[name] = ""
            said["withheld"] = False
            return said
        if not said.get("name", "").strip():
            self.add_error("name", _("Please give your name, or choose to report anonymously."))
        if "phone" in said and said["phone"] and len(re.sub(r"\D", "", said["phone"])) < 5:
            self.add_error("phone", _("Please give a telephone number with all its digits."))
        elif "email" in said and not (said.get("phone") or said["email"]):
            self.add_error("phone", _("Please give a telephone number or an e-mail address."))
        return said

    @property
    def named(self) -> bool:
        return self.data.get("who") == "named"


class Entry:
    """All of one report form as it was posted: the text, the rows of accused, the place and the files."""

    def __init__(
        self,
        posted: Mapping[str, str] | None = None,
        files: list[UploadedFile] | None = None,
        passed_over: Iterable[str] = (),
    ) -> None:
        self.sent = posted is not None
        posted = posted or {}
        self.posted = posted
        self.uid = _uid(posted.get("uid", "")) or str(uuid.uuid4())
        self.known_uid = self.uid == posted.get("uid")
        self.form = ReportForm(posted if self.sent else None)
        self.accused = [
            AccusedForm(posted if self.sent else None, prefix=f"accused-{i}") for i in range(_rows(posted))
        ]
        self.place = PlaceChoice(posted)
        self.files = FileBox(self.uid if self.known_uid else "", files or (), passed_over)
        self.files.form = self.uid

    def add_accused(self) -> None:
        if len(self.accused) < MOST_ACCUSED:
            self.accused.append(AccusedForm(self.posted, prefix=f"accused-{len(self.accused)}"))

    def is_valid(self) -> bool:
        """Checks every part, so that all mistakes are told at once."""
        parts = [self.form.is_valid(), *(row.is_valid() for row in self.accused)]
        return all(parts) and not self.place.error and not self.files.errors

    def mistakes(self) -> Iterator[tuple[str, str]]:
        """(id of the field, sentence) of each mistake, in the order of the page."""
        order = [self.form["text"], *(field for row in self.accused for field in row)]
        yield from _mistakes(order)
        if self.place.error:
            yield f"id_{self.place.steps[-1].name}", self.place.error
        yield from _mistakes([self.form["when"], self.form["amount"]])
        yield from (("id_files", sentence) for sentence in self.files.errors)
        yield from _mistakes([self.form[n] for n in ("who", "name", "phone", "email")])
        # Its field is hidden; the summary leads to the button instead.
        yield from (("send", str(e)) for e in self.form.errors.get("website", ()))

    def incoming(self, uploads: tuple[Upload, ...]) -> Incoming:
        said = self.form.cleaned_data
        identity = Identity(name=said["name"], phone=said["phone"], email=said["email"])
        return Incoming(
            channel="web",
            external_id=self.uid,
            text=said["text"],
            place=self.place.key,
            accused=tuple(a for row in self.accused if (a := row.accused())),
            when=said["when"],
            amount=said["amount"],
            identity=identity,
            withheld=said["withheld"],
            language=(get_language() or "zh-hans")[:8],
            uploads=uploads,
        )


def stated(incoming: Incoming) -> dict[str, Any]:
    """What the form says beside the text, in the shape in which a Report keeps it."""
    said = {
        "accused": [vars(a) for a in incoming.accused],
        "place": incoming.place,
        "when": incoming.when,
        "amount": incoming.amount,
    }
    return {k: v for k, v in said.items() if v}


def addition(incoming: Incoming, report: Report) -> str:
    """What a second sending of the same form says that the first did not, as a message to the office."""
    parts = [] if report.text == incoming.text else [incoming.text]
    before, now = report.stated, stated(incoming)
    if now.get("accused", []) != before.get("accused", []):
        people = ["，".join(v for v in a.values() if v) for a in now.get("accused", [])]
        parts.append(_("Who: %(people)s") % {"people": "；".join(people) or "–"})
    for key, label in (("place", _("Where")), ("when", _("When")), ("amount", _("How much"))):
        if now.get(key, "") != before.get(key, ""):
            parts.append(f"{label}: {now.get(key, '') or '–'}")
    return "\n\n".join(parts)


def _is_visible(text: str) -> bool:
    """Is there anything in it but spaces and marks without width?"""
    return any(not c.isspace() and unicodedata.category(c) not in ("Cc", "Cf") for c in text)


def _mistakes(fields: list[Any]) -> Iterator[tuple[str, str]]:
    return ((field.id_for_label, str(error)) for field in fields for error in field.errors)


def _uid(typed: str) -> str:
    try:
        return str(uuid.UUID(typed))
    except ValueError:
        return ""


def _rows(posted: Mapping[str, str]) -> int:
    typed = posted.get("accused_rows", "1")
    return (
        min(max(int(typed), 1), MOST_ACCUSED) if typed.isascii() and typed.isdigit() and len(typed) < 4 else 1
    )
