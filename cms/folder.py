"""The folder that holds all state: `FLYPAPER_DATA`, readable by its owner alone."""

from __future__ import annotations

import errno
import fcntl
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

FULL = {errno.ENOSPC, errno.EDQUOT}
SPILLED_UPLOAD_LIVES = 3600


class FolderUnusable(Exception):
    """The data folder cannot be written; the message is a sentence for the person at the terminal."""


class Locked(Exception):
    """Another process holds the lock."""


def root() -> Path:
    return Path(settings.FLYPAPER_DATA)


def run() -> Path:
    """For pipes, locks and the heartbeat: nothing in it outlives a restart or belongs into a backup."""
    return root() / "run"


def prepare() -> Path:
    """Makes the folder with its parts, or says in one sentence why not."""
    try:
        root().mkdir(parents=True, exist_ok=True, mode=0o700)
        for part in (run(), Path(settings.FILE_UPLOAD_TEMP_DIR), Path(settings.MEDIA_ROOT)):
            part.mkdir(exist_ok=True, mode=0o700)
        probe = run() / "probe"
        probe.write_bytes(b"\0" * 65536)
        probe.unlink()
    except OSError as error:
        if error.errno in FULL:
            raise FolderUnusable(f"The disk that holds {root()} is full.") from None
        raise FolderUnusable(f"{root()} cannot be written: {error.strerror}.") from None
    return root()


def free_bytes() -> int:
    return shutil.disk_usage(root()).free


def sweep_spilled_uploads() -> int:
    """Removes what an interrupted upload left; how many files."""
    oldest = time.time() - SPILLED_UPLOAD_LIVES
    gone = 0
    for file in Path(settings.FILE_UPLOAD_TEMP_DIR).glob("*.upload*"):
        try:
            if file.stat().st_mtime < oldest:
                file.unlink()
                gone += 1
        except FileNotFoundError:
            continue  # Django removed it itself in the meantime
    return gone


@contextmanager
def lock(name: str) -> Iterator[None]:
    """Held by one process at a time; given back even when the process is killed."""
    run().mkdir(parents=True, exist_ok=True, mode=0o700)
    with (run() / f"{name}.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Locked(name) from None
        yield
