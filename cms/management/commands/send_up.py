"""Exports sealed-up cases for the superior, unread by anybody here."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from intake.handing_up import new_exchange_key, open_sealed_file
from intake.refusals import Refused
from triage import actions
from triage.models import Case


class Command(BaseCommand):
    help = (
        "Write each sealed-up case that has not gone up yet into FOLDER, encrypted for the superior's key. "
        "With --make-key, make the superior's key pair; with --open, open such a file with the private key."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="where to write")
        parser.add_argument(
            "--key", type=Path, help="PEM file: the superior's public key (private with --open)"
        )
        parser.add_argument("--make-key", action="store_true", help="write superior.key and superior.pub")
        parser.add_argument("--open", type=Path, metavar="FILE", help="a file that this command wrote")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        if options["make_key"]:
            private, public = new_exchange_key()
            _write(folder / "superior.key", private)
            _write(folder / "superior.pub", public)
            return
        if options["key"] is None or not options["key"].is_file():
            raise CommandError("Name the key with --key FILE.")
        key = options["key"].read_bytes()
        try:
            if options["open"]:
                _write(
                    folder / f"{options['open'].stem}.zip",
                    open_sealed_file(options["open"].read_bytes(), key),
                )
            else:
                self.stdout.write(f"{self._send(folder, key)} sealed reports written")
        except (Refused, OSError) as error:
            raise CommandError(str(error)) from error

    def _send(self, folder: Path, key: bytes) -> int:
        waiting = list(Case.objects.filter(state=Case.State.SEALED_UP).exclude(outcome="sent_up"))
        for case in waiting:
            _write(folder / f"{case.number}.sealed", actions.send_up(case, key))
        return len(waiting)


def _write(path: Path, content: bytes) -> None:
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(fd, "wb") as file:
        file.write(content)
