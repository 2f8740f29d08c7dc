"""Makes the search index anew from the database."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from search.query import SearchDown
from search.rebuilding import rebuild
from triage.models import Case


class Command(BaseCommand):
    help = "Make the search index anew from the database. The old one serves until the new one is whole."

    def handle(self, *args: Any, **options: Any) -> None:
        start = time.monotonic()
        with tqdm(total=Case.objects.readable().count(), unit="case", disable=None) as bar:
            try:
                number = rebuild(bar.update)
            except SearchDown as error:
                raise CommandError(
                    f"The index could not be made: {error}. The old one is untouched."
                ) from None
        seconds = time.monotonic() - start
        self.stdout.write(
            f"{number} cases indexed in {seconds:.1f} s ({number / max(seconds, 0.001):.0f}/s)."
        )
