"""What leaves as a file: under the same rights, safe to open, and written into the read log."""

import csv
import io

import pytest
from openpyxl import load_workbook

import search.export
from search.export import export, safe
from search.query import BadQuery, Query
from tests.product import XINGHUA, Identity, staff, submit_read
from triage.models import Look, Role
from triage.pipeline.finding import SubjectFound

pytestmark = pytest.mark.usefixtures("engine")


@pytest.fixture
def seer(county):
    return staff(Role.INVESTIGATOR, county.commission)


@pytest.fixture
def cases(county, indexed):
    made = [
        submit_read(
            '=HYPERLINK("http://x","修路补偿款")\n第二行',
            title="@SUM(1+1)",
            to=county.zones["east"],
            subjects=(SubjectFound(name="+86", post="-村支书"),),
            identity=Identity(name="赵一鸣", phone="13800001234"),
        ),
        submit_read("低保名额给了亲戚。\x07", to=county.zones["west"], place=XINGHUA),
    ]
    indexed()
    return made


def rows_of_csv(query, user):
    raw = b"".join(export(query, user=user, format="csv"))
    assert raw.startswith("\ufeff".encode())
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def sheets_of_xlsx(query, user):
    book = load_workbook(io.BytesIO(b"".join(export(query, user=user, format="xlsx"))))
    return [[[c.value for c in row] for row in sheet] for sheet in book], book


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_no_cell_begins_like_a_formula(start):
    assert safe(start + "1") == "'" + start + "1"


def test_a_csv_has_a_line_a_case_and_no_formula(cases, seer):
    rows = rows_of_csv(Query(), seer)
    numbers = [row[0] for row in rows if row]
    assert {c.number for c in cases} <= set(numbers)
    assert not any(cell.startswith(tuple("=+-@\t\r＝＋－＠")) for row in rows for cell in row)
    line = next(row for row in rows if row and row[0] == cases[0].number)
    assert line[12].startswith("'=HYPERLINK")
    assert line[12].endswith("第二行")


def test_an_xlsx_has_the_same_cells_as_text(cases, seer):
    (sheet, about), book = sheets_of_xlsx(Query(), seer)
    assert {row[0] for row in sheet[1:]} == {c.number for c in cases}
    assert {c.data_type for row in book.worksheets[0] for c in row} <= {"s", "n", "inlineStr"}
    assert any("2" in map(str, row) for row in about)


def test_each_exported_case_stands_in_its_read_log(cases, seer):
    rows_of_csv(Query("低保"), seer)
    assert [(look.case_id, look.by_id) for look in Look.objects.filter(what=Look.What.EXPORT)] == [
        (cases[1].pk, seer.pk)
    ]


def test_a_file_says_whether_the_index_was_complete(county, cases, seer):
    assert "0" not in str(rows_of_csv(Query(), seer)[-1])
    submit_read("还没有进索引。", to=county.zones["east"])
    assert "1" in rows_of_csv(Query(), seer)[-1][1]


def test_an_export_goes_over_all_pages_and_stops_at_its_cap(county, seer, indexed, monkeypatch):
    made = [submit_read(f"第{n}件修路的事。", to=county.zones["east"]) for n in range(7)]
    indexed()
    monkeypatch.setattr(search.export, "MOST_ROWS", 2)
    assert len([row for row in rows_of_csv(Query("修路"), seer) if len(row) == 13]) == 1 + len(made)
    monkeypatch.setattr(search.export, "MOST_CASES", 5)
    rows = rows_of_csv(Query("修路"), seer)
    assert len([row for row in rows if len(row) == 13]) == 1 + 5
    assert [row[1] for row in rows[-3:-1]] == ["7", "5"]


def test_a_handler_exports_the_zones_cases_only(county, cases):
    handler = staff(Role.HANDLER, county.zones["west"])
    raw = b"".join(export(Query(), user=handler, format="csv")).decode()
    assert cases[1].number in raw
    assert cases[0].number not in raw


def test_who_reported_is_in_no_export(cases, seer):
    raw = b"".join(export(Query(), user=seer, format="csv")).decode()
    assert "赵一鸣" not in raw
    assert "13800001234" not in raw


def test_another_format_is_refused(seer):
    with pytest.raises(BadQuery):
        export(Query(), user=seer, format="pdf")
