"""The write gate of the embedded database, with real threads and processes."""

import fcntl
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.db import OperationalError, connection, transaction

from cms.database.base import writes
from cms.database.gate import LONGEST_REST, WriteGate

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'sqlite'", reason="the gate is SQLite's"),
]


@pytest.fixture
def gate(data_folder):
    """The gate as another process sees it."""
    other = WriteGate(Path(connection.settings_dict["NAME"] + ".gate"), timeout=0.2)
    yield other
    other.close()


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT 1", False),
        ("  select * from x where note = 'DELETE'", False),
        ("PRAGMA table_info(x)", False),
        ("WITH a AS (SELECT 1) SELECT * FROM a", False),
        ("WITH a AS (SELECT 1) INSERT INTO x SELECT * FROM a", True),
        ("INSERT INTO x VALUES (1)", True),
        ("REPLACE INTO x VALUES (1)", True),
        ("CREATE TABLE y (z)", True),
        ("VACUUM", True),
    ],
)
def test_a_statement_that_may_write_is_known_by_its_words(sql, expected):
    assert writes(sql) is expected


def test_a_transaction_holds_the_gate_until_its_commit(gate):
    with transaction.atomic():
        with pytest.raises(OperationalError, match=r"more than 0\.2 seconds"):
            gate.enter()
        with transaction.atomic():
            Group.objects.create(name="inner")
        with pytest.raises(OperationalError):
            gate.enter()
    gate.enter()


def test_a_rolled_back_transaction_gives_the_gate_back(gate):
    with transaction.atomic():
        Group.objects.create(name="lost")
        transaction.set_rollback(True)
    gate.enter()
    assert not Group.objects.filter(name="lost").exists()


def test_an_autocommit_write_gives_the_gate_back_at_once(gate):
    group = Group.objects.create(name="alone")
    gate.enter()
    gate.leave()
    Group.objects.filter(pk=group.pk).update(name="renamed")
    gate.enter()


def test_the_gate_is_free_again_when_commit_hooks_run(gate):
    entered = []
    with transaction.atomic():
        transaction.on_commit(lambda: entered.append(gate.enter()))
    assert entered == [None]


def test_reading_does_not_wait_for_a_writer(gate):
    gate.enter()
    start = time.monotonic()
    assert Group.objects.count() == 0
    assert time.monotonic() - start < connection.gate.timeout / 2


def test_a_writer_that_waits_too_long_is_told_so(gate, monkeypatch):
    gate.enter()
    monkeypatch.setattr(connection.gate, "timeout", 0.1)
    with pytest.raises(OperationalError, match=r"Another process has been writing"):
        Group.objects.create(name="late")
    gate.leave()
    Group.objects.create(name="on time")


def test_a_closed_connection_gives_the_gate_back(gate):
    with transaction.atomic():
        connection.close()
    gate.enter()


def test_a_background_process_leaves_the_gate_to_those_it_held_up(gate, monkeypatch):
    rests = []
    monkeypatch.setattr(time, "sleep", rests.append)
    monkeypatch.setattr(gate, "polite", True)

    def rest_after_holding():
        rests.clear()
        gate.enter()
        gate.leave()
        gate.enter()
        gate.leave()
        return rests[-1] if rests else 0

    assert rest_after_holding() == 0
    gate.enter()
    with gate.path.with_name(gate.path.name + ".queue").open() as queue:
        fcntl.flock(queue, fcntl.LOCK_SH)  # as one does who waits
        first, later = rest_after_holding(), rest_after_holding()
    assert 0 < first < later <= LONGEST_REST
    gate.enter()
    gate.leave()
    assert rest_after_holding() == 0


WRITER = """
import sys, django
django.setup()
from django.contrib.auth.models import Group
from django.db import transaction
for i in range(40):
    with transaction.atomic():
        Group.objects.create(name=f"{sys.argv[1]}-{i}")
        assert Group.objects.count() > 0
    Group.objects.filter(name=f"{sys.argv[1]}-{i}").update(name=f"{sys.argv[1]}+{i}")
"""


def test_threads_and_processes_that_write_at_once_lose_nothing(installation):
    installation.run("make_keys")
    installation.run("migrate", "auth")
    script = installation.folder / "writer.py"
    script.write_text(WRITER)

    def write(name):
        line = [sys.executable, str(script), name]
        environment = {**installation.environment, "PYTHONPATH": "."}
        done = subprocess.run(line, env=environment, capture_output=True, text=True, timeout=120)
        failures.append(done.stderr) if done.returncode else None

    failures: list[str] = []
    threads = [threading.Thread(target=write, args=(f"w{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    file = sqlite3.connect(installation.folder / "flypaper.sqlite3")
    assert file.execute("SELECT count(*) FROM auth_group WHERE name LIKE 'w%+%'").fetchone() == (160,)


def test_threads_of_one_process_take_turns():
    order = []

    def write(name):
        for i in range(20):
            with transaction.atomic():
                order.append(name)
                Group.objects.create(name=f"{name}-{i}")
                order.append(name)
        connection.close()

    threads = [threading.Thread(target=write, args=(n,)) for n in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Group.objects.count() == 80
    assert order[::2] == order[1::2]
