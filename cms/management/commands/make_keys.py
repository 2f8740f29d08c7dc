from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cms import folder
from intake import sealing

NEW = "New keys lie in {}. Without this file nothing that is sealed can be read: back it up."


class Command(BaseCommand):
    help = "Make the keys of a new installation. Keeps the ones that are there."
    requires_system_checks = []

    def handle(self, **options: Any) -> None:
        try:
            folder.prepare()
        except folder.FolderUnusable as error:
            raise CommandError(str(error)) from None
        path = sealing.key_path()
        made = not path.exists()
        if made:
            sealing.KeyRing.new().save(path)
        if options["verbosity"]:
            self.stdout.write(NEW.format(path) if made else f"The keys in {path} are kept.")
