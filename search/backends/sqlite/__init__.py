"""The embedded engine: FTS5 in an encrypted SQLite file of its own."""

from search.backends.sqlite.engine import SqliteEngine

__all__ = ["SqliteEngine"]
