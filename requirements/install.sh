#!/bin/sh
# Makes .venv with the locked packages: `requirements/install.sh run` or `… dev` (run and the tools of tests).
set -eu
cd "$(dirname "$0")/.."
lock=$1
venv=.venv
megabytes_needed=1200

die() {
    echo "flypaper: $1" >&2
    exit 1
}

# A name on PATH proves nothing: pyenv's shims fail, and Debian's python3 may lack venv. So each candidate is run.
usable() {
    [ -n "$1" ] && "$1" -c 'import ensurepip, sqlite3, sys, venv; sys.exit(not (3, 12) <= sys.version_info < (3, 15))' \
        >/dev/null 2>&1
}

find_python() {
    for candidate in "${PYTHON:-}" python3.13 python3.12 python3.14 python3 python; do
        if usable "$candidate"; then echo "$candidate"; return; fi
    done
    versions=$(pyenv root 2>/dev/null || echo "${HOME:-}/.pyenv")/versions
    for candidate in "$versions"/3.13*/bin/python3 "$versions"/3.12*/bin/python3 "$versions"/3.14*/bin/python3; do
        if usable "$candidate"; then echo "$candidate"; return; fi
    done
}

free=$(df -Pm . | awk 'NR == 2 { print $4 }')
if ! usable $venv/bin/python || [ ! -x $venv/bin/uv ]; then
    python=$(find_python)
    [ -n "$python" ] || die "no Python 3.12 or newer was found; install one (on Debian and Ubuntu python3.12 with python3.12-venv, elsewhere pyenv install 3.13), or name it: make PYTHON=/path/to/python3"
    [ "$free" -ge $megabytes_needed ] || die "the disk has $free MB left; the packages need about $megabytes_needed MB."
    echo "flypaper: making .venv with $("$python" --version)"
    rm -rf $venv
    "$python" -m venv $venv
    $venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes --only-binary :all: \
        -r requirements/uv.txt || die "uv could not be installed (see above); is the package registry reachable?"
fi

echo "flypaper: installing requirements/$lock.txt"
$venv/bin/uv pip install -q --python $venv/bin/python --require-hashes --only-binary :all: \
    -r "requirements/$lock.txt" || die "the packages could not be installed (see above); is the package registry reachable, is the disk full?"
