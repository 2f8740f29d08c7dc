import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cms import folder
from cms.server import NotReady, serve


class Command(BaseCommand):
    help = "Serve the portal and the desk, with the embedded worker beside it (without FLYPAPER_BROKER)."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
        parser.add_argument("--port", type=int, default=8000, help="port to listen on (default 8000)")
        cores = min(2, os.cpu_count() or 1)
        parser.add_argument("--workers", type=int, default=cores, help=f"web processes (default {cores})")
        parser.add_argument("--threads", type=int, default=1, help="threads of each web process (default 1)")
        parser.add_argument("--without-worker", action="store_true", help="web processes only")

    def handle(
        self,
        *,
        host: str,
        port: int,
        workers: int,
        threads: int,
        without_worker: bool,
        **options: Any,
    ) -> None:
        try:
            folder.prepare()
            with folder.lock("server"):
                serve(host, port, workers=workers, threads=threads, with_worker=not without_worker)
        except (NotReady, folder.FolderUnusable) as error:
            raise CommandError(str(error), returncode=2) from None
        except folder.Locked:
            raise CommandError(f"Another server runs on {folder.root()}.", returncode=2) from None
