"""A whole installation in a folder of its own, run as its users run it: commands and servers are real processes."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(happens: Callable[[], object], seconds: float = 20, pause: float = 0.05) -> object:
    """What `happens` answers as soon as it is true; fails the test when it never is."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := happens():
            return answer
        time.sleep(pause)
    raise AssertionError(f"not within {seconds} s: {happens}")


class Installation:
    """`run` a command to its end, `start` one that stays; `stop` ends all that is left."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        kept = {
            k: v
            for k, v in os.environ.items()
            if not k.startswith(("FLYPAPER_", "DJANGO_", "PYTHONDONTWRITE"))
        }
        self.environment = {
            **kept,
            "DJANGO_SETTINGS_MODULE": "cms.settings",
            "FLYPAPER_DATA": str(folder),
            "PYTHONUNBUFFERED": "1",
            **environment,
        }
        self.running: list[subprocess.Popen] = []

    def run(self, *command: str, check: bool = True, **environment: str) -> subprocess.CompletedProcess:
        done = subprocess.run(
            self._line(command),
            cwd=ROOT,
            env={**self.environment, **environment},
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert not check or done.returncode == 0, f"{command}: {done.stdout}\n{done.stderr}"
        return done

    def start(self, *command: str, **environment: str) -> subprocess.Popen:
        """A process in a group of its own; what it prints goes to a file under the folder's parent."""
        log = self.folder.parent / f"{command[0]}-{len(self.running)}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                self._line(command),
                cwd=ROOT,
                env={**self.environment, **environment},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        process.log = log
        self.running.append(process)
        return process

    def serve(self, *options: str, **environment: str) -> str:
        """The address of a started server that answers."""
        port = free_port()
        process = self.start("serve", "--port", str(port), *options, **environment)
        address = f"http://127.0.0.1:{port}"

        def answers() -> bool:
            assert process.poll() is None, process.log.read_text()
            return get_status(f"{address}/healthz") is not None

        until(answers, seconds=60)
        return address

    def stop(self) -> None:
        for process in self.running:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(10)

    def _line(self, command: tuple[str, ...]) -> list[str]:
        return [sys.executable, "manage.py", *command]


def get_status(address: str) -> int | None:
    """The HTTP status, or None while nobody listens."""
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None
