"""Loads the invented sample county and its reports."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from cms import journey
from cms.demo import loading, reports
from cms.demo.county import PERIOD_END
from cms.demo.generate import reports as sample_reports
from cms.site_tree import plant
from intake.models import Report
from triage.models import Case, Installation


class Command(BaseCommand):
    help = (
        "Load the invented sample county: places, offices, staff and about 800 reports. Keeps what is there."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--reports", type=int, default=800, help="how many reports (default 800)")

    def handle(self, *args: Any, **options: Any) -> None:
        here = Installation.current()
        if here.root_id and here.root_id != loading.COUNTY:
            raise CommandError("Another territory is loaded; the sample county needs a folder of its own.")
        # Counted, so that a loading that was interrupted goes on where it stopped.
        if Report.objects.filter(external_id__startswith="demo-").count() >= options["reports"]:
            self.stdout.write("The sample county is there already.")
            return
        quiet = options["verbosity"] == 0
        loading.load_county()
        plant("汀川县", "Tingchuan County")
        end = min(timezone.now(), timezone.make_aware(datetime.combine(PERIOD_END, time(23))))
        rows = sample_reports(total=options["reports"])
        with tqdm(total=len(rows), desc="reports received", unit="", disable=quiet) as bar:
            reports.receive(rows, end, bar.update)
        with tqdm(total=len(rows), desc="read and routed", unit="", disable=quiet) as bar:
            reports.read_and_route(bar.update)
        with tqdm(
            total=Case.objects.filter(state=Case.State.ASSIGNED).count(),
            desc="two years of work",
            unit="",
            disable=quiet,
        ) as bar:
            reports.work(end, bar.update)
        total = journey.waiting()
        with tqdm(total=total, desc="indexed", unit="", disable=quiet) as bar:
            journey.walk(progress=lambda left: bar.update(max(0, total - left - bar.n)))
