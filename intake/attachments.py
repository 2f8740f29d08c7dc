"""Files that come with a report: told by content, sealed as they came, copied clean for staff."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from intake import sealing, signals
from intake.channels.incoming import Upload
from intake.cleaning import REASONS, Uncleanable
from intake.models import Attachment, Message, Report
from intake.refusals import Refused
from intake.steps import passing

ROOT = Path(__file__).resolve().parent.parent
BATCH = 2  # copies in one sweep: reading reports must not wait for a hundred photographs
MOST_ATTEMPTS = 3
CLEANING_SECONDS = 120
REFUSED = 3  # how the cleaning process says that no copy can be made


@cache
def table() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "attachments.toml").read_text())


def kind_of(content: bytes) -> str | None:
    """The row of the table that these bytes belong to, by their first bytes, or None."""
    head = content[:64]
    for magic, kind in (
        (b"\xff\xd8\xff", "jpeg"),
        (b"\x89PNG\r\n\x1a\n", "png"),
        (b"%PDF-", "pdf"),
        (b"#!AMR", "amr"),
        (b"ID3", "mp3"),
        (b"\xff\xfb", "mp3"),
    ):
        if head.startswith(magic):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] == b"ftyp":
        return {b"heic": "heic", b"heix": "heic", b"mif1": "heic", b"M4A ": "m4a"}.get(head[8:12], "mp4")
    if head[:4] == b"PK\x03\x04":
        return (
            "docx" if b"word/document.xml" in content else "xlsx" if b"xl/workbook.xml" in content else None
        )
    return "text" if _is_text(content) else None


def _is_text(content: bytes) -> bool:
    if b"\0" in content:
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


def check(uploads: tuple[Upload, ...]) -> None:
    """Raises Refused with a sentence for the citizen when a file cannot be taken."""
    limits = table()["limits"]
    if len(uploads) > limits["files"]:
        raise Refused(_("At most %(n)d files can be attached.") % {"n": limits["files"]})
    if sum(len(u.content) for u in uploads) > limits["total"]:
        raise Refused(
            _("The files are too large together (at most %(mb)d MB).") % {"mb": limits["total"] >> 20}
        )
    for upload in uploads:
        _check_one(upload, limits["bytes"])


def _check_one(upload: Upload, most: int) -> None:
    name = upload.name[-80:]
    if not upload.content:
        raise Refused(_("The file “%(name)s” is empty.") % {"name": name})
    if len(upload.content) > most:
        raise Refused(
            _("The file “%(name)s” is too large (at most %(mb)d MB).") % {"name": name, "mb": most >> 20}
        )
    if kind_of(upload.content) is None:
        raise Refused(_("Files of the kind of “%(name)s” cannot be taken.") % {"name": name})


def keep(report: Report, upload: Upload, message: Message | None = None) -> Attachment:
    """Seals one checked file onto disk and gives its row. A file without a row is swept later."""
    kind = kind_of(upload.content) or "text"
    attachment = Attachment(
        report=report,
        message=message,
        token=secrets.token_hex(16),
        kind=kind,
        size=len(upload.content),
        fingerprint=sealing.fingerprint(upload.content, "attachment"),
        state=Attachment.State.WAITING if table()["kinds"][kind]["copy"] else Attachment.State.SEALED_ONLY,
    )
    attachment.payload = {"name": upload.name[-200:], "type": table()["kinds"][kind]["type"]}
    write_sealed(path_of(attachment, "original"), upload.content)
    passing("file")
    attachment.save()
    return attachment


def original(attachment: Attachment) -> bytes:
    return read_sealed(path_of(attachment, "original"))


def copy_for_staff(attachment: Attachment) -> bytes:
    """The cleaned copy; FileNotFoundError where there is none."""
    return read_sealed(path_of(attachment, "copy"))


def path_of(attachment: Attachment, which: str) -> Path:
    return folder() / attachment.token[:2] / f"{attachment.token}.{which}"


def folder() -> Path:
    return Path(settings.FLYPAPER_DATA) / "uploads"


def write_sealed(path: Path, content: bytes) -> None:
    """One file: key id, line feed, nonce + ciphertext, bound to its name; durable when it returns."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    key_id, sealed = sealing.seal(content, f"file:{path.name}")
    temporary = path.with_suffix(path.suffix + ".new")
    fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(fd, "wb") as f:
        f.write(key_id.encode() + b"\n" + sealed)
        f.flush()
        os.fsync(f.fileno())
    temporary.replace(path)


