"""Work of this package after commit."""

from __future__ import annotations

from celery import shared_task


@shared_task
def catch_up() -> int:
    """Makes the cleaned copies that are still waiting; how many were done."""
    from intake.attachments import clean_waiting

    return clean_waiting()
