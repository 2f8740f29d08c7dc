"""Files of a form that could not be sent yet: sealed under the form's id for an hour, so that a browser,
which never fills in a file field again, need not ask for them twice."""

from __future__ import annotations

import logging
import secrets
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from intake import attachments, sealing
from intake.channels.incoming import Upload

log = logging.getLogger("flypaper.intake")

KEPT_SECONDS = 3600
MOST_BYTES = 1 << 30  # of all drafts together: a flood of failing forms may not fill the disk


@dataclass(frozen=True)
class Draft:
    """One kept file. token: the name by which the form asks to remove it."""

    token: str
    name: str
    size: int


def keep(form: str, upload: Upload) -> Draft | None:
    """Seals one file that `attachments.check` has passed; None when there is no room for more."""
    held = listed(form)
    same = next((d for d in held if (d.name, d.size) == (upload.name, len(upload.content))), None)
    if same is not None and _content(form, same.token) == upload.content:
        return same
    if _all_bytes() + len(upload.content) > MOST_BYTES:
        return None
    draft = Draft(secrets.token_hex(8), upload.name[-200:], len(upload.content))
    try:
        _write(_folder(form) / draft.token, draft, upload.content)
    except OSError as error:
        log.error("a form's file could not be kept: %s", type(error).__name__)
        remove(form, draft.token)
        return None
    return draft


def _write(place: Path, draft: Draft, content: bytes) -> None:
    attachments.write_sealed(place.with_suffix(".file"), content)
    # The name is written last: a file without a name was not kept whole and is not listed.
    said = sealing.dumps({"name": draft.name, "size": draft.size})
    attachments.write_sealed(place.with_suffix(".name"), said)


def listed(form: str) -> list[Draft]:
    """What is kept for a form, oldest first."""
    return [d for path in sorted(_folder(form).glob("*.name"), key=_age) if (d := _read(path)) is not None]


def uploads(form: str) -> tuple[Upload, ...]:
    found = ((d.name, _content(form, d.token)) for d in listed(form))
    return tuple(Upload(name, content) for name, content in found if content is not None)


def _read(path: Path) -> Draft | None:
    raw = _unsealed(path)
    if raw is None:
        return None
    said = sealing.loads(raw)
    return Draft(path.stem, said["name"], said["size"])


def _unsealed(path: Path) -> bytes | None:
    """None when it was swept meanwhile, or its key was rotated away within the hour."""
    try:
        return attachments.read_sealed(path)
    except (FileNotFoundError, sealing.SealBroken):
        return None


def _age(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def remove(form: str, token: str) -> None:
    """Takes one file back; a token that is not there is no error (the button was pressed twice)."""
    for path in _folder(form).glob("*.*"):
        if path.name.partition(".")[0] == token:
            path.unlink(missing_ok=True)


def drop(form: str) -> None:
    shutil.rmtree(_folder(form), ignore_errors=True)


def move(form: str, to: str) -> None:
    """Keeps the files of one form for another one (a second report with the same text)."""
    if _folder(form).is_dir() and not _folder(to).exists():
        _folder(form).rename(_folder(to))


def sweep(now: float | None = None) -> int:
    """Removes what is older than an hour; how many forms' files went."""
    oldest = (now or time.time()) - KEPT_SECONDS
    gone = [p for p in _all() if p.stat().st_mtime < oldest]
    for path in gone:
        shutil.rmtree(path, ignore_errors=True)
    return len(gone)


def _content(form: str, token: str) -> bytes | None:
    return _unsealed(_folder(form) / f"{token}.file")


def _root() -> Path:
    return Path(settings.FLYPAPER_DATA) / "drafts"


def _all() -> list[Path]:
    return list(_root().iterdir()) if _root().is_dir() else []


def _all_bytes() -> int:
    return sum(draft_file.stat().st_size for draft_file in _root().glob("*/*.file") if draft_file.exists())


def _folder(form: str) -> Path:
    """Named by a keyed hash: the form's id makes the receipt code and must not stand on the disk."""
    return _root() / sealing.fingerprint(form, "draft")[:32]
