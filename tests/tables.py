"""Tables that an office can read and sign: CSV files under tests/data."""

import csv
from pathlib import Path

DATA = Path(__file__).parent / "data"


def read_csv(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
