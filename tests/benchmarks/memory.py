"""What web processes and the worker keep in memory: `python -m tests.benchmarks.memory`.

One installation with the sample county, whose web processes have shown every page that a crawl of the portal and of
the desk (as clerk, investigator and head) finds; one for the nation, whose worker has read letters from everywhere.
RSS counts shared pages in full, PSS by share.
"""

from __future__ import annotations

import argparse
import http.cookiejar
import json
import re
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from pathlib import Path

from tests.benchmarks import processes
from tests.benchmarks.head import ROOT, print_head, print_table
from tests.benchmarks.intake import Bench
from tests.installation import Installation, until

LINK = re.compile(r'(?:href|action)="([^"#]+)"')
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
LEAVES = ("logout", "language/", "/static/", "/media/", "export", ".css", ".svg")
NATION = """
import json, sys, uuid, django
django.setup()
from intake import actions
from intake.channels import Incoming
from tests.benchmarks.letters import national_letters
from triage.actions.territory import load_domains
from triage.models import Installation, Place
from triage.places import keys
Place.objects.create(key=keys.NATION, code="000000000000", depth=0, name="全国")
load_domains()
Installation.current()
for text in national_letters(int(sys.argv[1])):
    actions.receive(Incoming(channel="web", external_id=str(uuid.uuid4()), text=text))
"""
LOGINS = """
import json, django
django.setup()
from triage.models import Appointment
rows = Appointment.objects.exclude(officer__user=None).order_by("-pk").values_list("role", "officer__user__username")
from cms.demo.loading import PASSWORD
print(json.dumps({"password": PASSWORD, **dict(rows)}))
"""


class Visitor:
    """Opens every page that links lead to, at most `most` of one address pattern."""

    def __init__(self, address: str, most: int = 6) -> None:
        self.address, self.most = address, most
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(cookies)
        self.answers: Counter[int] = Counter()

    def sign_in(self, username: str, password: str) -> None:
        page = self._open("/desk/login/")
        fields = {"username": username, "password": password, "csrfmiddlewaretoken": TOKEN.findall(page)[0]}
        self._open("/desk/login/", urllib.parse.urlencode(fields).encode())

    def crawl(self, start: str) -> None:
        waiting, seen, kinds = [start], {start}, Counter[str]()
        while waiting:
            page = self._open(waiting.pop(0))
            for link in LINK.findall(page):
                path = urllib.parse.urljoin(self.address + start, link.replace("&amp;", "&"))
                path = path.removeprefix(self.address)
                kind = re.sub(r"[0-9A-Z-]{4,}|\d+|=[^&]*", "*", path)
                if not path.startswith("/") or path in seen or any(part in path for part in LEAVES):
                    continue
                seen.add(path)
                kinds[kind] += 1
                if kinds[kind] <= self.most:
                    waiting.append(path)

    def _open(self, path: str, body: bytes | None = None) -> str:
        headers = {"Referer": self.address + path}
        request = urllib.request.Request(self.address + path, body, headers)
        try:
            with self.opener.open(request, timeout=60) as answer:
                self.answers[answer.status] += 1
                return answer.read().decode("utf-8", "replace")
        except urllib.error.HTTPError as error:
            self.answers[error.code] += 1
            return ""


def county(folder: Path, reports: int) -> list[list[object]]:
    bench = Bench(folder, FLYPAPER_DEMO="1")
    bench.prepare(0, reports)
    address = bench.installation.serve()
    server = bench.installation.running[-1].pid
    rows = [_row("web process, just started", processes.of_server(server)[0])]
    portal = Visitor(address)
    portal.crawl("/")
    portal.crawl("/report/")
    bench.send(address, 4, 3)
    rows.append(_row("… after the portal and some reports", processes.of_server(server)[0]))
    pages = Counter(portal.answers)
    logins = json.loads(run(bench.installation, LOGINS))
    for role in ("clerk", "investigator", "handler", "main_head", "administrator"):
        desk = Visitor(address)
        desk.sign_in(logins[role], logins["password"])
        desk.crawl("/desk/")
        pages += desk.answers
    until(lambda: not any(bench.backlog()), seconds=600, pause=0.5)
    web, worker = processes.of_server(server)
    rows += [_row("… after every screen of the desk", web), _row("worker, the county read", worker)]
    print(f"Pages opened, by status: {dict(sorted(pages.items()))}\n", flush=True)
    bench.installation.stop()
    return rows


def nation(folder: Path, reports: int) -> list[list[object]]:
    bench = Bench(folder)
    bench.installation.run("make_keys")
    bench.installation.run("migrate", "--verbosity=0", "--skip-checks")
    run(bench.installation, NATION, str(reports))
    bench.installation.serve()
    until(lambda: not any(bench.backlog()), seconds=900, pause=0.5)
    _web, worker = processes.of_server(bench.installation.running[-1].pid)
    bench.installation.stop()
    return [_row("worker, letters from the whole nation read", worker)]


def run(installation: Installation, program: str, *arguments: str) -> str:
    line = [sys.executable, "-c", program, *arguments]
    done = subprocess.run(
        line, cwd=ROOT, env=installation.environment, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout


def _row(label: str, found: list[processes.Used]) -> list[object]:
    largest = max(found, key=lambda process: process.rss)
    return [label, len(found), f"{largest.rss:.0f}", f"{largest.pss:.0f}"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--reports", type=int, default=200, help="in the county, and from the nation")
    options = parser.parse_args()
    print_head("Memory")
    rows: list[list[object]] = []
    for measure in (county, nation):
        with tempfile.TemporaryDirectory(prefix="flypaper-bench-") as folder:
            rows += measure(Path(folder), options.reports)
    print("The largest of its kind:\n")
    print_table(["process", "processes", "RSS MB", "PSS MB"], rows)


if __name__ == "__main__":
    main()
