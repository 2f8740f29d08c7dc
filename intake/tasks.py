"""Work of this package after commit."""

from __future__ import annotations

from celery import shared_task


@shared_task
def catch_up() -> int:
    """Makes the cleaned copies that are still waiting, and forgets the files of forms given up; how many."""
    from intake import drafts
    from intake.attachments import clean_waiting

    return clean_waiting() + drafts.sweep()
