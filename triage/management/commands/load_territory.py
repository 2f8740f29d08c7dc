from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from intake.refusals import Refused
from triage.actions.territory import load_territory
from triage.models import Office, Place, Zone


class Command(BaseCommand):
    help = "Make a county, city, province or the nation this installation's territory."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="12-digit division code, or `national`")

    def handle(self, *, code: str, **options: Any) -> None:
        with tqdm(desc="places", unit="", disable=options["verbosity"] == 0) as bar:
            try:
                load_territory(code, progress=bar.update)
            except Refused as refusal:
                raise CommandError(str(refusal)) from refusal
        self.stdout.write(
            f"{Place.objects.count()} places, {Office.objects.count()} offices, {Zone.objects.count()} zones"
        )
