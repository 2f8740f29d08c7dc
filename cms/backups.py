"""One file that holds an installation: database, keys, uploads, media. The search file is made anew.

The order makes the set consistent while the server runs: the database first, as one snapshot; files
after it, because a file is always written before the row that names it. A rotation of keys waits.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from cms import folder
from intake import sealing

FORMAT = 1
FOLDERS = ("uploads", "media")
SQLITE, POSTGRESQL = "database.sqlite3", "database.pgdump"


class BackupBroken(Exception):
    """The file is not a whole backup, or not one for this installation; the message is a sentence."""


class NotEmpty(Exception):
    """There is something that a restore would overwrite."""


def write(target: Path) -> int:
    """Writes the backup; how many bytes. What was at `target` is replaced only by a whole file."""
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    fd = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with folder.lock("keys"), os.fdopen(fd, "wb") as out, _work_folder("backup") as work:
            with tarfile.open(fileobj=out, mode="w") as tar:
                _write_parts(tar, work)
            out.flush()
            os.fsync(out.fileno())
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    part.replace(target)
    return target.stat().st_size


def _write_parts(tar: tarfile.TarFile, work: Path) -> None:
    digests: dict[str, str] = {}
    _add(tar, _dump(work), digests)
    _add(tar, sealing.key_path(), digests, "keys/ring.json")
    for name in FOLDERS:
        for path in _files(folder.root() / name):
            _add(tar, path, digests, str(path.relative_to(folder.root())))
    manifest = {"format": FORMAT, "made_at": timezone.now().isoformat(), "digests": digests}
    raw = json.dumps(manifest, indent=1).encode()
    entry = tarfile.TarInfo("manifest.json")
    entry.size, entry.mode = len(raw), 0o600
    tar.addfile(entry, io.BytesIO(raw))


def _add(tar: tarfile.TarFile, path: Path, digests: dict[str, str], name: str = "") -> None:
    try:
        raw = path.open("rb")
    except FileNotFoundError:
        return  # an upload that was deleted while the backup ran: its row is gone as well
    with raw:
        entry = tar.gettarinfo(fileobj=raw, arcname=name or path.name)
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = ""
        entry.mode = 0o600
        digests[entry.name] = _digest(raw)
        raw.seek(0)
        tar.addfile(entry, raw)


def _digest(raw: Any) -> str:
    return hashlib.file_digest(raw, "sha256").hexdigest()


def _files(root: Path) -> Iterator[Path]:
    return (path for path in sorted(root.rglob("*")) if path.is_file() and path.suffix != ".new")


def _dump(work: Path) -> Path:
    """The database as one consistent file."""
    if connection.vendor != "sqlite":
        target = work / POSTGRESQL
        _postgresql("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")
        return target
    target = work / SQLITE
    with (
        closing(sqlite3.connect(settings.DATABASES["default"]["NAME"])) as live,
        closing(sqlite3.connect(target)) as copy,
    ):
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
    return target


def _postgresql(program: str, *arguments: str) -> None:
    database = settings.DATABASES["default"]
    newest = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), key=lambda p: int(p.parts[4]))
    path = str(newest[-1]) if newest else shutil.which(program)
    if path is None:
        raise BackupBroken(f"{program} is not installed (Debian: postgresql-client).")
    environment = {
        **os.environ,
        "PGHOST": database["HOST"],
        "PGPORT": database["PORT"],
        "PGUSER": database["USER"],
        "PGPASSWORD": database["PASSWORD"],
    }
    line = [path, *arguments, f"--dbname={database['NAME']}"]
    done = subprocess.run(line, env=environment, capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        raise BackupBroken(f"{program} failed: {done.stderr.strip().splitlines()[-1]}")


@contextmanager
def _work_folder(name: str) -> Iterator[Path]:
    """A folder beside the data, on the same disk; nothing stays in it."""
    work = folder.root() / name
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True, mode=0o700)
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def restore(source: Path, *, force: bool) -> dict[str, Any]:
    """Puts a backup in the place of what is there; its manifest. The server must be stopped."""
    folder.prepare()
    with folder.lock("server"), folder.lock("worker"), folder.lock("keys"), _work_folder("restoring") as work:
        if not force and _holds_something():
            raise NotEmpty
        manifest = _unpack(source, work)
        connection.close()
        _put_in_place(work)
    return manifest


def _holds_something() -> bool:
    if sealing.key_path().exists():
        return True
    return "django_migrations" in connection.introspection.table_names()


def _unpack(source: Path, work: Path) -> dict[str, Any]:
    try:
        with tarfile.open(source, mode="r:") as tar:
            tar.extractall(work, filter="data")
        manifest = json.loads((work / "manifest.json").read_bytes())
        digests = manifest["digests"]
    except FileNotFoundError as error:
        missing = Path(error.filename).name if error.filename else "manifest.json"
        raise BackupBroken(f"There is no {missing}." if missing == source.name else BROKEN) from None
    except (tarfile.TarError, EOFError, KeyError, ValueError):
        raise BackupBroken(BROKEN) from None
    if manifest["format"] != FORMAT:
        raise BackupBroken(f"The backup has format {manifest['format']}; this version reads {FORMAT}.")
    for name, expected in digests.items():
        path = work / name
        if not path.is_file() or _digest_of(path) != expected:
            raise BackupBroken(f"The backup is damaged: {name} is not what was saved.")
    if _database_part() not in digests or "keys/ring.json" not in digests:
        raise BackupBroken(
            f"The backup holds no {_database_part()}: it was made on another kind of database."
        )
    return manifest


BROKEN = "The file is not a whole backup of this product."


def _digest_of(path: Path) -> str:
    with path.open("rb") as raw:
        return _digest(raw)


def _database_part() -> str:
    return SQLITE if connection.vendor == "sqlite" else POSTGRESQL


def _put_in_place(work: Path) -> None:
    """Keys last: a restore that is cut off leaves an installation that refuses to start."""
    root = folder.root()
    if connection.vendor != "sqlite":
        # In one transaction, and first: when the server refuses it, nothing else has been touched.
        _postgresql(
            "pg_restore",
            "--clean",
            "--if-exists",
            "--no-owner",
            "--single-transaction",
            str(work / POSTGRESQL),
        )
    kept = {work.name, folder.run().name, "demonstration"}
    for part in root.iterdir():
        if part.name not in kept:
            shutil.rmtree(part) if part.is_dir() else part.unlink()
    if connection.vendor == "sqlite":
        (work / SQLITE).replace(settings.DATABASES["default"]["NAME"])
    for name in FOLDERS:
        if (work / name).exists():
            (work / name).replace(root / name)
    (work / "keys").replace(root / "keys")
    folder.prepare()
