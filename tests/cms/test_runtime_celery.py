"""Production's path: Celery with a real Redis."""

import signal
import subprocess
import sys

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


def test_a_ring_puts_one_message_with_nothing_but_keys_into_the_broker(installed, broker):
    client, address = broker
    rung = installed.run("shell", "--no-imports", "-c", COUNT_RINGS, FLYPAPER_BROKER=address)
    assert rung.stderr == ""
    assert client.llen("celery") == 1


def test_a_celery_worker_takes_what_was_rung_and_stops_cleanly(installed, broker):
    client, address = broker
    installed.run("shell", "--no-imports", "-c", COUNT_RINGS, FLYPAPER_BROKER=address)
    line = [sys.executable, "-m", "celery", "-A", "cms", "worker", "--concurrency=1", "--loglevel=error"]
    with (installed.folder.parent / "celery.log").open("wb") as log:
        worker = subprocess.Popen(
            line,
            cwd=ROOT,
            env={**installed.environment, "FLYPAPER_BROKER": address, "C_FORCE_ROOT": "1"},
            stdout=log,
            stderr=log,
        )
    try:
        until(lambda: client.llen("celery") == 0 and not client.hlen("unacked"), seconds=60)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(30) == 0
    finally:
        worker.kill()


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
