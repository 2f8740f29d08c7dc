"""What the processes of a running installation have used, from /proc."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")


@dataclass(frozen=True)
class Used:
    """cpu in seconds since its start; rss and pss in MB."""

    pid: int
    cpu: float
    rss: float
    pss: float


def of_server(server: int) -> tuple[list[Used], list[Used]]:
    """(web processes, the worker) below the process that `manage.py serve` is."""
    web, worker = [], []
    for pid in _below(server):
        line = _command(pid)
        if "resource_tracker" in line:
            continue
        (worker if line.endswith(" work") else web).append(used(pid))
    return web, worker


def used(pid: int) -> Used:
    fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    rollup = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()[1:]
    sizes = {
        name: int(rest.split()[0]) / 1024 for name, _colon, rest in (line.partition(":") for line in rollup)
    }
    return Used(pid, (int(fields[11]) + int(fields[12])) / TICK, sizes["Rss"], sizes["Pss"])


def cpu(processes: list[Used]) -> float:
    return sum(process.cpu for process in processes)


def _below(parent: int) -> list[int]:
    children = PROC / str(parent) / "task"
    found = [int(c) for task in children.iterdir() for c in (task / "children").read_text().split()]
    return found + [pid for child in found for pid in _below(child)]


def _command(pid: int) -> str:
    return (PROC / str(pid) / "cmdline").read_bytes().rstrip(b"\0").replace(b"\0", b" ").decode()
