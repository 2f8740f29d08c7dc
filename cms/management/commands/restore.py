from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cms import backups, folder


class Command(BaseCommand):
    help = "Put a backup in place of what is there. Stop the server first; the search file is made anew."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="FILE.tar that `backup` wrote")
        parser.add_argument("--force", action="store_true", help="replace what is in the data folder")

    def handle(self, *, file: Path, force: bool, **options: Any) -> None:
        try:
            manifest = backups.restore(file, force=force)
        except (backups.BackupBroken, folder.FolderUnusable) as error:
            raise CommandError(f"{error} Nothing was changed.") from None
        except backups.NotEmpty:
            raise CommandError(
                f"{folder.root()} or its database is not empty; --force replaces what is there."
            ) from None
        except folder.Locked as error:
            raise CommandError(f"Stop the {error} first; nothing was changed.") from None
        self.stdout.write(
            f"Restored the backup of {manifest['made_at']}. Run `manage.py migrate` before `serve`."
        )
