"""Checks that the compiled translations are those of the .po files; `--write` compiles them.

The .mo files are committed: a newcomer's machine often has no msgfmt.
"""

from __future__ import annotations

import gettext
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def catalogue(path: Path) -> dict:
    with path.open("rb") as file:
        return gettext.GNUTranslations(file)._catalog


def main(write: bool) -> int:
    if not shutil.which("msgfmt"):
        print("messages: msgfmt is needed (Debian: gettext).", file=sys.stderr)
        return 1
    stale = 0
    for source in sorted(ROOT.glob("*/locale/*/LC_MESSAGES/*.po")):
        compiled = source.with_suffix(".mo")
        with tempfile.TemporaryDirectory() as folder:
            fresh = Path(folder) / compiled.name
            subprocess.run(["msgfmt", "--check-format", "-o", fresh, source], check=True)
            if compiled.exists() and catalogue(compiled) == catalogue(fresh):
                continue
            if write:
                shutil.copyfile(fresh, compiled)
            else:
                stale += 1
                print(f"messages: {compiled.relative_to(ROOT)} is old; run `make messages`", file=sys.stderr)
    return int(stale > 0)


if __name__ == "__main__":
    sys.exit(main("--write" in sys.argv[1:]))
