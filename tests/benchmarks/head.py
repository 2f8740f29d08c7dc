"""What stands above every table of figures: where, when, and with which versions they were measured."""

from __future__ import annotations

import os
import platform
import sqlite3
import subprocess
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("django", "wagtail", "granian", "spacy", "apsw-sqlite3mc")


def print_head(title: str, packages: Sequence[str] = PACKAGES) -> None:
    print(f"\n## {title}\n\n{machine()}, {versions(packages)}", flush=True)
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {load()}\n", flush=True)


def machine() -> str:
    gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    return f"{_processor()}, {os.cpu_count()} cores, {gib:.0f} GiB, {platform.system()}, commit {commit()}"


def versions(packages: Sequence[str] = PACKAGES) -> str:
    found = [f"Python {platform.python_version()}", f"SQLite {sqlite3.sqlite_version}"]
    return ", ".join(found + [f"{name} {version(name)}" for name in packages])


def commit() -> str:
    """The short hash, with `+` where files have been changed since."""
    head = _git("rev-parse", "--short", "HEAD")
    return head + "+" if _git("status", "--porcelain", "--untracked-files=no") else head


def load() -> str:
    """Others on the machine make every figure worse: the load says how far to trust them."""
    return "load before {:.1f} {:.1f} {:.1f}".format(*os.getloadavg())


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    print("| " + " | ".join(columns) + " |")
    print("|---|" + "---:|" * (len(columns) - 1))
    for row in rows:
        print("| " + " | ".join(map(str, row)) + " |", flush=True)
    print(flush=True)


def percentile(ordered: Sequence[float], share: float) -> float:
    """Of values in rising order; nan of none."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _git(*line: str) -> str:
    return subprocess.run(
        ["git", *line], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()
