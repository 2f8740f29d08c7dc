"""Makes the search index anew from the database."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
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
                    _("The index could not be made: %(why)s. The old one is untouched.") % {"why": error}
                ) from None
        seconds = time.monotonic() - start
        self.stdout.write(
            _("%(number)d cases indexed in %(seconds).1f s (%(rate).0f/s).")
            % {"number": number, "seconds": seconds, "rate": number / max(seconds, 0.001)}
        )
