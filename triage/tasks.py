"""Work after commit: each task carries a key; `catch_up` asks the tables what is still to do."""

from __future__ import annotations

import logging

from celery import shared_task
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from intake.models import Report
from intake.refusals import Refused
from intake.steps import passing
from triage import actions
from triage.models import Case
from triage.places import keys
from triage.territory import place_key, territory

BATCH = 200
log = logging.getLogger("flypaper.triage")


@shared_task(acks_late=True)
def read_case(pk: int) -> bool:
    """Reads one unread case; False when there is nothing to read any more. The model runs outside
    any transaction."""
    case = Case.objects.unread().select_related("report", "inbox").filter(pk=pk).first()
    if case is None:
        return False
    from triage import pipeline

    passing("reading")
    report = case.report
    finding = pipeline.read(
        report.text,
        title=report.title,
        territory=territory(),
        context_place=None if case.inbox_id == keys.NATION else case.inbox_id,
        stated_place=place_key(report.stated.get("place", "")),
        received_on=report.received_on,
    )
    passing("read")
    try:
        actions.read(case, finding)
    except Refused:
        return False  # another worker has read it, or a person has opened it
    passing("to_route")
    return True


@shared_task
def catch_up() -> int:
    """Opens cases that a failing receiver left out, then reads what is unread; how many were done."""
    done = 0
    for report in Report.objects.filter(case=None).order_by("pk")[:BATCH]:
        try:
            with transaction.atomic():
                actions.open_case(report)
        except IntegrityError:
            continue  # another worker has opened it meanwhile
        done += 1
    for pk in list(Case.objects.unread().order_by("pk").values_list("pk", flat=True)[:BATCH]):
        done += _read_or_set_aside(pk)
    return done


# Cases that failed in this process, with the time before which they are not tried again.
_resting: dict[int, float] = {}
REST_SECONDS = 60


def _read_or_set_aside(pk: int) -> int:
    """One text that the pipeline cannot take must not hold up the others."""
    now = timezone.now().timestamp()
    if _resting.get(pk, 0) > now:
        return 0
    try:
        return int(read_case(pk))
    except DatabaseError:
        raise
    except Exception as error:
        _resting[pk] = now + REST_SECONDS
        log.error("case %s could not be read: %s", pk, type(error).__name__)
        if len(_resting) > BATCH:
            raise
        return 0


def warm() -> None:
    """Loads the model before the first report needs it; the worker calls it before its first wait."""
    from triage import pipeline

    pipeline.load()


def health() -> dict[str, int]:
    """unread: cases that wait for the machine; oldest_unread_seconds; unrouted."""
    oldest = Case.objects.unread().order_by("opened_at").values_list("opened_at", flat=True).first()
    return {
        "unread": Case.objects.unread().count(),
        "oldest_unread_seconds": int((timezone.now() - oldest).total_seconds()) if oldest else 0,
        "unrouted": Case.objects.unrouted().count(),
    }
