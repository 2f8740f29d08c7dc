"""Documents into the file and out of it, guarded by their versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from search.tokens import spaced

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    import apsw

    from search.query import Document

# A document is written when nothing newer, and no deletion as new, is known of the case.
NEWER = """
SELECT NOT EXISTS (SELECT 1 FROM meta WHERE id = :id AND version >= :version)
   AND NOT EXISTS (SELECT 1 FROM gone WHERE id = :id AND version >= :version)
"""
SEPARATOR = "|"


def put(connection: apsw.Connection, documents: list[Document]) -> None:
    fresh = [d for d in documents if _newer(connection, d.case_id, d.version)]
    keys = [(d.case_id,) for d in fresh]
    connection.executemany("DELETE FROM words WHERE rowid = ?", keys)
    connection.executemany("DELETE FROM gone WHERE id = ?", keys)
    connection.executemany(
        "INSERT INTO words (rowid, title, body, accused, number) VALUES (?, ?, ?, ?, ?)",
        ((d.case_id, spaced(d.title), spaced(d.text), spaced(d.accused), spaced(d.number)) for d in fresh),
    )
    known_wheres: dict[tuple[str, ...], int] = {}
    known_whats: dict[tuple[str, ...], int] = {}
    connection.executemany(
        "REPLACE INTO meta (id, version, received, where_id, what_id, largest_sum) VALUES (?, ?, ?, ?, ?, ?)",
        [
            (
                d.case_id,
                d.version,
                microseconds(d.received),
                _where(connection, d, known_wheres),
                _what(connection, d, known_whats),
                cents(d.largest_sum),
            )
            for d in fresh
        ],
    )


def take_out(connection: apsw.Connection, gone: dict[int, int]) -> None:
    """Deletes documents; the deletion's version is kept."""
    for case, version in gone.items():
        if _newer(connection, case, version):
            connection.execute("DELETE FROM words WHERE rowid = ?", (case,))
            connection.execute("DELETE FROM meta WHERE id = ?", (case,))
            connection.execute("REPLACE INTO gone VALUES (?, ?)", (case, version))
            connection.execute("REPLACE INTO untidy VALUES (1, 0)")


MERGED_PAGES = 1_000  # of one step: some tenths of a second


def tidy(connection: apsw.Connection) -> bool:
    """One step of merging away what FTS5 keeps of deleted documents; False when there is nothing left.

    A negative number of pages begins to merge all segments into one, positive ones go on with it; where
    fewer than two rows were changed, it is done.
    """
    begun = connection.execute("SELECT begun FROM untidy").get
    if begun is None:
        return False
    before = connection.total_changes()
    pages = MERGED_PAGES if begun else -MERGED_PAGES
    connection.execute("INSERT INTO words (words, rank) VALUES ('merge', ?)", (pages,))
    if connection.total_changes() - before < 2:
        connection.execute("DELETE FROM untidy")
    else:
        connection.execute("UPDATE untidy SET begun = 1")
    return True


def microseconds(moment: datetime) -> int:
    seconds = int(moment.timestamp())
    return seconds * 1_000_000 + moment.microsecond


def cents(amount: Decimal | None) -> int | None:
    return None if amount is None else int(amount * 100)


def packed(values: tuple[str, ...]) -> str:
    return SEPARATOR.join(values)


def _newer(connection: apsw.Connection, case: int, version: int) -> bool:
    return bool(connection.execute(NEWER, {"id": case, "version": version}).get)


def _where(connection: apsw.Connection, d: Document, known: dict[tuple[str, ...], int]) -> int:
    parts = (packed(d.seen_by), packed(d.places), d.zone, d.office)
    if parts not in known:
        known[parts] = _where_id(connection, d, parts)
    return known[parts]


def _where_id(connection: apsw.Connection, d: Document, parts: tuple[str, ...]) -> int:
    held = connection.execute(
        "SELECT id FROM wheres WHERE seen_by = ? AND places = ? AND zone = ? AND office = ?", parts
    ).get
    if held is not None:
        return held
    connection.execute("INSERT INTO wheres (seen_by, places, zone, office) VALUES (?, ?, ?, ?)", parts)
    made = connection.last_insert_rowid()
    connection.executemany("INSERT INTO seen VALUES (?, ?)", [(k, made) for k in dict.fromkeys(d.seen_by)])
    connection.executemany("INSERT INTO under VALUES (?, ?)", [(k, made) for k in dict.fromkeys(d.places)])
    return made


def _what(connection: apsw.Connection, d: Document, known: dict[tuple[str, ...], int]) -> int:
    parts = (packed(d.domains), d.channel, d.state, d.kind)
    if parts not in known:
        connection.execute(
            "INSERT OR IGNORE INTO whats (domains, channel, state, kind) VALUES (?, ?, ?, ?)", parts
        )
        known[parts] = connection.execute(
            "SELECT id FROM whats WHERE domains = ? AND channel = ? AND state = ? AND kind = ?", parts
        ).get
    return known[parts]
