"""What search does on news from triage: marks rows, and rings one bell on commit."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from intake.bells import ring
from search import outbox, tasks
from triage.models import Case
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
