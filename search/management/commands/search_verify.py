"""Compares the search index with the database, and mends it if asked."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from search.indexing import trusted_engine
from search.query import SearchDown
from search.rebuilding import Differences, catch_up, repair, verify


class Command(BaseCommand):
    help = (
        "Compare the search index with the database case by case: missing, stale and ghost documents. "
        "Exit code 0 when they agree, 1 when they do not."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--repair", action="store_true", help="mend what differs, then compare again")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["repair"]:
                trusted_engine()  # a missing or broken index is begun anew
            found = self._compared()
            if found and options["repair"]:
                repair(found)
                self.stdout.write(_("Repaired; comparing again."))
                found = self._compared()
            elif found.waiting and options["repair"]:
                catch_up()
        except SearchDown as error:
            raise CommandError(_("The index cannot be compared: %(why)s.") % {"why": error}) from None
        if found:
            sys.exit(1)

    def _compared(self) -> Differences:
        found = verify()
        self.stdout.write(
            _(
                "%(compared)d cases compared: %(missing)d missing, %(stale)d stale, %(ghosts)d ghosts; "
                "%(waiting)d wait for the worker."
            )
            % {
                "compared": found.compared,
                "missing": len(found.missing),
                "stale": len(found.stale),
                "ghosts": len(found.ghosts),
                "waiting": found.waiting,
            }
        )
        return found
