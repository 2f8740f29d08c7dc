"""Fields of the public forms: what a citizen types is stored as typed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from intake import attachments, drafts
from intake.channels import Upload
from intake.refusals import Refused


class Words(forms.CharField):
    """Free text as it was typed; only the line ends that a browser makes of it are undone."""

    def __init__(self, *, rows: int = 0, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
        super().__init__(required=False, strip=not rows, widget=widget, **kwargs)

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n")


class FileBox:
    """The files of one form: those kept under its id from before, and those that came just now.

    `errors` are sentences for the citizen; a file that cannot be taken does not take the others with it.
    """

    def __init__(self, form: str, came: Iterable[UploadedFile] = (), passed_over: Iterable[str] = ()) -> None:
        self.form = form
        self.kept = drafts.listed(form) if form else []
        self.new: list[Upload] = []
        self.errors: list[str] = [*passed_over]  # of files too large to be read at all
        for file in came:
            self._take(file)

    def _take(self, file: UploadedFile) -> None:
        name = (file.name or "")[-200:]
        upload = Upload(name, file.read())
        try:
            attachments.check((upload,))
            self._check_together(upload)
        except Refused as refused:
            self.errors.append(str(refused))
        else:
            self.new.append(upload)

    def _check_together(self, upload: Upload) -> None:
        limits = attachments.table()["limits"]
        if len(self.kept) + len(self.new) >= limits["files"]:
            raise Refused(_("At most %(n)d files can be attached.") % {"n": limits["files"]})
        total = sum(d.size for d in self.kept) + sum(len(u.content) for u in self.new)
        if total + len(upload.content) > limits["total"]:
            raise Refused(
                _("The files are too large together (at most %(mb)d MB).") % {"mb": limits["total"] >> 20}
            )

    def uploads(self) -> tuple[Upload, ...]:
        """All files of the form, those kept from before first; the same file once."""
        before = drafts.uploads(self.form) if self.kept else ()
        return tuple(dict.fromkeys((*before, *self.new)))

    def keep(self) -> None:
        """Keeps what came just now for the next try; a file for which there is no room is named."""
        for upload in self.new:
            if drafts.keep(self.form, upload) is None:
                self.errors.append(
                    _("The file “%(name)s” could not be kept. Please choose it again.")
                    % {"name": upload.name[-80:]}
                )
        if self.new:
            self.new = []
            self.kept = drafts.listed(self.form)

    def remove(self, token: str) -> None:
        drafts.remove(self.form, token)
        self.kept = [d for d in self.kept if d.token != token]
