"""Questions and documents in FTS5's terms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from search.backends.sqlite import answers, writes
from search.backends.sqlite.file import SearchFile
from search.query import SearchDown

if TYPE_CHECKING:
    from search.query import Ask, Document, Found, Like, Row

WINDOW = 10_000


class SqliteEngine:
    """The file is opened by each thread that needs it; the object itself holds nothing."""

    name = "sqlite"

    def __init__(self, generation: str) -> None:
        self.generation = generation
        self.file = SearchFile(generation)

    def search(self, ask: Ask) -> Found:
        with self.file.reading() as connection:
            return answers.search(connection, ask)

    def similar(self, like: Like) -> list[Row]:
        with self.file.reading() as connection:
            return answers.similar(connection, like)

    def write(self, documents: Iterable[Document], gone: dict[int, int]) -> None:
        """All in one transaction. A version that is not newer than the held one changes nothing."""
        with self.file.writing() as connection:
            writes.put(connection, list(documents))
            writes.take_out(connection, gone)

    def versions(self, after: int = 0) -> Iterator[tuple[int, int]]:
        """(case, version) of all documents with a key above `after`, ascending, in windows."""
        while True:
            with self.file.reading() as connection:
                rows = list(
                    connection.execute(
                        "SELECT id, version FROM meta WHERE id > ? ORDER BY id LIMIT ?", (after, WINDOW)
                    )
                )
            yield from rows
            if len(rows) < WINDOW:
                return
            after = rows[-1][0]

    def given_after(self, version: int) -> dict[int, int]:
        with self.file.reading() as connection:
            found = connection.execute(
                "SELECT id, version FROM meta WHERE version > ?1"
                " UNION ALL SELECT id, version FROM gone WHERE version > ?1",
                (version,),
            )
            return dict(found)

    def tidy(self) -> bool:
        with self.file.writing() as connection:
            return writes.tidy(connection)

    def usable(self) -> bool:
        if self.file.broken_mark.exists():
            return False
        try:
            with self.file.reading():
                return True
        except SearchDown:
            return False

    def create(self) -> None:
        self.file.create()

    def delete(self) -> None:
        self.file.delete()

    def delete_others(self) -> None:
        self.file.delete_others()
