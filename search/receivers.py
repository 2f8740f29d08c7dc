"""What search does on news from triage: marks rows, and rings one bell on commit."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from intake.bells import ring
from search import outbox, tasks
from triage.models import Case, Office, Zone
from triage.signals import case_changed, case_read


@receiver(case_read)
def a_read_case_is_to_be_routed(case: Case, **kwargs: Any) -> None:
    outbox.ask_route(case)
    ring(tasks.route_case, case.pk)


@receiver(case_changed)
def a_changed_case_is_stale(case: Case, verb: str, fields: frozenset[str], **kwargs: Any) -> None:
    outbox.touch(case, rights=not outbox.RIGHTS_FIELDS.isdisjoint(fields))
    ring(tasks.index_case, case.pk)
    if verb in ("corrected", "correction_undone", "recused") and not outbox.ROUTE_FIELDS.isdisjoint(fields):
        outbox.ask_route(case)
        ring(tasks.route_case, case.pk)


@receiver(post_save, sender=Zone)
@receiver(post_save, sender=Office)
def a_saved_zone_or_office_makes_its_cases_stale(
    sender: type, instance: Zone | Office, created: bool, **kwargs: Any
) -> None:
    """Documents hold its code. It is saved in the transaction of the screen that edits it."""
    if not created:
        outbox.touch_all(Q(zone=instance) if sender is Zone else Q(office=instance))


@receiver(post_delete, sender=Case)
def a_deleted_case_leaves_the_index(instance: Case, **kwargs: Any) -> None:
    transaction.on_commit(partial(tasks.forget_case, instance.pk), robust=True)
