"""The database wrapper that Django loads for `ENGINE = "cms.database"`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from django.db.backends.sqlite3 import base

from cms.database.gate import WriteGate

READS = re.compile(r"\s*(SELECT|PRAGMA|EXPLAIN|VALUES|SAVEPOINT|RELEASE|ROLLBACK|COMMIT|BEGIN)\b", re.I)
WRITES_SOMEWHERE = re.compile(r"\b(INSERT|UPDATE|DELETE|REPLACE)\b", re.I)
WITH = re.compile(r"\s*WITH\b", re.I)
RETURNING = re.compile(r"\bRETURNING\b", re.I)


def writes(sql: str) -> bool:
    """Whether a statement may write. A doubtful one counts as writing: it only waits its turn."""
    if READS.match(sql):
        return False
    return not WITH.match(sql) or bool(WRITES_SOMEWHERE.search(sql))


class GatedCursor(base.SQLiteCursorWrapper):
    """Takes the gate for each writing statement that runs outside a transaction of its own."""

    wrapper: DatabaseWrapper

    def execute(self, query: str, params: Any = None) -> Any:
        if not self._gated(query):
            return super().execute(query, params)
        return self._through_gate(query, super().execute, query, params)

    def executemany(self, query: str, param_list: Any) -> Any:
        if not self._gated(query):
            return super().executemany(query, param_list)
        return self._through_gate(query, super().executemany, query, param_list)

    def close(self) -> None:
        super().close()
        self.wrapper.leave_unless_writing()

    def _gated(self, query: str) -> bool:
        return self.wrapper.gate is not None and not self.wrapper.in_atomic_block and writes(query)

    def _through_gate(self, query: str, run: Any, *args: Any) -> Any:
        self.wrapper.enter()
        try:
            return run(*args)
        finally:
            # SQLite ends a RETURNING statement when its rows have been fetched: close() gives the gate back.
            if not RETURNING.search(query):
                self.wrapper.leave_unless_writing()


class DatabaseWrapper(base.DatabaseWrapper):
    """Writers pass one by one, whether in `atomic` or in autocommit; readers never wait."""

    gate: WriteGate | None = None

    # The methods that are ignored below are Django's own; its stubs leave out what begins with an underscore.

    def get_connection_params(self) -> dict[str, Any]:
        params = super().get_connection_params()
        if not self.is_in_memory_db() and self.gate is None:
            name = Path(self.settings_dict["NAME"])
            self.gate = WriteGate(name.with_name(name.name + ".gate"), params.get("timeout", 5.0))
        return params

    def create_cursor(self, name: str | None = None) -> GatedCursor:
        cursor = self.connection.cursor(factory=GatedCursor)
        cursor.wrapper = self
        return cursor

    def enter(self) -> None:
        if self.gate is not None:
            self.gate.enter()

    def leave(self) -> None:
        if self.gate is not None:
            self.gate.leave()

    def leave_unless_writing(self) -> None:
        """Gives the gate back unless the connection has an open transaction."""
        if self.connection is not None and not self.connection.in_transaction:
            self.leave()

    def _start_transaction_under_autocommit(self) -> None:
        self.enter()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self.leave()
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        self.leave()

    def _rollback(self) -> None:
        super()._rollback()  # type: ignore[misc]
        self.leave()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            if self.gate is not None:
                self.gate.close()
