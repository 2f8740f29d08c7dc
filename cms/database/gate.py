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
# How long a polite process rests after it held others up: twice as long each time, until nobody waited.
SHORTEST_REST = 0.002
LONGEST_REST = 0.25

# One thread of this process at a time asks for the lock; the others wait here without asking.
_turns: dict[Path, threading.Lock] = {}
os.register_at_fork(after_in_child=_turns.clear)


class WriteGate:
    """A lock between connections, of this process and of others. Held once, however often asked for.

    polite: set in a process whose work can wait (the embedded worker). In a flood of reports it leaves the
    gate to those who answer citizens, and still gets on.
    """

    polite = False

    def __init__(self, path: Path, timeout: float) -> None:
        self.path = path
        self.timeout = timeout
        self._turn: threading.Lock | None = None
        self._file = self._queue = CLOSED
        self._process = 0
        self._rest = self._rests_until = 0.0

    @property
    def held(self) -> bool:
        return self._turn is not None and self._process == os.getpid()

    def enter(self) -> None:
        """Waits for the others at most `timeout` seconds, then raises OperationalError."""
        if self.held:
            return
        self._open()
        if self._rest and (rest := self._rests_until - time.monotonic()) > 0:
            time.sleep(rest)
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
            if self.polite:
                self._plan_rest()
            fcntl.flock(self._file, fcntl.LOCK_UN)
            self._pass_on()

    def close(self) -> None:
        """Closing the file gives the lock back, too."""
        if self._file != CLOSED:
            os.close(self._file)
            os.close(self._queue)
            self._file = self._queue = CLOSED
        if self.held:
            self._pass_on()

    def _pass_on(self) -> None:
        turn, self._turn = self._turn, None
        if turn is not None:
            turn.release()

    def _open(self) -> None:
        # A forked child shares its parent's open file and with it the lock: it needs its own.
        if self._file == CLOSED or self._process != os.getpid():
            self._file = self._file_of(self.path)
            self._queue = self._file_of(self.path.with_name(self.path.name + ".queue"))
            self._process = os.getpid()
            self._turn = None

    def _file_of(self, path: Path) -> int:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def _ask_until(self, deadline: float) -> None:
        if self._try():
            return
        # A shared lock on the second file is what one who waits is known by.
        fcntl.flock(self._queue, fcntl.LOCK_SH)
        try:
            pause = FIRST_PAUSE
            while not self._try():
                if time.monotonic() > deadline:
                    raise self._too_long()
                time.sleep(pause)
                pause = min(pause * 1.5, LONGEST_PAUSE)
        finally:
            fcntl.flock(self._queue, fcntl.LOCK_UN)

    def _plan_rest(self) -> None:
        self._rest = min(max(2 * self._rest, SHORTEST_REST), LONGEST_REST) if self._somebody_waits() else 0.0
        self._rests_until = time.monotonic() + self._rest

    def _somebody_waits(self) -> bool:
        try:
            fcntl.flock(self._queue, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        fcntl.flock(self._queue, fcntl.LOCK_UN)
        return False

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