def read_sealed(path: Path) -> bytes:
    key_id, _line, sealed = path.read_bytes().partition(b"\n")
    return sealing.unseal(key_id.decode(), sealed, f"file:{path.name}")


def sweep_orphans(older_than: float = 3600) -> int:
    """Removes files that no row names (a transaction that was rolled back); how many.

    older_than: seconds; a younger file may belong to a transaction that is still open.
    """
    swept = 0
    for path in folder().glob("*/*"):
        if time.time() - path.stat().st_mtime < older_than:
            continue
        if not Attachment.objects.filter(token=path.name.partition(".")[0]).exists():
            path.unlink(missing_ok=True)
            swept += 1
    return swept


def copy_type(attachment: Attachment) -> str:
    """The MIME type of the cleaned copy, "" where there is none."""
    return attachment.payload.get("copy_type", "")


def reason_words(attachment: Attachment) -> str:
    """Why no copy could be made, for staff; "" where one was, or still is to be."""
    return {
        "too_large": _("The file unpacks to more than can be handled."),
        "too_many_pages": _("The document has too many pages."),
        "damaged": _("The file is damaged, or is not what it says it is."),
        "protected": _("The file is protected by a password."),
        "crashed": _("The file could not be processed."),
    }.get(attachment.payload.get("error", ""), "")


def clean_waiting() -> int:
    """Makes the cleaned copies of the attachments that wait for one; how many."""
    waiting = Attachment.objects.filter(state=Attachment.State.WAITING).order_by("attempts", "pk")
    return sum(clean(attachment) for attachment in waiting[:BATCH])


def clean(attachment: Attachment) -> bool:
    """Makes one cleaned copy, in a process of its own. True: the attachment waits no more.

    The attempt is counted before it is made, so that a file that takes the worker with it is given up.
    """
    held = Attachment.objects.filter(pk=attachment.pk, state=Attachment.State.WAITING)
    if not held.update(attempts=F("attempts") + 1):
        return False
    attachment.attempts += 1
    try:
        copy, mime = _copied(attachment.kind, original(attachment))
    except (FileNotFoundError, sealing.SealBroken):
        return _settle(attachment, Attachment.State.FAILED, error="damaged")
    except Uncleanable as refused:
        if refused.reason == "crashed" and attachment.attempts < MOST_ATTEMPTS:
            return False
        return _settle(attachment, Attachment.State.FAILED, error=refused.reason)
    passing("copying")
    write_sealed(path_of(attachment, "copy"), copy)
    passing("copied")
    return _settle(attachment, Attachment.State.CLEANED, copy_type=mime)


def _settle(attachment: Attachment, state: Attachment.State, **said: str) -> bool:
    attachment.payload = {**attachment.payload, **said}
    with transaction.atomic():
        held = Attachment.objects.filter(pk=attachment.pk, state=Attachment.State.WAITING)
        if not held.update(state=state, key_id=attachment.key_id, sealed=attachment.sealed):
            return False
        attachment.state = state
        signals.attachment_cleaned.send(Report, attachment=attachment)
    return True


def _copied(kind: str, content: bytes) -> tuple[bytes, str]:
    limits = table()["limits"]
    command = [sys.executable, "-m", "intake.cleaning", kind, str(limits["pixels"]), str(limits["pages"])]
    try:
        done = subprocess.run(  # noqa: S603
            command,
            input=content,
            capture_output=True,
            cwd=ROOT,
            env={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"},
            timeout=CLEANING_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Uncleanable("crashed") from None
    if done.returncode == REFUSED:
        reason = done.stderr.decode("ascii", "replace")
        raise Uncleanable(reason if reason in REASONS else "crashed")
    if done.returncode:
        raise Uncleanable("crashed")
    mime, _line, copy = done.stdout.partition(b"\n")
    return copy, mime.decode()
