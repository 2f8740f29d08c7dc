"""One writer at a time.

SQLite lets one connection write and makes the others sleep and try again, in steps that grow to
100 ms: a few threads that write at once wait half a second at the 99th percentile. Behind the gate
the threads of a process queue up, and the first of each process asks for a lock on a file beside
the database at short intervals (docs/develop/decisions/write-gate.md).
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from pathlib import Path

from django.db.utils import OperationalError

FIRST_PAUSE = 0.0001
LONGEST_PAUSE = 0.0003
CLOSED = -1

# One thread of this process at a time asks for the lock; the others wait here without asking.
_turns: dict[Path, threading.Lock] = {}
os.register_at_fork(after_in_child=_turns.clear)


class WriteGate:
    """A lock between connections, of this process and of others. Held once, however often asked for."""

    def __init__(self, path: Path, timeout: float) -> None:
        self.path = path
        self.timeout = timeout
        self._turn: threading.Lock | None = None
        self._file = CLOSED
        self._process = 0

    @property
    def held(self) -> bool:
        return self._turn is not None and self._process == os.getpid()

    def enter(self) -> None:
        """Waits for the others at most `timeout` seconds, then raises OperationalError."""
        if self.held:
            return
        self._open()
        deadline = time.monotonic() + self.timeout
        turn = _turns.setdefault(self.path, threading.Lock())
        if not turn.acquire(timeout=self.timeout):
            raise self._too_long()
        try:
            self._ask_until(deadline)
        except BaseException:
            turn.release()
            raise
        self._turn = turn

    def leave(self) -> None:
        if self.held:
            fcntl.flock(self._file, fcntl.LOCK_UN)
            self._pass_on()

    def close(self) -> None:
        """Closing the file gives the lock back, too."""
        if self._file != CLOSED:
            os.close(self._file)
            self._file = CLOSED
        if self.held:
            self._pass_on()

    def _pass_on(self) -> None:
        turn, self._turn = self._turn, None
        if turn is not None:
            turn.release()

    def _open(self) -> None:
        # A forked child shares its parent's open file and with it the lock: it needs its own.
        if self._file == CLOSED or self._process != os.getpid():
            self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            self._process = os.getpid()
            self._turn = None

    def _ask_until(self, deadline: float) -> None:
        pause = FIRST_PAUSE
        while not self._try():
            if time.monotonic() > deadline:
                raise self._too_long()
            time.sleep(pause)
            pause = min(pause * 1.5, LONGEST_PAUSE)

    def _try(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _too_long(self) -> OperationalError:
        return OperationalError(
            f"Another process has been writing to the database for more than {self.timeout:g} seconds "
            f"(it holds {self.path.name})."
        )
