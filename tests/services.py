"""Starts the services that only production needs, for one command: `python -m tests.services make test`.

PostgreSQL and Redis run in a folder of their own on free ports and are stopped when the command
ends. `--database` has the command's Django use that PostgreSQL instead of SQLite. A service whose
programs are missing is left out with a sentence; the tests that need it are then skipped, and fail in CI.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import redis

from tests.installation import free_port, until

POSTGRESQL = "FLYPAPER_TEST_POSTGRESQL"
REDIS = "FLYPAPER_TEST_REDIS"


class Services:
    """A temporary folder with servers in it."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="flypaper-services-"))
        self.stops: list[Callable[[], object]] = []
        # PostgreSQL refuses root.
        self.user = "postgres" if os.getuid() == 0 else None
        if self.user:
            shutil.chown(self.folder, self.user)

    def stop(self) -> None:
        for stop in reversed(self.stops):
            stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def postgresql(self) -> str:
        """Its address, with the user `flypaper` as owner of everything; '' where it is not installed."""
        initdb, postgres = program("initdb"), program("postgres")
        if not (initdb and postgres) or (self.user and not known(self.user)):
            return ""
        data, port = self.folder / "postgresql", free_port()
        self._run(
            initdb, "-D", data, "-U", "flypaper", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"
        )
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": port,
            "fsync": "off",
            "synchronous_commit": "off",
        }
        settings |= {"unix_socket_directories": "", "max_connections": 50, "log_min_messages": "fatal"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        # SIGINT is PostgreSQL's fast shutdown: it does not wait for open connections.
        self._start(signal.SIGINT, postgres, "-D", data, *options)
        address = f"postgresql://flypaper@127.0.0.1:{port}/postgres"
        until(lambda: answers(psycopg.OperationalError, lambda: psycopg.connect(address).close()), 30)
        return address

    def redis(self) -> str:
        """Its address; '' where it is not installed."""
        server, port = program("redis-server"), free_port()
        if not server:
            return ""
        self._start(
            signal.SIGTERM, server, "--port", port, "--bind", "127.0.0.1", "--save", "", "--dir", self.folder
        )
        address = f"redis://127.0.0.1:{port}/0"
        until(lambda: answers(redis.ConnectionError, lambda: redis.Redis.from_url(address).ping()), 30)
        return address

    def _run(self, *line: object) -> None:
        subprocess.run([str(part) for part in line], check=True, stdout=subprocess.DEVNULL, **self._as_user())

    def _start(self, ends_on: signal.Signals, *line: object) -> None:
        log = (self.folder / f"{Path(str(line[0])).name}.log").open("wb")
        process = subprocess.Popen(
            [str(part) for part in line], stdout=log, stderr=log, start_new_session=True, **self._as_user()
        )

        def stop() -> None:
            process.send_signal(ends_on)
            process.wait(30)

        self.stops.append(stop)

    def _as_user(self) -> dict:
        return {"cwd": self.folder, "user": self.user} if self.user else {"cwd": self.folder}


def program(name: str) -> str:
    """Its path; Debian keeps PostgreSQL's programs out of PATH."""
    newest = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]))
    return str(newest[-1]) if newest else shutil.which(name) or ""


def known(user: str) -> bool:
    return user in {entry.pw_name for entry in pwd.getpwall()}


def answers(refusal: type[Exception], ask: Callable[[], object]) -> bool:
    try:
        ask()
    except refusal:
        return False
    return True


def main(arguments: list[str]) -> int:
    wants_database = arguments[:1] == ["--database"]
    command = arguments[1:] if wants_database else arguments
    services = Services()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    started = time.monotonic()
    try:
        for variable, start in ((POSTGRESQL, services.postgresql), (REDIS, services.redis)):
            if not os.environ.get(variable):
                os.environ[variable] = start()
        missing = [name for name in (POSTGRESQL, REDIS) if not os.environ[name]]
        if missing:
            print(f"services: not installed here: {', '.join(missing)}", file=sys.stderr)
        if wants_database:
            if POSTGRESQL in missing:
                print("services: PostgreSQL 15 or newer is needed (Debian: postgresql).", file=sys.stderr)
                return 1
            os.environ["FLYPAPER_DATABASE"] = os.environ[POSTGRESQL]
        print(f"services: ready after {time.monotonic() - started:.1f} s", file=sys.stderr)
        return subprocess.call(command)
    finally:
        services.stop()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
