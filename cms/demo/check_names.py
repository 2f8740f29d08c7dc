"""Says which of the invented names stand in a national gazetteer: `python -m cms.demo.check_names FOLDER`.

FOLDER holds `provinces.csv.gz`, `cities.csv.gz`, `counties.csv.gz`, `townships.csv.gz` and `villages.csv.gz`
with the columns `code,name,parent_code`. Villages may bear names that occur elsewhere; the levels above may
not, and no code may begin like ours.
"""

from __future__ import annotations

import csv
import gzip
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from cms.demo.county import County

FILES = ("provinces", "cities", "counties", "townships", "villages")
ENDING = re.compile("(省|市|县|区|镇|乡|街道办事处|街道)$")


def clashes(folder: Path) -> Iterator[str]:
    ours = [place for place in County().places.values() if place["level"] != "village"]
    stems = {ENDING.sub("", place["name"]): place["name"] for place in ours}
    prefix = ours[0]["code"][:2]
    for level in FILES:
        with gzip.open(folder / f"{level}.csv.gz", "rt", encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                if row["code"].startswith(prefix):
                    yield f"{row['code']} {row['name']}: a code in our range"
                if level != "villages" and ENDING.sub("", row["name"]) in stems:
                    yield f"{row['code']} {row['name']}: our {stems[ENDING.sub('', row['name'])]}"


if __name__ == "__main__":
    found = list(clashes(Path(sys.argv[1])))
    sys.stdout.write("\n".join([*found, f"{len(found)} clashes"]) + "\n")
    sys.exit(bool(found))
