import io
import json
import sys

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import translation

from triage.pipeline.finding import LEVELS


@pytest.fixture
def run(tmp_path, capsys):
    """Runs `read_texts` over lines; gives its rows, what it said, and its exit code."""

    def run(*lines: bytes, **options):
        source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
        source.write_bytes(b"".join(line + b"\n" for line in lines))
        code = 0
        try:
            with translation.override("en"):
                call_command("read_texts", str(source), str(target), **options)
        except SystemExit as stop:
            code = stop.code
        rows = [json.loads(line) for line in target.read_text("utf-8").splitlines()]
        return rows, capsys.readouterr().err, code

    return run


def line(**row) -> bytes:
    return json.dumps(row, ensure_ascii=False).encode()


def test_rows_come_in_the_order_of_the_lines(run):
    rows, said, code = run(*(line(id=f"r{i}", text=f"征地补偿款{i}万元") for i in range(120)))
    assert [row["id"] for row in rows] == [f"r{i}" for i in range(120)]
    assert (said, code) == ("", 0)


def test_two_processes_write_what_one_writes(run):
    lines = [line(id=i, text="村支书王大山把鱼塘包给小舅子,每年八百元。" * (i % 3 + 1)) for i in range(130)]
    assert run(*lines, jobs=2)[0] == run(*lines)[0]


def test_a_row_has_the_promised_keys(run):
    (row,), _, _ = run(
        line(id="a", title="举报", text="河北省保定市清苑区石桥镇的村支书王大山2019年收了3万元。我叫李大有。")
    )
    assert {
        "id",
        "domain",
        "place",
        "subjects",
        "amounts",
        "dates",
        "masked",
        "evidence",
        "abstained",
    } <= set(row)
    assert set(row["domain"]) == {"code", "confidence", "alternatives", "abstained"}
    assert row["place"]["code"].isdigit()
    assert len(row["place"]["code"]) == 12
    assert row["place"]["level"] in LEVELS
    assert row["place"]["names"][0] == "河北省"
    assert row["subjects"] == [
        {"name": "王大山", "unit": "河北省保定市清苑区石桥镇", "post": "村支书", "level": "village"}
    ]
    assert row["amounts"] == [{"text": "3万元", "yuan": 30000.0}]
    assert {"text": "李大有", "reason": "name"} in row["masked"]


def test_a_text_without_a_place_names_none(run):
    (row,), _, _ = run(line(id="a", text="有人贪污"))
    assert row["place"]["code"] is None
    assert row["place"]["names"] == [None] * 5


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (b"{not json", "not JSON"),
        (b'{"id": "x", "text": "\xff\xfe"}', "not valid UTF-8"),
        (b'{"id": "x", "text": "\\ud800"}', "not valid UTF-8"),
        (b'["list"]', "not an object"),
        (b'{"text": "a"}', "no id"),
        (b'{"id": "x"}', "no text"),
        (b'{"id": "x", "text": 5}', "no text"),
        (b'{"id": "x", "text": "a", "context_place": "999999999999"}', "no place has the code"),
        (b"[" * 100_000, "not JSON"),
    ],
    ids=range(9),
)
def test_a_bad_line_is_reported_with_its_number_and_skipped(run, bad, why):
    rows, said, code = run(line(id="first", text="a"), bad, line(id="last", text="b"))
    assert [row["id"] for row in rows] == ["first", "last"]
    assert said.startswith("line 2:")
    assert why in said
    assert code == 1


def test_a_blank_line_is_no_line(run):
    assert run(b"", line(id="a", text="b"), b"  ")[2] == 0


def test_a_context_is_a_prior_for_the_place(run):
    text = "石桥镇的干部把补偿款扣了"
    (alone, told), _, _ = run(line(id=1, text=text), line(id=2, text=text, context_place="130608000000"))
    assert alone["place"]["abstained"]
    assert told["place"]["names"][3] == "石桥镇"


def test_the_territory_is_the_field(run):
    (row,), _, _ = run(line(id=1, text="石桥镇的干部把补偿款扣了"), territory="130608000000")
    assert row["place"]["names"][2:4] == ["清苑区", "石桥镇"]


def test_an_unknown_territory_is_refused(tmp_path):
    with pytest.raises(CommandError, match="123"):
        call_command("read_texts", str(tmp_path / "a"), str(tmp_path / "b"), territory="123")


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CommandError, match="nothing"):
        call_command("read_texts", str(tmp_path / "nothing"), str(tmp_path / "b"))


def test_standard_input_and_output_are_a_dash(monkeypatch, capfdbinary):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(line(id="a", text="b") + b"\n")))
    call_command("read_texts", "-", "-")
    assert json.loads(capfdbinary.readouterr().out)["id"] == "a"
