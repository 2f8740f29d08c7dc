import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cms import folder
from cms.worker import Worker
from intake import sealing

NICER = 10  # beside a server: who is reporting comes first, reading catches up when it is quiet


class Command(BaseCommand):
    help = "The embedded worker: reads, routes and indexes what has arrived. `serve` starts it by itself."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what there is to do, then end")

    def handle(self, *, once: bool, **options: Any) -> None:
        try:
            folder.prepare()
            sealing.ring()
            with folder.lock("worker"):
                self.work(once)
        except (folder.FolderUnusable, sealing.KeysMissing) as error:
            raise CommandError(str(error)) from None
        except folder.Locked:
            raise CommandError(f"Another worker is at work on {folder.root()}.", returncode=3) from None

    def work(self, once: bool) -> None:
        worker = Worker.from_settings()
        worker.stop_on_signals()
        if worker.parent:
            os.nice(NICER)
        if not once:
            worker.run()
        elif failed := worker.drain():
            raise CommandError(f"{failed} of {len(worker.sweeps)} sweeps failed.")
