"""How fast reports are taken, through the real server and form, while the worker reads them.

    python -m tests.benchmarks.intake                          1, 8 and 32 connections
    python -m tests.benchmarks.intake --preload 200000         the same with so many reports there already
    python -m tests.benchmarks.intake --rate 20 --seconds 30   from sending to the zone's queue and to searchable

The portal's own limits are switched off for it by FLYPAPER_REPORTS_PER_MINUTE=0 and FLYPAPER_REPORTS_PER_HOUR=0.
Server, worker and the senders share the machine. Every figure is the median of the rounds.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tests.benchmarks import processes
from tests.benchmarks.head import ROOT, percentile, print_head, print_table
from tests.installation import Installation

LIMITS_OFF = {"FLYPAPER_REPORTS_PER_MINUTE": "0", "FLYPAPER_REPORTS_PER_HOUR": "0"}
PLAIN = {"DJANGO_SETTINGS_MODULE": "tests.benchmarks.plain_settings"}
SENDERS = 2  # processes; more than the cores would only take turns
WAITING = """
    SELECT (SELECT count(*) FROM triage_case WHERE state = 'unread'),
           (SELECT count(*) FROM search_toroute),
           (SELECT count(*) FROM search_stale)
"""
# When each case of a form came into a queue, and when its document was in the index.
JOURNEY = """
    SELECT r.external_id, min(e.at), i.at
    FROM intake_report r JOIN triage_case c ON c.report_id = r.id
    LEFT JOIN search_routing e ON e.case_id = c.id
    LEFT JOIN search_indexed i ON i.case_id = c.id
    WHERE r.channel = 'web' AND r.id > ? GROUP BY r.id
