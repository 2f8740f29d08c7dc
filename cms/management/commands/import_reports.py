"""Takes a file of reports through the same journey as a form."""

from __future__ import annotations

import gzip
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from cms import journey
from intake import actions
from intake.channels import CHANNELS, Unreadable
from intake.refusals import Refused
from triage.models import Case


class Command(BaseCommand):
    help = (
        "Import reports from a file of JSON lines and wait until each is read, queued and indexed. "
        "A line that was imported before is recognised by its id. The last line printed is JSON."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file", help="JSON lines (also .gz): id, text, and what `intake/channels/lines.py` lists"
        )
        parser.add_argument("--channel", required=True, choices=sorted(CHANNELS))
        parser.add_argument("--json", action="store_true", help="print nothing but the last line")

    def handle(self, *args: Any, file: str, channel: str, **options: Any) -> None:
        self.quiet = options["json"]
        started = time.monotonic()
        path = Path(file)
        if not path.is_file():
            raise CommandError(f"There is no file {file}.")
        counts: Counter[str] = Counter()
        cases = list(self._receive(path, channel, counts))
        left = self._walk(cases)
        seconds = time.monotonic() - started
        self.stdout.write(
            json.dumps({**_states(cases), **counts, "left": left, "seconds": round(seconds, 2)})
        )
        if counts["refused"]:
            sys.exit(1)

    def _receive(self, path: Path, channel: str, counts: Counter[str]) -> Iterator[int]:
        counts.update({"received": 0, "again": 0, "refused": 0})
        with _open(path) as lines:
            for number, line in enumerate(tqdm(lines, desc="received", unit="", disable=self.quiet), 1):
                if not line.strip():
                    continue
                try:
                    got = actions.receive(CHANNELS[channel](json.loads(line)))
                except (ValueError, Unreadable, Refused) as error:
                    counts["refused"] += 1
                    self.stderr.write(f"line {number}: {_reason(error)}")
                    continue
                counts["received" if got.created else "again"] += 1
                yield Case.objects.values_list("pk", flat=True).get(report=got.report)

    def _walk(self, cases: list[int]) -> int:
        total = journey.waiting(cases)
        with tqdm(total=total, desc="read, routed, indexed", unit="", disable=self.quiet) as bar:
            return journey.walk(cases=cases, progress=lambda left: bar.update(max(0, total - left - bar.n)))


def _open(path: Path) -> BinaryIO:
    return cast(BinaryIO, gzip.open(path)) if path.suffix == ".gz" else path.open("rb")


def _reason(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "not UTF-8"
    return "not JSON" if isinstance(error, json.JSONDecodeError) else str(error)


def _states(cases: list[int]) -> dict[str, int]:
    """How many of the cases are read, routed to a zone or office, and where the others lie."""
    states: Counter[str] = Counter()
    for i in range(0, len(cases), journey.AT_ONCE):
        rows = Case.objects.filter(pk__in=cases[i : i + journey.AT_ONCE])
        states.update(rows.values_list("state", flat=True))
    return {
        "read": sum(states.values()) - states[Case.State.UNREAD],
        "routed": states[Case.State.ASSIGNED] + states[Case.State.IN_HAND],
        "unrouted": states[Case.State.UNROUTED],
        "outside": states[Case.State.OUTSIDE],
        "sealed_up": states[Case.State.SEALED_UP],
    }
