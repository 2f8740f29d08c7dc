"""What a clone needs before anything of ours runs."""

import os
import re
import shutil
import subprocess
import tomllib

import pytest

from tests.installation import ROOT

LOCKS = ["run.txt", "dev.txt", "uv.txt"]


@pytest.fixture
def clone(tmp_path):
    """The script alone, on a machine with a shell and no Python that runs."""
    (tmp_path / "requirements").mkdir()
    shutil.copy2(ROOT / "requirements" / "install.sh", tmp_path / "requirements")
    (tmp_path / "bin").mkdir()
    for program in ("sh", "dirname", "df", "awk"):
        (tmp_path / "bin" / program).symlink_to(shutil.which(program))
    shim = tmp_path / "bin" / "python3.13"
    shim.write_text("#!/bin/sh\necho 'pyenv: python3.13: command not found' >&2\nexit 127\n")
    shim.chmod(0o755)
    return tmp_path


def install(clone, **environment):
    line = ["requirements/install.sh", "run"]
    given = {"PATH": str(clone / "bin"), "HOME": str(clone), **environment}
    return subprocess.run(line, cwd=clone, env=given, capture_output=True, text=True, timeout=60)


def test_without_a_python_one_sentence_says_what_to_install(clone):
    done = install(clone)
    assert done.returncode == 1
    assert done.stdout == ""
    assert re.fullmatch(r"flypaper: no Python 3\.12 or newer was found; .*\n", done.stderr)


def test_a_python_that_is_too_old_is_not_taken(clone):
    old = clone / "bin" / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    assert "no Python 3.12" in install(clone, PYTHON=str(old)).stderr


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_index_and_a_hash_for_everything(lock):
    text = (ROOT / "requirements" / lock).read_text()
    assert "://" not in text
    assert "--index" not in text
    entries = re.findall(r"^[a-z0-9].*?(?=^[a-z0-9]|\Z)", text, re.M | re.S)
    assert entries
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def locked(lock):
    return set(
        re.findall(r"^([a-z0-9.-]+)(?:\[[^]]*\])?==", (ROOT / "requirements" / lock).read_text(), re.M)
    )


def test_the_locks_hold_every_dependency():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    names = {
        lock: {re.match(r"[A-Za-z0-9._-]+", wanted)[0].lower() for wanted in listed}
        for lock, listed in (
            ("run.txt", project["project"]["dependencies"]),
            ("dev.txt", project["dependency-groups"]["dev"]),
        )
    }
    assert names["run.txt"] <= locked("run.txt") <= locked("dev.txt")
    assert names["dev.txt"] <= locked("dev.txt")


def test_no_program_of_ours_is_missing_its_execute_bit():
    for script in (".ci/run", "requirements/install.sh", "manage.py"):
        assert os.access(ROOT / script, os.R_OK)
    assert os.access(ROOT / "requirements/install.sh", os.X_OK)
