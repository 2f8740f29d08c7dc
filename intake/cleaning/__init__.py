"""Makes a copy of one file without what it tells of its maker. Knows no Django, no database and no keys.

`python -m intake.cleaning KIND` reads the file from stdin and writes the copy to stdout, in a process of its
own with little memory and time: what comes from outside may be made to break the one who opens it.
"""

from __future__ import annotations

from dataclasses import dataclass

REASONS = ("too_large", "too_many_pages", "damaged", "protected", "crashed")


class Uncleanable(Exception):
    """No copy can be made; `reason` is one of REASONS."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Limits:
    """pixels: of one image. pages: of one document. unpacked: bytes of all parts of one document."""

    pixels: int = 50_000_000
    pages: int = 500
    unpacked: int = 200_000_000


def clean(kind: str, content: bytes, limits: Limits) -> tuple[bytes, str]:
    """(copy, MIME type). kind: a row of attachments.toml with a `copy`. Raises Uncleanable."""
    if kind in ("jpeg", "png", "webp", "heic"):
        from intake.cleaning.images import clean_image

        return clean_image(kind, content, limits)
    if kind == "pdf":
        from intake.cleaning.pdf import clean_pdf

        return clean_pdf(content, limits), "application/pdf"
    if kind == "docx":
        from intake.cleaning.docx import TYPE, clean_docx

        return clean_docx(content, limits), TYPE
    if kind == "text":
        return clean_text(content), "text/plain; charset=utf-8"
    raise ValueError(f"no copy is made of {kind}")


def clean_text(content: bytes) -> bytes:
    """UTF-8, whatever it came in."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding).encode()
        except UnicodeDecodeError:
            continue
    raise Uncleanable("damaged")
