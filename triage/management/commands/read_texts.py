from __future__ import annotations

import multiprocessing
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack
from itertools import batched
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from triage.pipeline.lines import Answer, Line, read_lines, territory

LINES_A_BATCH = 50
BATCHES_AHEAD = 4  # for each process: enough to keep it busy, few enough to hold a large file back


class Command(BaseCommand):
    requires_system_checks = ()  # reads texts also where there is no installation
    help = (
        "Read texts, one JSON object a line, and write what the pipeline finds in each, in order. "
        'Lines in: {"id", "title"?, "text", "context_place"?, "received_on"?}. '
        "A bad line is reported with its number and skipped; the exit code is then 1. Needs no database."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", metavar="IN.jsonl", help="file to read, or - for standard input")
        parser.add_argument("target", metavar="OUT.jsonl", help="file to write, or - for standard output")
        parser.add_argument(
            "--territory", metavar="CODE", help="12 digits or `national`; without it the nation is the field"
        )
        parser.add_argument(
            "--jobs", type=int, default=1, metavar="N", help="processes that read (default 1)"
        )

    def handle(self, *args: object, **options: Any) -> None:
        code, jobs = options["territory"], options["jobs"]
        if jobs < 1:
            raise CommandError(_("--jobs must be 1 or more"), returncode=2)
        self._check_territory(code)
        with ExitStack() as stack:
            source = stack.enter_context(_opened(options["source"], "rb", sys.stdin.buffer))
            target = stack.enter_context(_opened(options["target"], "wb", sys.stdout.buffer))
            bad = self._write(_answers(_numbered(source), code, jobs), target)
        if bad:
            raise SystemExit(1)

    def _check_territory(self, code: str | None) -> None:
        from triage.places import UnknownPlace

        try:
            territory(code)
        except UnknownPlace as error:
            raise CommandError(_("no place has the code %(code)s") % {"code": code}, returncode=2) from error

    def _write(self, answers: Iterable[Answer], target: IO[bytes]) -> int:
        bad = 0
        for number, row, wrong in answers:
            if wrong:
                bad += 1
                self.stderr.write(_("line %(number)d: %(wrong)s") % {"number": number, "wrong": wrong})
            else:
                target.write(row.encode("utf-8") + b"\n")
        return bad


def _opened(path: str, mode: str, standard: IO[bytes]) -> Any:
    if path == "-":
        return _Standing(standard)
    try:
        return open(path, mode)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}", returncode=2) from error


class _Standing:
    """Standard input or output, which others may still want: left open."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream = stream

    def __enter__(self) -> IO[bytes]:
        return self.stream

    def __exit__(self, *error: object) -> None:
        if self.stream.writable():
            self.stream.flush()


def _numbered(source: IO[bytes]) -> Iterator[Line]:
    for number, line in enumerate(source, 1):
        if line.strip():
            yield number, line


def _answers(lines: Iterator[Line], code: str | None, jobs: int) -> Iterator[Answer]:
    if jobs == 1:
        for line in lines:
            yield from read_lines((line,), code)
        return
    # Fresh processes: a fork would inherit what the parent has open.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context) as pool:
        ahead: deque[Future[list[Answer]]] = deque()
        for batch in batched(lines, LINES_A_BATCH):
            ahead.append(pool.submit(read_lines, batch, code))
            if len(ahead) > jobs * BATCHES_AHEAD:
                yield from ahead.popleft().result()
        while ahead:
            yield from ahead.popleft().result()
