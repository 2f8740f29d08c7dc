"""Kills the journey of a report with SIGKILL at every step and looks whether anything is lost or twice.

    python -m tests.flows.killing --kills 64 [--seed 1]

Works in a folder of its own (FLYPAPER_DATA of the environment, which must be empty). Each kill is a
real process: it is forked from this one, receives three reports, reads, routes and indexes them, and
dies at the chosen step. A second process does the same without dying, as a restarted worker and a
citizen who presses the button again would. Then every table and file is compared with what one
undisturbed journey leaves. Prints one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

REPORTS = 3
TEXT = "石桥镇柳树湾村支书甄有财去年把修{n}号桥的钱打进自己的账户,村里账目三年没有公开。"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--kills", type=int, default=64)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings")
    _prepare()
    from intake.steps import STEPS

    chance = random.Random(asked.seed)
    started, died, rounds, wrong = time.monotonic(), Counter(), 0, []
    names = list(STEPS)
    while sum(died.values()) < asked.kills and rounds < asked.kills * 3:
        step = names[rounds % len(names)]
        rounds += 1
        deadly = partial(_journey, rounds, die=(step, chance.randint(1, REPORTS)))
        if _in_a_process(deadly) == -signal.SIGKILL:
            died[step] += 1
        if status := _in_a_process(partial(_journey, rounds)):
            wrong.append(f"round {rounds}, {step}: the second run ended with {status}")
        problems = _told_by_a_process(partial(_problems, rounds))
        wrong += [f"round {rounds}, {step}: {p}" for p in problems]
    print(
        json.dumps(
            {
                "kills": sum(died.values()),
                "steps": dict(died),
                "rounds": rounds,
                "wrong": wrong[:20],
                "seconds": round(time.monotonic() - started, 1),
            }
        )
    )
    sys.exit(1 if wrong or sum(died.values()) < asked.kills else 0)


def _prepare() -> None:
    """Migrates and loads the county in a process of its own: no open connection may be forked."""

    def work() -> None:
        import django

        django.setup()
        from django.core.management import call_command

        call_command("make_keys", verbosity=0)
        call_command("migrate", verbosity=0)
        from tests.product import make_county

        make_county()

    if _in_a_process(work):
        raise SystemExit("the installation could not be made")
    import django

    django.setup()
    from triage import pipeline

    pipeline.load()


def _in_a_process(work: Callable[[], Any]) -> int:
    """Exit status of a forked process that does the work; negative: the signal it died of."""
    pid = os.fork()
    if not pid:
        try:
            work()
        except BaseException as error:  # noqa: BLE001  (a child may leave by no other way than its status)
            print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _told_by_a_process(work: Callable[[], list[str]]) -> list[str]:
    read, write = os.pipe()
    status = _in_a_process(lambda: os.write(write, json.dumps(work()).encode()))
    os.close(write)
    with os.fdopen(read) as pipe:
        told = pipe.read()
    return json.loads(told) if told else [f"the check ended with {status}"]


def _incoming(number: int) -> list[Any]:
    from intake.channels import Accused, Identity, Incoming, Upload

    return [
        Incoming(
            channel="web",
            external_id=f"kill-{number}-{i}",
            text=TEXT.format(n=number * 10 + i),
            identity=Identity(name="钱多宝", phone="13800001234"),
            accused=(Accused(name="甄有财", post="村支书"),),
            uploads=(Upload("账目.txt", f"第{i}页".encode()),),
        )
        for i in range(REPORTS)
    ]


def _journey(number: int, die: tuple[str, int] | None = None) -> None:
    from cms import journey
    from intake import actions, steps

    if die:
        steps.die_at(*die)
    for incoming in _incoming(number):
        actions.receive(incoming)
    if left := journey.walk():
        raise RuntimeError(f"{left} steps are left")


EXPECTED_VERBS = ["opened", "read"]


def _problems(number: int) -> list[str]:
    """What differs from one undisturbed journey, for the reports of this round and for the whole."""
    from intake import attachments, receipts
    from intake.models import Attachment, Report
    from intake.reporters import Reporter
    from search.models import Routing, Stale, ToRoute
    from triage.claims import broken_lines

    found = []
    for incoming_number, incoming in enumerate(_incoming(number)):
        rows = list(Report.objects.filter(external_id=incoming.external_id))
        if len(rows) != 1:
            found.append(f"{len(rows)} reports")
            continue
        report = rows[0]
        case = report.case
        code = receipts.code_for("web", incoming.external_id)
        verbs = [v for v in case.events.values_list("verb", flat=True) if v != "routed"]
        facts = {
            "text": report.text == incoming.text,
            "receipt": report.receipt == receipts.stored_form(code),
            "one identity": Reporter.objects.filter(report=report).count() == 1,
            "one file": [attachments.original(a) for a in report.attachments.all()]
            == [incoming.uploads[0].content],
            "one copy": [attachments.copy_for_staff(a) for a in report.attachments.all()]
            == [incoming.uploads[0].content],
            "one reading": case.readings.count() == 1,
            "one route": Routing.objects.filter(case=case).count() == 1,
            "history": verbs == EXPECTED_VERBS,
            "chain": broken_lines(case) == [],
            "read": case.state != "unread",
            "found once": _found(case, f"{number * 10 + incoming_number}号桥") == 1,
        }
        found += [f"not so: {name}" for name, so in facts.items() if not so]
    attachments.sweep_orphans(older_than=0)
    tokens = set(Attachment.objects.values_list("token", flat=True))
    files = {p.name.partition(".")[0] for p in attachments.folder().rglob("*") if p.is_file()}
    found += [] if tokens == files else [f"{len(files - tokens)} files without a row"]
    found += [f"{Stale.objects.count()} documents wait"] if Stale.objects.exists() else []
    found += [f"{ToRoute.objects.count()} routes wait"] if ToRoute.objects.exists() else []
    return found


def _found(case: Any, words: str) -> int:
    """How often the search finds the case, asked as somebody who sees the whole county."""
    from django.contrib.auth.models import User

    import search
    from search.query import Query
    from tests.product import staff
    from triage.models import Office, Role

    clerk = User.objects.filter(username="kill-clerk").first() or staff(
        Role.CLERK, Office.objects.get(code="letters"), username="kill-clerk"
    )
    hits = search.find(Query(words=words), user=clerk).hits
    return sum(hit.case_id == case.pk for hit in hits)


if __name__ == "__main__":
    main()
