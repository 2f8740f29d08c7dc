"""Too large a file is let run past, so that the rest of the form arrives: a citizen who chose a long video
must not lose the letter."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest
from django.utils.translation import gettext as _

from intake import attachments


class LargeFileSkipper(FileUploadHandler):
    """First of a request's handlers. `sentences`: one for each file that was let past."""

    chunk_size = 256 << 10

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        limits = attachments.table()["limits"]
        self.most_bytes, self.most_total = limits["bytes"], limits["total"]
        self.sentences: list[str] = []
        self.total = self.size = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.size = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.size += len(raw_data)
        self.total += len(raw_data)
        name = (self.file_name or "")[-80:]
        if self.size > self.most_bytes:
            self._skip(
                _("The file “%(name)s” is too large (at most %(mb)d MB).")
                % {"name": name, "mb": self.most_bytes >> 20}
            )
        if self.total > self.most_total:
            self._skip(
                _("The files are too large together (at most %(mb)d MB).") % {"mb": self.most_total >> 20}
            )
        return raw_data

    def _skip(self, sentence: str) -> None:
        self.sentences.append(sentence)
        self.total -= self.size
        raise SkipFile

    def file_complete(self, file_size: int) -> None:
        return None  # the next handler has kept it


def watch(request: HttpRequest) -> None:
    """To be called before the body is read."""
    request.upload_handlers.insert(0, LargeFileSkipper(request))


def passed_over(request: HttpRequest) -> list[str]:
    """What to tell the citizen of files that were too large."""
    return [s for h in request.upload_handlers if isinstance(h, LargeFileSkipper) for s in h.sentences]
