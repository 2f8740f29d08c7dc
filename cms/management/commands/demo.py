"""Orchestration only: the sample county itself is `load_demo`'s."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils.translation import override

from cms import folder
from cms.demo.loading import PASSWORD
from cms.server import ROOT, NotReady, check_port, check_ready, is_loopback, serve, unapplied
from intake import sealing
from triage.models import Appointment, Role

FREE_BYTES_NEEDED = 300_000_000
LOADING, LOADED = "loading", "loaded"
GUIDE = """
  Portal   {address}/            the county's public pages; report something
  Desk     {address}/desk/       sign in as one of these; the password is {password}

{logins}

  Try: report something from the portal and keep the code; open it as the clerk, look at what was
  read and why this zone, confirm it; follow the report with its code; search as the investigator;
  look at the same case as a handler of another zone (it does not exist for him).

  Ctrl-C stops everything. `make demo` goes on with what was entered, `make demo-reset` starts over.
"""


class Command(BaseCommand):
    help = "A sample county to click through: made on the first run, served on loopback with its worker."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--reset", action="store_true", help="start over: what was entered is deleted")

    def handle(self, *, host: str, port: int, reset: bool, **options: Any) -> None:
        if not settings.FLYPAPER_DEMO:
            raise CommandError("Start the demonstration with `make demo` (it sets FLYPAPER_DEMO=1).")
        if not is_loopback(host):
            raise CommandError(f"The demonstration is served on loopback only, not on {host}.")
        try:
            check_port(host, port)
            folder.prepare()
            with folder.lock("server"):
                if reset:
                    self.delete_all()
                self.prepare()
                check_ready(host, port)
                self.explain(f"http://{host}:{port}")
                serve(host, port, workers=2, threads=1)
        except folder.Locked:
            raise CommandError(f"A server runs on {folder.root()} already.", returncode=2) from None
        except (NotReady, folder.FolderUnusable) as error:
            raise CommandError(str(error), returncode=2) from None
        except KeyboardInterrupt:
            raise CommandError("Stopped; `make demo` goes on where it was.", returncode=130) from None

    def prepare(self) -> None:
        """What is already there is kept; each step is a process of its own, so that no model stays in memory."""
        mark = self.mark()
        if mark.exists() and mark.read_text() == LOADING:
            self.stdout.write("The last run was interrupted while it loaded the county: starting over.")
            self.delete_all()
        if not mark.exists():
            if sealing.key_path().exists():
                raise NotReady(
                    f"{folder.root()} holds another installation; give FLYPAPER_DATA another folder."
                )
            if folder.free_bytes() < FREE_BYTES_NEEDED:
                raise NotReady(
                    f"The disk that holds {folder.root()} is nearly full; the county needs 300 MB."
                )
            mark.write_text(LOADING)
        if not sealing.key_path().exists():
            self.step("make_keys", "--verbosity=0")
        if unapplied():
            self.step("migrate", "--verbosity=0", "--skip-checks")
        if mark.read_text() == LOADING:
            self.step("load_demo")
            mark.write_text(LOADED)

    def step(self, *command: str) -> None:
        """One command to its end. Out of Ctrl-C's reach, so that it is this process that stops it, quietly."""
        line = [sys.executable, "manage.py", *command]
        with subprocess.Popen(line, cwd=ROOT, start_new_session=True) as process:  # noqa: S603
            try:
                failed = process.wait()
            except KeyboardInterrupt:
                process.terminate()
                raise
        if failed:
            raise NotReady(f"`manage.py {command[0]}` failed (see above); nothing is served.")

    def mark(self) -> Path:
        """Stands in every data folder that a demonstration made: only such a one may be deleted."""
        return folder.root() / "demonstration"

    def delete_all(self) -> None:
        if not self.mark().exists() and sealing.key_path().exists():
            raise NotReady(f"{folder.root()} was not made by `make demo` and is not deleted.")
        for part in folder.root().iterdir():
            if part != folder.run():  # it holds the lock of this very process
                shutil.rmtree(part) if part.is_dir() else part.unlink()
        folder.prepare()

    def explain(self, address: str) -> None:
        logins: dict[str, str] = {}
        rows = Appointment.objects.filter(officer__user__isnull=False).order_by("pk")
        for role, name in rows.values_list("role", "officer__user__username"):
            logins.setdefault(role, name)
        with override("en"):
            lines = [f"    {Role(role).label:38} {name}" for role, name in logins.items()]
        self.stdout.write(GUIDE.format(address=address, password=PASSWORD, logins="\n".join(lines)))
        connection.close()
