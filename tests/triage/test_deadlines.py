import subprocess
import sys
from dataclasses import FrozenInstanceError
from datetime import date, timedelta

import holidays
import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override

from tests.tables import read_csv
from triage import deadlines

ROWS = read_csv("deadlines.csv")
PUBLISHED = range(2008, 2027)


@pytest.mark.parametrize("row", ROWS, ids=lambda r: f"{r['rule']}-{r['start']}")
def test_a_step_is_due_on_the_day_worked_out_by_hand(row):
    term = deadlines.due(row["rule"], date.fromisoformat(row["start"]), profile=row["profile"])

    assert (term.on.isoformat(), "yes" if term.provisional else "no") == (row["due"], row["provisional"])


def test_every_rule_has_a_row_worked_out_by_hand():
    by_hand = {(r["profile"], r["rule"]) for r in ROWS}

    known = {(p, r.id) for p in deadlines.profiles() for r in deadlines.rules(p)}

    assert known - by_hand == {("uk", "U3"), ("uk", "U4")}


@pytest.mark.parametrize("year", PUBLISHED)
def test_the_days_on_file_are_those_of_the_published_arrangement(year):
    arranged = holidays.country_holidays("CN", years=year)
    day, wrong = date(year, 1, 1), []
    while day.year == year:
        if deadlines.is_working_day(day) != arranged.is_working_day(day):
            wrong.append(day)
        day += timedelta(days=1)

    assert not wrong


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        ("2026-02-14", True),
        ("2026-02-15", False),
        ("2026-02-16", False),
        ("2026-02-28", True),
        ("2026-10-07", False),
        ("2026-10-10", True),
        ("2026-11-24", True),
        ("2026-11-28", False),
        ("2024-02-09", True),
        ("2033-10-03", False),
    ],
)
def test_make_up_days_are_worked_and_holidays_are_not(day, worked):
    assert deadlines.is_working_day(date.fromisoformat(day)) is worked


def test_an_extension_counts_as_one_period_from_the_start():
    term = deadlines.due("D11", date(2025, 12, 31))

    longer = deadlines.extended(term)

    assert (term.on, longer.on) == (date(2026, 2, 28), date(2026, 3, 31))


def test_a_petition_claim_is_extended_by_thirty_days_at_most():
    term = deadlines.extended(deadlines.due("P4", date(2026, 3, 2), profile="cn-petition"), 20)

    with pytest.raises(ValueError, match="30 in all"):
        deadlines.extended(term, 11)


def test_an_extension_without_a_length_in_the_law_must_say_how_long():
    term = deadlines.due("D6", date(2026, 3, 2))

    with pytest.raises(ValueError, match="say how long"):
        deadlines.extended(term)
    assert deadlines.extended(term, 1).on == date(2026, 7, 2)


def test_a_limit_that_the_law_fixes_cannot_be_extended():
    with pytest.raises(ValueError, match="cannot be extended"):
        deadlines.extended(deadlines.due("D4", date(2026, 3, 2)))


def test_rules_quoted_from_memory_say_so():
    unverified = {r.id for r in deadlines.rules("cn-rule") if not r.verified}

    assert unverified == {"D8", "D9", "D10", "D12.2"}


def test_every_rule_speaks_both_languages():
    for profile in deadlines.profiles():
        for rule in deadlines.rules(profile):
            for words in (rule.label, rule.start, rule.actor):
                assert words.in_language("en") != words.in_language("zh-hans")


def test_a_due_date_cannot_be_changed_in_place():
    with pytest.raises(FrozenInstanceError):
        deadlines.due("D1", date(2026, 3, 2)).on = date(2026, 4, 1)


def test_the_years_on_file_are_counted_without_loading_every_countrys_holidays():
    program = (
        "import sys, datetime; from triage import deadlines;"
        "deadlines.due('D4', datetime.date(2026, 12, 20)); sys.exit('holidays' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "on"),
    [
        (["D4", "2026-02-10"], "2026-03-09"),
        (["d4", "2026-02-10", "--profile", "cn-rule"], "2026-03-09"),
        (["P4", "2026-09-25", "--profile", "cn-petition"], "2026-11-24"),
        (["P4", "2026-09-25"], "2026-11-24"),
    ],
)
def test_the_command_prints_the_date_alone_on_its_first_line(capsys, arguments, on):
    call_command("due", *arguments)

    assert capsys.readouterr().out.splitlines()[0] == on


def test_the_command_says_that_a_date_is_provisional(capsys):
    with override("en"):
        call_command("due", "D1", "2026-12-31")

    assert "Provisional" in capsys.readouterr().out.splitlines()[1]


@pytest.mark.parametrize(
    "arguments",
    [
        ["D99", "2026-01-01"],
        ["D1", "2026-02-30"],
        ["D1", "yesterday"],
        ["P1", "2026-01-01", "--profile", "cn-rule"],
        ["D8", "9999-12-31"],
    ],
)
def test_the_command_refuses_what_it_cannot_count_with_exit_code_2(arguments):
    with pytest.raises(CommandError) as refusal:
        call_command("due", *arguments)

    assert refusal.value.returncode == 2
