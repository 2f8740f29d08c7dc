"""How fast texts are read on one core: `python -m tests.benchmarks.reading`.

`pipeline.read` with the nation and with one county as the field, by length of text; the keyword vote alone is what
one would take instead. Texts are the sample county's and the same matters placed anywhere in the nation. Each kind
is measured in a process of its own, so that memory and load time are its own.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable

from tests.benchmarks import processes
from tests.benchmarks.head import ROOT, percentile, print_head, print_table

LENGTHS = (100, 300, 1_000, 3_000)
COUNTY = "610323000000"
KINDS = {
    "nation": "whole pipeline, national gazetteer",
    "county": "whole pipeline, one county",
    "keywords": "keyword vote alone",
}


def measured(call: Callable[[str], object], texts: list[str], seconds: float) -> dict[str, float]:
    """Texts a second of CPU, and p50 and p99 in milliseconds of CPU for one text."""
    for text in texts[:20]:
        call(text)
    took, end, number = [], time.monotonic() + seconds, 0
    while time.monotonic() < end or number < len(texts) // 4:
        start = time.process_time()
        call(texts[number % len(texts)])
        took.append(time.process_time() - start)
        number += 1
    took.sort()
    return {
        "rate": number / sum(took),
        "p50": percentile(took, 0.5) * 1000,
        "p99": percentile(took, 0.99) * 1000,
    }


def reader(kind: str) -> Callable[[str], object]:
    """Loads what is needed."""
    if kind == "keywords":
        from triage.domains import words
        from triage.pipeline.keywords import Keywords

        return Keywords(words()).hits
    from triage.pipeline import load, read
    from triage.places import Territory

    field = Territory.national() if kind == "nation" else Territory.of(COUNTY)
    load()
    read("柳树湾村的书记贪污了修路的钱。", territory=field)
    return lambda text: read(text, territory=field)


def child(kind: str, seconds: float) -> None:
    from tests.benchmarks.letters import county_letters, national_letters, of_length

    letters = national_letters() if kind == "nation" else county_letters()
    before = processes.used(os.getpid()).rss
    start = time.process_time()
    call = reader(kind)
    loaded = time.process_time() - start
    rows = {n: measured(call, of_length(letters, n, 200), seconds) for n in LENGTHS}
    rows |= {"letters as they are": measured(call, letters, seconds)}
    used = processes.used(os.getpid())
    json.dump({"load": loaded, "more": used.rss - before, "rows": rows}, sys.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seconds", type=float, default=3, help="for each kind and length")
    parser.add_argument("--child", choices=sorted(KINDS), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child(options.child, options.seconds)
        return
    print_head("Reading, one core")
    rows, sizes = [], []
    for kind, label in KINDS.items():
        line = [sys.executable, "-m", "tests.benchmarks.reading", "--child", kind]
        line += ["--seconds", str(options.seconds)]
        done = subprocess.run(line, cwd=ROOT, stdout=subprocess.PIPE, check=True, text=True)
        found = json.loads(done.stdout)
        for length, row in found["rows"].items():
            rows.append([label, length, f"{row['rate']:,.0f}", f"{row['p50']:.2f}", f"{row['p99']:.2f}"])
        sizes.append([label, f"{found['load']:.1f}", f"{found['more']:.0f}"])
    print("By the CPU's clock, so that others on the machine count less:\n")
    print_table(["what reads", "characters", "texts/s", "p50 ms", "p99 ms"], rows)
    print_table(["what reads", "load s", "resident MB more after reading"], sizes)


if __name__ == "__main__":
    main()
