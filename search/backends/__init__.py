"""The engines. Each is a folder with one class of few methods; a setting chooses one.

An engine takes documents and questions of `search.query` and knows neither users nor tables. It serves one
generation: an index made for this database in this state, never trusted for another one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from search.query import Ask, Candidate, Document, Found, Like, RouteQuestion, Row, ZoneDocument


class Engine(Protocol):
    """search, similar: of what the keys of the question may see. write: guarded by version, an older one never
    replaces a newer one; all or nothing. versions: what it holds, by key. given_after: documents and
    deletions with a higher version. tidy: one short step of getting rid of what deleted documents left; False when nothing is left to
    do. usable: whether it is this generation's and whole, as far as can be told at a glance."""

    name: str
    generation: str

    def search(self, ask: Ask) -> Found: ...
    def similar(self, like: Like) -> list[Row]: ...
    def write(self, documents: Iterable[Document], gone: dict[int, int]) -> None: ...
    def versions(self, after: int = 0) -> Iterator[tuple[int, int]]: ...
    def given_after(self, version: int) -> dict[int, int]: ...
    def tidy(self) -> bool: ...
    def usable(self) -> bool: ...
    def create(self) -> None: ...
    def delete(self) -> None: ...
    def delete_others(self) -> None: ...


def engine(generation: str) -> Engine:
    if settings.FLYPAPER_SEARCH == "sqlite":
        from search.backends.sqlite import SqliteEngine

        return SqliteEngine(generation)
    raise ImproperlyConfigured(f"FLYPAPER_SEARCH={settings.FLYPAPER_SEARCH} names no search engine")


def route(question: RouteQuestion, zones: Iterable[ZoneDocument]) -> list[Candidate]:
    """Which of the zones may and should take a case, the best first. Raises SearchDown."""
    if settings.FLYPAPER_SEARCH == "sqlite":
        from search.backends.sqlite import zones as index

        return index.route(question, zones)
    raise ImproperlyConfigured(f"FLYPAPER_SEARCH={settings.FLYPAPER_SEARCH} names no search engine")
