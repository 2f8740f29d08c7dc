"""Celery in production (`celery -A cms worker`, `celery -A cms beat`); embedded, `manage.py work` stands in for it.

The same sweeps as the embedded worker's run once a minute, whatever became of the bells.
"""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, celeryd_init, setup_logging
from django.utils.module_loading import import_string

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings")

# CELERY_BROKER_TRANSPORT_OPTIONS are for a web process that rings; a worker waits longer for its broker.
PATIENT = {"socket_timeout": 30, "socket_connect_timeout": 5, "max_retries": None, "interval_max": 2}

app = Celery("flypaper")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@celeryd_init.connect
@beat_init.connect
def wait_for_the_broker(**kwargs: Any) -> None:
    app.conf.broker_transport_options = {**app.conf.broker_transport_options, **PATIENT}


@setup_logging.connect
def keep_our_logging(**kwargs: Any) -> None:
    """Celery's own log lines quote a task's arguments and an exception's message: Django's LOGGING stays."""


@app.task(name="cms.sweep", ignore_result=True)
def sweep(name: str) -> int:
    return import_string(name)()
