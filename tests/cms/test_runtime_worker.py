import logging
import os
import signal
import subprocess
import sys

import pytest

from cms import folder
from cms.worker import Sweep, Worker, heartbeat_path
from tests.installation import until


@pytest.fixture(autouse=True)
def prepared(transactional_db):
    folder.prepare()


def counted(*answers):
    """A sweep that answers these in turn, then 0."""
    left = list(answers)
    calls = []

    def catch_up():
        calls.append(1)
        return left.pop(0) if left else 0

    catch_up.calls = calls
    return catch_up


def test_the_worker_goes_round_until_nothing_is_left():
    first, second = counted(5, 5), counted(0, 0, 3)
    assert Worker([Sweep("first", first), Sweep("second", second)], []).drain() == 0
    assert (len(first.calls), len(second.calls)) == (4, 4)


def test_a_broken_sweep_does_not_stop_the_others(caplog):
    def broken():
        raise ValueError("举报人 13800000000")

    other = counted(1)
    with caplog.at_level(logging.ERROR):
        assert Worker([Sweep("broken", broken), Sweep("other", other)], []).drain() == 1
    assert len(other.calls) == 2
    assert "ValueError" in caplog.text
    assert "13800000000" not in caplog.text


def test_a_broken_sweep_rests_and_then_works_again(monkeypatch):
    answers = iter([ValueError(), ValueError(), 1])

    def sometimes():
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    now = 100.0
    monkeypatch.setattr("cms.worker.time.monotonic", lambda: now)
    sweep = Sweep("sometimes", sometimes)
    assert sweep() == 0
    assert sweep() == 0
    assert sweep.failures == 1
    now = 101.5
    assert sweep() == 0
    assert sweep.failures == 2
    now = 110.0
    assert sweep() == 1
    assert sweep.failures == 0


def test_a_round_leaves_a_sign_of_life():
    heartbeat_path().unlink(missing_ok=True)
    Worker([Sweep("one", counted(0))], []).round()
    assert heartbeat_path().exists()


def test_every_sweep_of_the_settings_can_be_called(settings):
    assert [sweep.name for sweep in Worker.from_settings().sweeps] == settings.FLYPAPER_SWEEPS


def test_the_worker_process_ends_what_there_is_and_goes(installed):
    assert installed.run("work", "--once").returncode == 0


def test_a_second_worker_is_refused_and_the_first_stops_on_a_signal(installed):
    worker = installed.start("work")
    until((installed.folder / "run" / "heartbeat").exists)
    second = installed.run("work", "--once", check=False)
    assert second.returncode == 3
    assert "Another worker is at work" in second.stderr
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(10) == 0
    assert worker.log.read_text() == ""


def test_a_worker_whose_server_was_killed_ends_by_itself(installed):
    line = [sys.executable, "manage.py", "work"]
    orphan = "import os, subprocess, sys; p = subprocess.Popen(sys.argv[1:], env={**os.environ, 'FLYPAPER_SERVER_PID': str(os.getpid())}); print(p.pid)"
    made = subprocess.run(
        [sys.executable, "-c", orphan, *line],
        env=installed.environment,
        capture_output=True,
        text=True,
        timeout=20,
    )
    pid = int(made.stdout)

    def gone():
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        return open(f"/proc/{pid}/stat").read().split()[2] == "Z"

    until(gone, seconds=30)


def test_without_keys_nothing_works(installation):
    refused = installation.run("work", "--once", check=False)
    assert refused.returncode == 1
    assert refused.stderr.startswith("CommandError: No keys at")
