"""All benchmarks one after the other, as `make bench` runs them; arguments are names of some."""

import subprocess
import sys

from tests.benchmarks.head import ROOT

# The intake under a preload of a million and the search over one take hours where the machine is small:
# docs/develop/benchmarks.md says how they are asked for.
BENCHMARKS = {
    "intake": [
        ["--rounds", "3"],
        ["--rate", "20", "--seconds", "30"],
        ["--preload", "200000", "--rounds", "3"],
    ],
    "reading": [[]],
    "routing": [[]],
    "memory": [[]],
    "search": [["--cases", "100000"]],
}


def main(names: list[str]) -> int:
    if unknown := set(names) - set(BENCHMARKS):
        print(f"There is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}.")
        return 2
    failed = 0
    for name in names or BENCHMARKS:
        for options in BENCHMARKS[name]:
            line = [sys.executable, "-m", f"tests.benchmarks.{name}", *options]
            print(f"\n`python {' '.join(line[1:])}`", flush=True)
            failed += subprocess.call(line, cwd=ROOT) != 0
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
