import socket
import threading
import time

import pytest
from celery import shared_task
from django.db import transaction

from intake import bells
from intake.bells import Doorbell, ring
from tests.installation import free_port


@shared_task
def touch_nothing(pk):
    return pk


@pytest.fixture
def doorbell():
    bell = Doorbell()
    yield bell
    bell.close()


@pytest.mark.django_db(transaction=True)
def test_a_bell_rings_only_after_the_commit(doorbell):
    with transaction.atomic():
        ring(touch_nothing, 1)
        assert not doorbell.wait(0)
    assert doorbell.wait(0)


@pytest.mark.django_db(transaction=True)
def test_a_rollback_rings_nothing(doorbell):
    with transaction.atomic():
        ring(touch_nothing, 1)
        transaction.set_rollback(True)
    assert not doorbell.wait(0)


@pytest.mark.django_db(transaction=True)
def test_many_rings_are_one_call_to_the_door(doorbell):
    for pk in range(100):
        ring(touch_nothing, pk)
    assert doorbell.wait(0)
    assert not doorbell.wait(0)


@pytest.mark.django_db(transaction=True)
def test_a_waiting_worker_is_woken_at_once(doorbell):
    threading.Timer(0.1, bells._knock).start()
    start = time.monotonic()
    assert doorbell.wait(5)
    assert time.monotonic() - start < 4


def test_without_a_worker_the_bell_is_lost_quietly(settings, tmp_path, caplog):
    settings.FLYPAPER_DATA = tmp_path
    bells._knock()
    Doorbell().close()
    bells._knock()
    assert caplog.records == []


def test_a_full_pipe_does_not_hold_anybody_up(doorbell):
    for _ in range(70_000):
        bells._knock()
    assert doorbell.wait(0)


RING_FIFTY_TIMES = """
import time
from django.db import transaction
from cms.celery import sweep
from intake.bells import ring
start = time.monotonic()
for pk in range(50):
    with transaction.atomic():
        ring(sweep, "search.tasks.catch_up")
print(time.monotonic() - start)
"""


@pytest.mark.parametrize("answer", ["refused", "silent"])
def test_a_dead_broker_costs_the_citizen_next_to_nothing(installed, answer):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1] if answer == "silent" else free_port()
        rung = installed.run(
            "shell", "--no-imports", "-c", RING_FIFTY_TIMES, FLYPAPER_BROKER=f"redis://127.0.0.1:{port}/0"
        )
    assert float(rung.stdout) < 3
    assert rung.stderr.count("The broker does not answer (OperationalError)") == 1
