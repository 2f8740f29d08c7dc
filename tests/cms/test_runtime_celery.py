"""Production's path: Celery with a real Redis."""

import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest
import redis

from cms.celery import app
from tests.installation import ROOT, until

COUNT_RINGS = """
from django.db import transaction
from cms.celery import sweep
from intake.bells import ring
with transaction.atomic():
    ring(sweep, "search.tasks.catch_up")
"""


@pytest.fixture
def broker(redis_address):
    """Database 1 of the server, empty."""
    address = redis_address.rpartition("/")[0] + "/1"
    client = redis.Redis.from_url(address)
    client.flushdb()
    yield client, address
    client.flushdb()


@contextmanager
def celery_worker(installation, address):
    """A worker process; gives the file it logs to, and must end on SIGTERM without a complaint."""
    line = [sys.executable, "-m", "celery", "-A", "cms", "worker", "--concurrency=1", "--loglevel=error"]
    environment = {**installation.environment, "FLYPAPER_BROKER": address, "C_FORCE_ROOT": "1"}
    path = installation.folder.parent / "celery.log"
    with path.open("wb") as log:
        worker = subprocess.Popen(line, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        yield path
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(30) == 0
    finally:
        worker.kill()


def test_a_ring_puts_one_message_with_nothing_but_keys_into_the_broker(installed, broker):
    client, address = broker
    rung = installed.run("shell", "--no-imports", "-c", COUNT_RINGS, FLYPAPER_BROKER=address)
    assert rung.stderr == ""
    assert client.llen("celery") == 1


def test_a_celery_worker_takes_what_was_rung_and_stops_cleanly(installed, broker):
    client, address = broker
    installed.run("shell", "--no-imports", "-c", COUNT_RINGS, FLYPAPER_BROKER=address)
    with celery_worker(installed, address):
        until(lambda: client.llen("celery") == 0 and not client.hlen("unacked"), seconds=60)


def test_a_task_that_fails_logs_its_name_and_nothing_of_its_values(installed, broker):
    _, address = broker
    script = "from cms.celery import sweep; sweep.apply_async(args=['wang.dawei.took.the.money'])"
    installed.run("shell", "--no-imports", "-c", script, FLYPAPER_BROKER=address)
    with celery_worker(installed, address) as log:
        until(lambda: "A task failed" in log.read_text(), seconds=60)
    said = log.read_text()
    assert "A task failed (cms.sweep, raised unexpected)." in said
    assert "ModuleNotFoundError at " in said
    assert "wang" not in said


def test_a_stopped_broker_does_not_hold_up_the_one_who_reports(installed, broker):
    _, address = broker
    rung = installed.run(
        "shell", "--no-imports", "-c", COUNT_RINGS, FLYPAPER_BROKER=address.replace("127.0.0.1", "127.0.0.2")
    )
    assert "The broker does not answer" in rung.stderr


def test_the_schedule_runs_every_sweep_of_the_embedded_worker(settings):
    app.loader.import_default_modules()
    schedule = app.conf.beat_schedule.values()
    assert sorted(entry["args"][0] for entry in schedule) == sorted(settings.FLYPAPER_SWEEPS)
    assert {entry["task"] for entry in schedule} <= set(app.tasks)
