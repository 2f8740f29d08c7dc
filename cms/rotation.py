"""A new key for everything that is sealed, while the server runs.

The new key seals from the moment it lies in the key file; the old ones open until nothing uses
them. A killed rotation is taken up where it stopped: a key ring with two keys is an unfinished one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from django.apps import apps
from django.db import transaction

from cms import folder
from intake import attachments, sealing
from intake.sealed_rows import SealedRow

BATCH = 200
SEALED_FOLDERS = ("uploads", "drafts")
# A request that sealed with the old key must have committed by then: the longest wait at the write
# gate is 20 s.
GRACE_SECONDS = 60


def sealed_models() -> list[type[SealedRow]]:
    return [model for model in apps.get_models() if issubclass(model, SealedRow)]


def sealed_files() -> Iterator[Path]:
    """Each file that `attachments.write_sealed` wrote: uploads, and drafts of forms not sent yet."""
    for top in SEALED_FOLDERS:
        for path in (folder.root() / top).rglob("*"):
            if path.is_file() and path.suffix != ".new":
                yield path


def begin() -> str:
    """The id of the key that seals from now on: a new one, or that of an unfinished rotation."""
    ring = sealing.ring()
    if len(ring.keys) == 1:
        ring = ring.with_new_key()
        ring.save(sealing.key_path())
    return ring.current


def waiting(current: str) -> int:
    """How many rows and files another key seals."""
    rows = sum(model._base_manager.exclude(key_id=current).count() for model in sealed_models())
    return rows + sum(_key_of(path) != current for path in sealed_files())


def seal_all_anew(current: str, progress: Callable[[int], object]) -> None:
    for model in sealed_models():
        while done := _seal_rows_anew(model, current):
            progress(done)
    for path in sealed_files():
        progress(_seal_file_anew(path, current))


def finish(current: str, grace: float = GRACE_SECONDS) -> bool:
    """Removes the old keys when nothing has used them for `grace` seconds; whether they are gone."""
    time.sleep(grace)
    seal_all_anew(current, lambda done: None)
    if waiting(current):
        return False
    ring = sealing.ring()
    ring.without(*(name for name in ring.keys if name != current)).save(sealing.key_path())
    return True


def _seal_rows_anew(model: type[SealedRow], current: str) -> int:
    with transaction.atomic():
        rows: Iterable[SealedRow] = model._base_manager.exclude(key_id=current).select_for_update()[:BATCH]
        rows = list(rows)
        for row in rows:
            row.seal_anew()
        model._base_manager.bulk_update(rows, ["key_id", "sealed"])
    return len(rows)


def _key_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.readline(64).rstrip(b"\n").decode("ascii", "replace")
    except FileNotFoundError:
        return sealing.ring().current  # deleted in the meantime: nothing is left to open


def _seal_file_anew(path: Path, current: str) -> int:
    if _key_of(path) == current:
        return 0
    try:
        attachments.write_sealed(path, attachments.read_sealed(path))
    except FileNotFoundError:
        return 0
    return 1
