"""The embedded worker: one process that does after the commit what Celery does in production."""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import close_old_connections
from django.utils.module_loading import import_string

from cms import folder
from cms.database.gate import WriteGate
from cms.logs import describe
from intake.bells import Doorbell

log = logging.getLogger("flypaper.worker")

LOOK_EVERY = 1.0  # seconds between two looks at the tables when no bell rings
LONGEST_BACK_OFF = 60.0


def heartbeat_path() -> Path:
    return folder.run() / "heartbeat"


def beat() -> None:
    heartbeat_path().touch()


@dataclass
class Sweep:
    """One `catch_up` of a package; after an error it rests, twice as long each time."""

    name: str
    call: Callable[[], int]
    failures: int = 0
    rests_until: float = field(default=0.0)

    def __call__(self) -> int:
        """How many things were done."""
        if time.monotonic() < self.rests_until:
            return 0
        try:
            done = self.call()
        except Exception as error:  # noqa: BLE001  (one broken row or package must not stop the others)
            self.failures += 1
            rest = min(2.0 ** (self.failures - 1), LONGEST_BACK_OFF)
            self.rests_until = time.monotonic() + rest
            log.error("%s failed and rests for %g s: %s", self.name, rest, describe(error))
            return 0
        self.failures = 0
        return done


class Worker:
    """Runs all sweeps until none has anything left to do, then waits for a bell."""

    def __init__(self, sweeps: list[Sweep], warm: list[Callable[[], object]]) -> None:
        self.sweeps = sweeps
        self.warm = warm
        self.stopping = False
        self.parent = int(os.environ.get("FLYPAPER_SERVER_PID", "0"))

    @classmethod
    def from_settings(cls) -> Worker:
        sweeps = [Sweep(name, import_string(name)) for name in settings.FLYPAPER_SWEEPS]
        modules = [
            __import__(name.rpartition(".")[0], fromlist=["catch_up"]) for name in settings.FLYPAPER_SWEEPS
        ]
        return cls(sweeps, [module.warm for module in modules if hasattr(module, "warm")])

    def stop_on_signals(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)

    def _stop(self, *_: object) -> None:
        self.stopping = True

    def round(self) -> int:
        """One pass over all sweeps; how many things were done."""
        close_old_connections()
        done = 0
        for sweep in self.sweeps:
            if self.stopping:
                break
            done += sweep()
            beat()
        return done

    def drain(self) -> int:
        """Rounds until one does nothing; how many sweeps failed."""
        while self.round() and not self.stopping:
            pass
        return sum(sweep.failures > 0 for sweep in self.sweeps)

    def run(self) -> None:
        bell = Doorbell()
        WriteGate.polite = True
        self.drain()
        for warm in self.warm:
            warm()
        while not self._orphaned() and not self.stopping:
            bell.wait(LOOK_EVERY)
            self.drain()
        bell.close()

    def _orphaned(self) -> bool:
        """A server that was killed cannot stop its worker: the worker sees it."""
        return bool(self.parent) and os.getppid() != self.parent
