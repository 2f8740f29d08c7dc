"""`manage.py serve`: granian with the WSGI application, and the embedded worker as its child."""

from __future__ import annotations

import ipaddress
import multiprocessing
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server as Granian

from cms import folder
from intake import sealing

ROOT = Path(__file__).resolve().parent.parent
STOP_SECONDS = 10
RESTART_PAUSE = 1.0
LONGEST_RESTART_PAUSE = 30.0


class NotReady(Exception):
    """The server must not start; the message is one sentence that says why and what to do."""


def check_ready(host: str, port: int) -> None:
    """Raises NotReady for whatever would make the server refuse requests or show what it may not."""
    if settings.FLYPAPER_DEMO and not is_loopback(host):
        raise NotReady(
            f"The demonstration has no second factor and is served on loopback only, not on {host}."
        )
    try:
        folder.prepare()
        sealing.ring()
    except (folder.FolderUnusable, sealing.KeysMissing) as error:
        raise NotReady(str(error)) from None
    if unapplied():
        raise NotReady("The database is not up to date: run `manage.py migrate` first.")
    check_port(host, port)


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def unapplied() -> bool:
    """Whether migrations wait."""
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    connection.close()
    return bool(waiting)


def check_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise NotReady(
                f"Port {port} of {host} cannot be used: {error.strerror}. Name another port."
            ) from None


class WorkerChild:
    """`manage.py work`, started again when it dies, until `stop`."""

    def __init__(self) -> None:
        self.process: subprocess.Popen | None = None
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self._watch, daemon=True)

    def start(self) -> None:
        self.thread.start()

    def stop(self) -> None:
        self.stopping.set()
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()  # what it was doing is in the tables and is done by the next one
        self.thread.join(STOP_SECONDS)

    def _watch(self) -> None:
        pause = RESTART_PAUSE
        while not self.stopping.is_set():
            started = time.monotonic()
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "work"],
                cwd=ROOT,
                env={**os.environ, "FLYPAPER_SERVER_PID": str(os.getpid())},
                start_new_session=True,  # Ctrl-C reaches the server alone, which then stops its children
            )
            self.process.wait()
            lived_long = time.monotonic() - started > LONGEST_RESTART_PAUSE
            pause = RESTART_PAUSE if lived_long else min(pause * 2, LONGEST_RESTART_PAUSE)
            self.stopping.wait(pause)


def load_application(target: str) -> Callable[..., Any]:
    """What each web process runs first. It ends with its parent, also when that one is killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        os.setpgid(0, 0)  # out of the terminal's Ctrl-C: a process that got it twice would not stop
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    from cms.wsgi import application

    return application


def _end_with(parent: Any) -> None:
    parent.join()
    os._exit(0)


def serve(host: str, port: int, *, workers: int, threads: int, with_worker: bool = True) -> None:
    """Serves until SIGINT or SIGTERM, then stops everything that it started."""
    check_ready(host, port)
    multiprocessing.set_start_method("spawn", force=True)  # a fork would share locks and database files
    child = WorkerChild()
    granian = Granian(
        "cms.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
        log_access=False,
        log_level=LogLevels.warning,
        websockets=False,
    )
    if with_worker and not settings.FLYPAPER_BROKER:
        granian.on_startup(child.start)
        granian.on_shutdown(child.stop)
    granian.serve(target_loader=load_application)
