from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from cms import folder, rotation
from intake import sealing


class Command(BaseCommand):
    help = (
        "Make a new key and seal every row and file anew, while the server runs. "
        "A rotation that was interrupted is taken up. Old keys are removed when nothing uses them."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--grace",
            type=float,
            default=rotation.GRACE_SECONDS,
            help="seconds to wait before old keys are removed (default %(default)s)",
        )

    def handle(self, *, grace: float, **options: Any) -> None:
        try:
            with folder.lock("keys"):
                self.rotate(grace, quiet=options["verbosity"] == 0)
        except sealing.KeysMissing as error:
            raise CommandError(str(error)) from None
        except folder.Locked:
            raise CommandError(
                "A backup, a restore or another rotation is going on; try again later."
            ) from None

    def rotate(self, grace: float, quiet: bool) -> None:
        current = rotation.begin()
        with tqdm(total=rotation.waiting(current), desc="sealed anew", unit="", disable=quiet) as bar:
            rotation.seal_all_anew(current, bar.update)
        if not rotation.finish(current, grace):
            raise CommandError("Something is still sealed with an old key; run `rotate_keys` again.")
        self.stdout.write(
            f"Everything is sealed with key {current}; the old keys are gone. Make a new backup now."
        )