"""


@dataclass
class Measured:
    """One round: accepted a second; p50, p95 and p99 of the answers and what the web processes computed for one,
    in milliseconds; how many were refused."""

    rate: float
    cpu: float
    p50: float
    p95: float
    p99: float
    refused: int


class Bench:
    """An installation with the sample county and a report, and what is sent to it."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.installation = Installation(folder / "data", **LIMITS_OFF, **environment)
        self.texts = self._texts()

    def prepare(self, preload: int, reports: int = 1) -> None:
        self.installation.run("make_keys")
        self.installation.run("migrate", "--verbosity=0", "--skip-checks")
        self.installation.run("load_demo", f"--reports={reports}", "--verbosity=0")
        if preload:
            line = [sys.executable, "-m", "tests.benchmarks.preload", str(preload)]
            print(self._python(line), flush=True)

    def send(self, address: str, connections: int, seconds: float, rate: float | None = None) -> dict:
        """What the senders saw, all together. At a rate one process sends: it has to keep to the clock."""
        processes = 1 if rate or connections < SENDERS else SENDERS
        shares = [connections // processes + (n < connections % processes) for n in range(processes)]
        started = [self._sender(address, share, seconds, rate) for share in shares]
        answers = [json.loads(process.communicate(self.texts)[0]) for process in started]
        return {key: [row for answer in answers for row in answer[key]] for key in ("sent", "refused")}

    def ask(self, question: str, *values: object) -> list[tuple]:
        with sqlite3.connect(f"file:{self.folder}/data/flypaper.sqlite3?mode=ro", uri=True) as file:
            return file.execute(question, values).fetchall()

    def backlog(self) -> tuple[int, int, int]:
        """(to read, to route, to index)"""
        return self.ask(WAITING)[0]

    def web_cpu(self) -> float:
        web, _worker = processes.of_server(self.installation.running[-1].pid)
        return processes.cpu(web)

    def until_drained(self, patience: float) -> bool:
        """False when the worker is not done by then."""
        end = time.monotonic() + patience
        while any(self.backlog()):
            if time.monotonic() > end:
                return False
            time.sleep(0.1)
        return True

    def _sender(self, address: str, connections: int, seconds: float, rate: float | None) -> subprocess.Popen:
        line = [sys.executable, "-m", "tests.benchmarks.client", f"{address}/report/", str(connections)]
        line += [str(seconds), *([str(rate)] if rate else [])]
        return subprocess.Popen(line, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def _texts(self) -> str:
        line = "import json; from tests.benchmarks.letters import county_letters; print(json.dumps(county_letters()))"
        return self._python([sys.executable, "-c", line])

    def _python(self, line: list[str]) -> str:
        environment = self.installation.environment
        done = subprocess.run(line, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
        return done.stdout.strip()


def one_round(bench: Bench, address: str, connections: int, seconds: float) -> Measured:
    before = bench.web_cpu()
    seen = bench.send(address, connections, seconds)
    cpu = bench.web_cpu() - before
    took = sorted(row[1] * 1000 for row in seen["sent"])
    shares = (percentile(took, s) for s in (0.5, 0.95, 0.99))
    return Measured(len(took) / seconds, cpu * 1000 / max(1, len(took)), *shares, len(seen["refused"]))


def median(rounds: list[Measured]) -> list[str]:
    def of(name: str) -> float:
        return statistics.median(getattr(r, name) for r in rounds)

    refused = sum(r.refused for r in rounds)
    return [f"{of('rate'):,.0f}", *(f"{of(n):.1f}" for n in ("p50", "p95", "p99", "cpu")), str(refused)]


# The plain form comes last: its rows are no reports that a worker could read.
SUBJECTS = (
    ("Flypaper, worker busy", (), {}),
    ("Flypaper, no worker", ("--without-worker",), {}),
    ("plain INSERT, no worker", ("--without-worker",), PLAIN),
)


def at_full_speed(bench: Bench, options: argparse.Namespace) -> None:
    rows, worker = [], []
    for label, flags, environment in SUBJECTS:
        address = bench.installation.serve(*flags, **environment)
        bench.send(address, 4, 3)  # imports, templates and pages of the database are warm
        for connections in options.connections:
            rounds = [one_round(bench, address, connections, options.seconds) for _n in range(options.rounds)]
            rows.append([label, connections, *median(rounds)])
            if not flags:
                worker.append([connections, *bench.backlog()])
        if not flags:
            drain(bench, options.patience)
        bench.installation.stop()
    columns = ["form", "connections", "accepted/s", "p50 ms", "p95 ms", "p99 ms", "web CPU ms", "refused"]
    print_table(columns, rows)
    print("What the worker had still to do when the rounds were over:\n")
    print_table(["connections", "to read", "to route", "to index"], worker)


def drain(bench: Bench, patience: float) -> None:
    before, started = bench.backlog(), time.monotonic()
    done = bench.until_drained(patience)
    seconds, left = time.monotonic() - started, bench.backlog()
    rate = (sum(before) - sum(left)) / seconds
    end = f"all was done after {seconds:.0f} s" if done else f"{left} left after {seconds:.0f} s"
    print(f"The senders gone, the worker did {rate:.0f} steps a second; {end}.\n", flush=True)


def at_a_rate(bench: Bench, options: argparse.Namespace) -> None:
    address = bench.installation.serve()
    bench.send(address, 4, 3, 2.0)
    bench.until_drained(options.patience)
    last = bench.ask("SELECT coalesce(max(id), 0) FROM intake_report")[0][0]
    seen = bench.send(address, 8, options.seconds, options.rate)
    stopped = time.monotonic()
    bench.until_drained(options.patience)
    late = time.monotonic() - stopped
    sent = {uid.replace("-", ""): due for due, _seconds, uid in seen["sent"]}
    answered = sorted(row[1] for row in seen["sent"])
    queued, found = [], []
    for uid, routed, indexed in bench.ask(JOURNEY, last):
        due = sent[uid.replace("-", "")]
        queued += [_moment(routed) - due] if routed else []
        found += [_moment(indexed) - due] if indexed else []
    rows = [
        [name, len(values), *(f"{percentile(sorted(values), s) * 1000:,.0f}" for s in (0.5, 0.95, 0.99))]
        for name, values in (("receipt", answered), ("routed", queued), ("searchable", found))
    ]
    print(f"{options.rate:g} forms a second for {options.seconds:g} s, from the moment each was due:\n")
    print_table(["until", "reports", "p50 ms", "p95 ms", "p99 ms"], rows)
    print(f"Refused: {len(seen['refused'])}. The worker was done {late:.1f} s after the last form.\n")


def _moment(text: str) -> float:
    return datetime.fromisoformat(f"{text}+00:00").timestamp()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--connections", type=int, nargs="+", default=[1, 8, 32])
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--preload", type=int, default=0, metavar="N")
    parser.add_argument(
        "--patience", type=float, default=600, help="seconds for the worker to do what is left"
    )
    parser.add_argument("--rate", type=float, metavar="PER_SECOND")
    options = parser.parse_args()
    there = f", {options.preload:,} reports there already" if options.preload else ""
    print_head(f"Intake on SQLite{there}")
    with tempfile.TemporaryDirectory(prefix="flypaper-bench-") as folder:
        bench = Bench(Path(folder))
        try:
            bench.prepare(options.preload)
            at_a_rate(bench, options) if options.rate else at_full_speed(bench, options)
        finally:
            bench.installation.stop()


if __name__ == "__main__":
    main()
