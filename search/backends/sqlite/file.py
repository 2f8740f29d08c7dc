"""The search file: encrypted, one connection a thread, and never trusted further than its generation.

The key is derived from the installation's keys, so that a stolen or copied file does not open. A file
that is missing, broken or of another generation is `SearchDown`; the worker then makes a new one.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw
from django.conf import settings

from intake import sealing
from search.query import SearchDown

BUSY_MS = 10_000
CACHE_KIB = 24_000  # of one connection; pages in it are decrypted already

SCHEMA = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- The words, apart from everything else and without their text. Its rowid is the case.
CREATE VIRTUAL TABLE words USING fts5(
    title, body, accused, number, content='', contentless_delete=1, tokenize='ascii'
);

-- One narrow row a case. What many cases have in common stands once in `wheres` and `whats`.
CREATE TABLE meta (
    id INTEGER PRIMARY KEY,
    version INTEGER NOT NULL,
    received INTEGER NOT NULL,
    where_id INTEGER NOT NULL,
    what_id INTEGER NOT NULL,
    largest_sum INTEGER
);
-- Both cover all that a question without words reads.
CREATE INDEX meta_received ON meta (received, id, where_id, what_id, largest_sum);
CREATE INDEX meta_where ON meta (where_id, what_id, received, largest_sum);

-- Versions of deletions, so that an older document does not come back.
CREATE TABLE gone (id INTEGER PRIMARY KEY, version INTEGER NOT NULL);

-- A row here: words of deleted documents may still lie in the index; begun: merging them away has begun.
CREATE TABLE untidy (id INTEGER PRIMARY KEY CHECK (id = 1), begun INTEGER NOT NULL);

CREATE TABLE wheres (
    id INTEGER PRIMARY KEY,
    zone TEXT NOT NULL,
    office TEXT NOT NULL,
    places TEXT NOT NULL,
    seen_by TEXT NOT NULL,
    UNIQUE (seen_by, places, zone, office)
);
CREATE TABLE seen (key TEXT NOT NULL, where_id INTEGER NOT NULL, PRIMARY KEY (key, where_id)) WITHOUT ROWID;
CREATE TABLE under (key TEXT NOT NULL, where_id INTEGER NOT NULL, PRIMARY KEY (key, where_id)) WITHOUT ROWID;

CREATE TABLE whats (
    id INTEGER PRIMARY KEY,
    domains TEXT NOT NULL,
    channel TEXT NOT NULL,
    state TEXT NOT NULL,
    kind TEXT NOT NULL,
    UNIQUE (domains, channel, state, kind)
);
"""

# Of the tables as they stand above: a file made by another version of the product is not trusted.
FORMAT = hashlib.sha256(SCHEMA.encode()).hexdigest()[:16]

# Kept only while a question is answered, in memory.
WORKING_TABLES = """
CREATE TEMP TABLE hits (
    id INTEGER PRIMARY KEY, score INTEGER, received INTEGER, where_id INTEGER, what_id INTEGER
);
CREATE TEMP TABLE counts (where_id INTEGER, what_id INTEGER, n INTEGER);
"""

BROKEN = (apsw.NotADBError, apsw.CorruptError)
UNUSABLE = (
    *BROKEN,
    apsw.CantOpenError,
    apsw.IOError,
    apsw.FullError,
    apsw.BusyError,
    apsw.ReadOnlyError,
    apsw.PermissionsError,
    apsw.SQLError,  # a table is missing: no file of ours, or of another format
)


class _Held(threading.local):
    """The connection of this thread, and of which process and file on disk it is."""

    connection: apsw.Connection | None = None
    identity: tuple[int, str, int] | None = None


_held = _Held()


def close() -> None:
    """Closes this thread's connection; one that a parent process opened is only forgotten."""
    connection, _held.connection = _held.connection, None
    if connection is not None and _held.identity and _held.identity[0] == os.getpid():
        connection.close()


class SearchFile:
    """The file of one generation. Each has a name of its own: a rebuilt index is a new file, so that no
    process that still has the old one open can touch the new one's log."""

    def __init__(self, generation: str) -> None:
        self.generation = generation
        self.path = folder() / f"search-{generation}.sqlite3"

    @property
    def broken_mark(self) -> Path:
        """Set by whoever meets a broken page, for the worker to see."""
        return self.path.with_name(self.path.name + ".broken")

    @contextmanager
    def reading(self) -> Iterator[apsw.Connection]:
        """One consistent view of the file for all statements of a question. Raises SearchDown."""
        with self._transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[apsw.Connection]:
        """One transaction; either all of it is on the disk or nothing. Raises SearchDown."""
        with self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection
            connection.execute("COMMIT")

    def create(self) -> None:
        """Makes an empty file where there is none."""
        with self._named_errors():
            connection = connect(self.path, make=True)
            self.path.chmod(0o600)
            with connection:
                connection.execute(SCHEMA)
                connection.executemany(
                    "INSERT INTO about VALUES (?, ?)",
                    [("format", FORMAT), ("generation", self.generation)],
                )
            connection.close()

    def delete(self) -> None:
        close()
        for ending in ("", "-wal", "-shm", ".broken"):
            self.path.with_name(self.path.name + ending).unlink(missing_ok=True)

    def delete_others(self) -> None:
        """Takes away the files of generations that are over."""
        for other in folder().glob("search-*.sqlite3*"):
            if not other.name.startswith(self.path.name):
                other.unlink(missing_ok=True)

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[apsw.Connection]:
        with self._named_errors():
            connection = self._connection()
            connection.execute(begin)
            try:
                yield connection
            finally:
                if not connection.get_autocommit():
                    connection.execute("ROLLBACK")

    def _connection(self) -> apsw.Connection:
        """This thread's connection, opened anew where the file is another one than before."""
        now = (os.getpid(), str(self.path), self.path.stat().st_ino)
        if _held.connection is None or _held.identity != now:
            close()
            connection = connect(self.path)
            held = dict(connection.execute("SELECT name, value FROM about"))
            if held != {"format": FORMAT, "generation": self.generation}:
                raise SearchDown("the search file belongs to another state of the database")
            _held.connection, _held.identity = connection, now
        return _held.connection

    @contextmanager
    def _named_errors(self) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:
            raise SearchDown("the search file is not there") from None
        except OSError as error:
            raise SearchDown(f"the search file cannot be used: {type(error).__name__}") from error
        except UNUSABLE as error:
            close()
            if isinstance(error, BROKEN):
                self.broken_mark.touch()
            raise SearchDown(f"the search file cannot be used: {type(error).__name__}") from error


def folder() -> Path:
    return Path(settings.FLYPAPER_DATA)


def connect(file: Path, *, make: bool = False) -> apsw.Connection:
    """A configured connection; raises apsw's errors."""
    flags = apsw.SQLITE_OPEN_READWRITE | (apsw.SQLITE_OPEN_CREATE if make else 0)
    connection = apsw.Connection(str(file), flags=flags)
    connection.set_busy_timeout(BUSY_MS)
    # The raw key: 32 random bytes need no slow derivation at each opening.
    connection.pragma("key", "raw:" + sealing.ring().derive("search").hex())
    connection.pragma("temp_store", 2)
    connection.pragma("cache_size", -CACHE_KIB)
    connection.pragma("journal_mode", "wal")
    # The outbox row is deleted after the write here: at power loss this file may not know less than it.
    connection.pragma("synchronous", 2)
    connection.pragma("secure_delete", True)
    connection.execute(WORKING_TABLES)
    return connection
