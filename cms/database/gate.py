"""One writer at a time, in the order of arrival as far as the kernel keeps one.

SQLite lets one connection write and makes the others sleep and try again, in steps that grow to
100 ms: a few threads that write at once wait half a second at the 99th percentile. A lock on a
file beside the database is handed on at once (docs/develop/decisions/0002-write-gate.md).
"""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

from django.db.utils import OperationalError

FIRST_PAUSE = 0.0002
LONGEST_PAUSE = 0.004


class WriteGate:
    """A lock between connections, of this process and of others. Held once, however often asked for."""

    def __init__(self, path: Path, timeout: float) -> None:
        self.path = path
        self.timeout = timeout
        self.held = False
        self._file: int | None = None
        self._process = 0

    def enter(self) -> None:
        if self.held:
            return
        self._open()
        deadline = time.monotonic() + self.timeout
        pause = FIRST_PAUSE
        while not self._try():
            if time.monotonic() > deadline:
                raise OperationalError(
                    f"Another process has been writing to the database for more than {self.timeout:g} seconds "
                    f"(it holds {self.path.name})."
                )
            time.sleep(pause)
            pause = min(pause * 1.5, LONGEST_PAUSE)
        self.held = True

    def leave(self) -> None:
        if self.held:
            self.held = False
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        """Closing the file gives the lock back, too."""
        self.held = False
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _open(self) -> None:
        # A forked child shares its parent's open file and with it the lock: it needs its own.
        if self._file is None or self._process != os.getpid():
            self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            self._process = os.getpid()

    def _try(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
