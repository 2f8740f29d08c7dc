from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cms import backups, folder
from intake import sealing


class Command(BaseCommand):
    help = (
        "Write database, keys and uploads into one file, also while the server runs. "
        "The file opens everything that is sealed: keep it as you keep the keys."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="FILE.tar; replaced when it exists")

    def handle(self, *, file: Path, **options: Any) -> None:
        try:
            sealing.ring()
            size = backups.write(file)
        except (backups.BackupBroken, sealing.KeysMissing) as error:
            raise CommandError(str(error)) from None
        except folder.Locked:
            raise CommandError("A rotation of keys or another backup is going on; try again later.") from None
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror}.") from None
        self.stdout.write(f"{file}: {size:,} bytes, readable by its owner alone.")
