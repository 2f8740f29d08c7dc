"""Bells: after a commit, tell the worker that there is something to do.

The database is the queue and the broker a doorbell. A bell that is lost costs a minute at most:
the worker's sweeps ask the tables what is still to do (`catch_up` in each package's tasks.py).
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import select
import time
from functools import partial
from pathlib import Path
from typing import Any

from celery import Task
from django.conf import settings
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger("flypaper.bells")

QUIET_SECONDS = 5  # after a failed ring: a dead broker may not slow down every report

_quiet_until = 0.0


def ring(task: Task, *args: Any) -> None:
    """When the current transaction commits, have `task` run soon. `args` are keys, never content."""
    transaction.on_commit(partial(_ring, task, args), robust=True)


def _ring(task: Task, args: tuple[Any, ...]) -> None:
    if settings.FLYPAPER_BROKER:
        _call_broker(task, args)
    else:
        _knock()


def _call_broker(task: Task, args: tuple[Any, ...]) -> None:
    global _quiet_until
    from redis.exceptions import RedisError  # half a second that an embedded installation need not pay

    if time.monotonic() < _quiet_until:
        return
    try:
        task.apply_async(args=args, retry=False)
    except (OperationalError, RedisError, OSError) as error:
        _quiet_until = time.monotonic() + QUIET_SECONDS
        log.warning(
            "The broker does not answer (%s); the timed sweep will do %s.", type(error).__name__, task.name
        )


def bell_path() -> Path:
    return Path(settings.FLYPAPER_DATA) / "run" / "bell"


def _knock() -> None:
    """One byte into the worker's pipe. Nobody listens, or the pipe is full: it will look by itself."""
    try:
        pipe = os.open(bell_path(), os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno not in (errno.ENXIO, errno.ENOENT):
            log.warning("The bell cannot be rung (%s).", errno.errorcode.get(error.errno or 0))
        return
    try:
        with contextlib.suppress(BlockingIOError, BrokenPipeError):
            os.write(pipe, b"!")
    finally:
        os.close(pipe)


class Doorbell:
    """The worker's end: `wait` returns when somebody rang, or after `seconds`."""

    def __init__(self) -> None:
        path = bell_path()
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with contextlib.suppress(FileExistsError):
            os.mkfifo(path, 0o600)
        # Open for writing, too: with no writer left a pipe that is only read would report its end for ever.
        self._pipe = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)

    def wait(self, seconds: float) -> bool:
        """Whether it rang; all rings so far are answered by this one return."""
        if not select.select([self._pipe], [], [], seconds)[0]:
            return False
        with contextlib.suppress(BlockingIOError):
            while os.read(self._pipe, 65536):
                pass
        return True

    def close(self) -> None:
        os.close(self._pipe)
