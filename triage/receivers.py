"""What triage does on news from intake: one action each, in a savepoint, and one bell on commit."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.dispatch import receiver

from intake.bells import ring
from intake.models import Message, Report
from intake.signals import attachment_added, message_added, report_received
from triage import actions
from triage.claims import record
from triage.tasks import read_case


@receiver(report_received)
def a_report_opens_a_case(report: Report, **kwargs: Any) -> None:
    with transaction.atomic():
        case = actions.open_case(report)
    ring(read_case, case.pk)


@receiver(message_added)
def a_message_stands_in_the_history(message: Message, **kwargs: Any) -> None:
    case = getattr(message.report, "case", None)
    if case is not None and not message.from_office:
        with transaction.atomic():
            record(case, f"reporter_{message.kind}")


@receiver(attachment_added)
def an_attachment_stands_in_the_history(attachment: Any, **kwargs: Any) -> None:
    case = getattr(attachment.report, "case", None)
    if case is not None:
        with transaction.atomic():
            record(case, "attachment_added", facts={"attachment": attachment.token})
