"""Accepted submissions a second, through the real server and the real form, with the worker running.

    python -m tests.benchmarks.intake [--seconds 10] [--workers 2] [--threads 1]

Prints for 1, 8 and 32 connections the rate and p50/p99 in milliseconds, what the worker had left
when the load ended and how long it took for the rest; then, at 20 submissions a second, the time
from the row of the report to the row of its route.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import random
import subprocess
import tempfile
import time
import uuid
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from tests.installation import Installation, until

CONNECTIONS = (1, 8, 32)
PREPARE = """
from cms.site_tree import plant
from tests.product import make_county
make_county()
plant("汀川县", "Tingchuan County")
"""
LEFT = """
from cms import journey
print(journey.waiting())
"""
LAGS = """
import json
from triage.models import Event
rows = Event.objects.filter(verb="routed").order_by("-pk").select_related("case__report")[:COUNT]
print(json.dumps([(e.at - e.case.report.created_at).total_seconds() for e in rows]))
"""
TEXTS = (
    "石桥镇柳树湾村支书甄有财去年把修路的{n}万元打进自己的账户,村里账目三年没有公开。",
    "泉铺镇上河村会计冒领低保金{n}元,名单里有已经去世的老人,村民多次反映没有人管。",
    "云岭乡杏花村征地补偿款少发了{n}元,乡里的干部说要先交手续费才能领到余款。",
    "The village head of Xinghua took {n} yuan from each family before the subsidy was paid out.",
)


class Citizens:
    """Connections that send one form after the other and read the receipt."""

    def __init__(self, address: str, seed: int) -> None:
        self.server = urlsplit(address)
        self.chance = random.Random(seed)
        self.milliseconds: list[float] = []
        self.refused = 0

    async def stay(self, until_moment: float) -> None:
        reader, writer = await asyncio.open_connection(self.server.hostname, self.server.port)
        while time.monotonic() < until_moment:
            await self.send(reader, writer)
        writer.close()

    async def send(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        started = time.perf_counter()
        writer.write(self._request())
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        page = await reader.readexactly(length)
        if head.split(b" ", 2)[1] == b"200" and b'id="code"' in page:
            self.milliseconds.append((time.perf_counter() - started) * 1000)
        else:
            self.refused += 1

    def _request(self) -> bytes:
        text = self.chance.choice(TEXTS).format(n=self.chance.randint(1, 90_000))
        form = {"uid": str(uuid.uuid4()), "accused_rows": "1", "act": "send", "text": text}
        body = urlencode(form).encode()
        return (
            f"POST /report/ HTTP/1.1\r\nHost: {self.server.netloc}\r\nSec-Fetch-Site: same-origin\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode() + body


async def load(address: str, connections: int, seconds: float) -> Citizens:
    citizens = Citizens(address, connections)
    end = time.monotonic() + seconds
    await asyncio.gather(*(citizens.stay(end) for _ in range(connections)))
    return citizens


async def drip(address: str, rate: int, seconds: int) -> Citizens:
    """So many submissions a second, each on its own connection, whether or not the one before has ended."""
    citizens = Citizens(address, 20)

    async def one(after: float) -> None:
        await asyncio.sleep(after)
        reader, writer = await asyncio.open_connection(citizens.server.hostname, citizens.server.port)
        await citizens.send(reader, writer)
        writer.close()

    await asyncio.gather(*(one(n / rate) for n in range(rate * seconds)))
    return citizens


def share(values: list[float], part: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def ask(installation: Installation, script: str) -> str:
    return installation.run("shell", "--no-imports", "-c", script).stdout.strip().splitlines()[-1]


def machine() -> str:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    busy = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    return (
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"commit {commit.stdout.strip()}, load before {busy}"
    )


def memory(installation: Installation) -> str:
    """Resident megabytes of the server's processes, biggest first."""
    server = installation.running[-1].pid
    told = subprocess.run(
        ["ps", "-o", "rss=", "--ppid", str(server)], capture_output=True, text=True, check=True
    )
    return ", ".join(f"{int(line) >> 10}" for line in sorted(told.stdout.split(), key=int, reverse=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    print(f"# Intake, {options.workers} web processes × {options.threads} threads\n\n{machine()}\n")
    with tempfile.TemporaryDirectory(prefix="flypaper-bench-") as name:
        installation = Installation(
            Path(name) / "var", FLYPAPER_REPORTS_PER_MINUTE="0", FLYPAPER_REPORTS_PER_HOUR="0", PYTHONPATH="."
        )
        try:
            measure(installation, options)
        finally:
            installation.stop()


def measure(installation: Installation, options: argparse.Namespace) -> None:
    installation.run("make_keys")
    installation.run("migrate", "--skip-checks", "--verbosity=0")
    installation.run("shell", "--no-imports", "-c", PREPARE)
    address = installation.serve("--workers", str(options.workers), "--threads", str(options.threads))
    asyncio.run(load(address, 4, 2))  # templates, caches
    print(
        "| connections | accepted/s | p50 ms | p99 ms | refused | steps left for the worker | done after s |"
    )
    print("|---|---|---|---|---|---|---|")
    for connections in CONNECTIONS:
        got = asyncio.run(load(address, connections, options.seconds))
        left, began = int(ask(installation, LEFT)), time.monotonic()
        until(lambda: ask(installation, LEFT) == "0", seconds=1800, pause=1)
        rate = len(got.milliseconds) / options.seconds
        p50, p99 = share(got.milliseconds, 0.5), share(got.milliseconds, 0.99)
        print(
            f"| {connections} | {rate:.0f} | {p50:.1f} | {p99:.1f} | {got.refused} | {left} "
            f"| {time.monotonic() - began:.0f} |",
            flush=True,
        )
    asyncio.run(drip(address, 20, 15))
    until(lambda: ask(installation, LEFT) == "0", seconds=120)
    lags = json.loads(ask(installation, LAGS.replace("COUNT", "300")))
    print(
        f"\nAt 20/s from the report to its route: p50 {share(lags, 0.5):.2f} s, p95 {share(lags, 0.95):.2f} s"
    )
    print(f"Memory (worker, web processes): {memory(installation)} MB")


if __name__ == "__main__":
    main()
