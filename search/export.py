"""What a user finds, as a file: the same rights, the same masked text, and a line in each case's read log.

The last line (in XLSX the second sheet) says what was asked, when, how many there are, and whether the index
was complete for this user.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _

from search.documents import accused
from search.finding import MOST_ROWS, find
from search.query import BadQuery, Query, Results
from triage import actions
from triage.models import Case, Look, Place
from triage.places.keys import path_of

if TYPE_CHECKING:
    from django.contrib.auth.models import User

MOST_CASES = 5_000
FORMATS = ("csv", "xlsx")
# A cell that begins with one of these is a formula for a spreadsheet (the wide ones in East Asian editions).
FORMULA = tuple("=+-@\t\r\n＝＋－＠")
LONGEST_CELL = 32_000  # Excel refuses a file with more than 32,767 characters in a cell
CHUNK = 64 * 1024


def export(query: Query, *, user: User, format: str) -> Iterator[bytes]:
    """The file in pieces. Each case is in its read log before its line is given out."""
    if format not in FORMATS:
        raise BadQuery(_("Results can be exported as CSV or XLSX."))
    return (_csv if format == "csv" else _xlsx)(query, user)


def _csv(query: Query, user: User) -> Iterator[bytes]:
    yield "\ufeff".encode()  # without it Excel reads Chinese in the machine's old encoding
    state = _State(query)
    yield _line(_headings())
    for rows in _pages(query, user, state):
        yield b"".join(_line(row) for row in rows)
    yield _line([]) + b"".join(_line(row) for row in state.rows())


def _line(row: Iterable[str]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerow([safe(cell) for cell in row])
    return buffer.getvalue().encode()


def _xlsx(query: Query, user: User) -> Iterator[bytes]:
    from openpyxl import Workbook
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    def cells(row: Iterable[str]) -> list[str]:
        return [safe(ILLEGAL_CHARACTERS_RE.sub("", cell))[:LONGEST_CELL] for cell in row]

    state = _State(query)
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Cases"))
    sheet.append(cells(_headings()))
    for rows in _pages(query, user, state):
        for row in rows:
            sheet.append(cells(row))
    about = book.create_sheet(_("About this file"))
    for row in state.rows():
        about.append(cells(row))
    buffer = io.BytesIO()
    book.save(buffer)
    buffer.seek(0)
    while piece := buffer.read(CHUNK):
        yield piece


class _State:
    """What the file says about itself."""

    def __init__(self, query: Query) -> None:
        self.query = query
        self.at = timezone.localtime()
        self.total = self.exported = self.behind = 0

    def rows(self) -> list[list[str]]:
        found = [
            [_("Exported at"), self.at.isoformat(timespec="seconds")],
            [_("Search words"), self.query.words],
            [_("Cases found"), str(self.total)],
            [_("Cases in this file"), str(self.exported)],
        ]
        if self.behind:
            text = _("%(n)d cases that you may see were not indexed as they stood; the file may lack them.")
            return [*found, [_("Index"), text % {"n": self.behind}]]
        return [*found, [_("Index"), _("complete for what you may see")]]


def _pages(query: Query, user: User, state: _State) -> Iterator[list[list[str]]]:
    after = ""
    while state.exported < MOST_CASES:
        page = replace(query, after=after, limit=min(MOST_ROWS, MOST_CASES - state.exported), facets=False)
        results = find(page, user=user)
        state.total = max(state.total, results.total)
        state.behind = max(state.behind, results.behind)
        cases = _written_down(results, user)
        if cases:
            yield _rows(cases)
        state.exported += len(cases)
        after = results.next
        if not after:
            return


def _written_down(results: Results, user: User) -> list[Case]:
    cases = [hit.case for hit in results.hits if hit.case]
    with transaction.atomic():
        for case in cases:
            actions.look(case, by=user, what=Look.What.EXPORT)
    return cases


def _headings() -> list[str]:
    return [
        _("Case number"),
        _("Received on"),
        _("Channel"),
        _("Kind"),
        _("Domain"),
        _("Place"),
        _("Zone"),
        _("Office"),
        _("State"),
        _("Accused"),
        _("Largest sum"),
        _("Title"),
        _("Text"),
    ]


def _rows(cases: list[Case]) -> list[list[str]]:
    prefetch_related_objects(cases, "subjects")
    wanted = {key for case in cases for key in path_of(case.place_id)}
    labels = {p.pk: p.label for p in Place.objects.filter(pk__in=wanted)}
    return [_row(case, labels) for case in cases]


def _row(case: Case, labels: dict[str, str]) -> list[str]:
    return [
        case.number,
        timezone.localtime(case.received_at).strftime("%Y-%m-%d %H:%M"),
        str(case.get_channel_display()),
        str(case.get_kind_display()),
        case.domain.label if case.domain else "",
        " ".join(labels.get(key, "") for key in path_of(case.place_id)).strip(),
        case.zone.label if case.zone else "",
        case.office.label if case.office else "",
        str(case.get_state_display()),
        accused(case.subjects.all()),
        "" if case.largest_sum is None else str(case.largest_sum),
        case.title,
        case.text,
    ]


def safe(cell: str) -> str:
    """The cell as text for every spreadsheet, never a formula."""
    return "'" + cell if cell.startswith(FORMULA) else cell
