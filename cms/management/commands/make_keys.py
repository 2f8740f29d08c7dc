from django.core.management.base import BaseCommand, CommandError

from cms import folder
from intake import sealing


class Command(BaseCommand):
    help = "Make the keys of a new installation. Keeps the ones that are there."
    requires_system_checks = []

    def handle(self, **options):
        try:
            folder.prepare()
        except folder.FolderUnusable as error:
            raise CommandError(str(error)) from None
        path = sealing.key_path()
        if path.exists():
            if options["verbosity"]:
                self.stdout.write(f"The keys in {path} are kept.")
            return
        sealing.KeyRing.new().save(path)
        self.stdout.write(
            f"New keys lie in {path}. Without this file nothing that is sealed can be read: back it up."
        )
