from datetime import date

import pytest

from tests.tables import read_csv
from triage.pipeline.amounts import amounts
from triage.pipeline.dates import dates
from triage.pipeline.letter import fold


@pytest.mark.parametrize("row", read_csv("reading/amounts.csv"), ids=lambda row: row["text"])
def test_a_sum_is_read_in_yuan(row):
    wanted = [float(yuan) for yuan in row["yuan"].split(";") if yuan]
    assert [found.yuan for found in amounts(fold(row["text"]))] == wanted


@pytest.mark.parametrize(
    "row", read_csv("reading/dates.csv"), ids=lambda row: f"{row['text']} {row['received']}"
)
def test_a_date_is_read_as_first_and_last_day(row):
    received = date.fromisoformat(row["received"]) if row["received"] else None
    found = [(one.first, one.last) for one in dates(fold(row["text"]), received)]
    assert found == ([(row["first"], row["last"])] if row["first"] else [])


def test_a_month_without_a_year_takes_the_year_named_before():
    found = dates(fold("2022年5月发的通知,7月12日开始量地"), date(2026, 11, 24))
    assert found[1].first == "2022-07-12"


@pytest.mark.parametrize("text", ["九" * 5000, "1," * 5000, "3-" * 5000 + "万元", "2019年" * 2000])
def test_figures_without_end_are_read_as_well(text):
    assert all(one.yuan > 0 for one in amounts(text))
    assert all(one.first <= one.last for one in dates(text, date(2026, 11, 24)))
