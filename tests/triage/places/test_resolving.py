"""Which place a text is about, as an office would say it: tests/data/places.csv."""

import csv
from pathlib import Path

import pytest

from triage.places import Territory, resolve

DATA = Path(__file__).parents[2] / "data"


def read_csv(name):
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def invented():
    return Territory.from_rows(
        (row["code"], row["name"], row["parent_code"], row["level"])
        for row in read_csv("places_invented.csv")
    )


TERRITORIES = {"national": Territory.national(), "invented": invented()}


def territory_of(name):
    return TERRITORIES.get(name) or Territory.of(name)


@pytest.mark.parametrize("row", read_csv("places.csv"), ids=lambda row: f"{row['note']}: {row['text'][:24]}")
def test_a_text_is_about_the_place_that_the_office_would_name(row):
    found = resolve(
        row["text"],
        territory=territory_of(row["territory"]),
        context_place=row["context"] or None,
        stated=row["stated"] or None,
    )
    taken = "none" if found.place.abstained or found.place.best is None else found.place.best.key
    assert taken == row["expected"], (
        found.place,
        [(m.text, m.role, m.candidates[:3]) for m in found.mentions],
    )
