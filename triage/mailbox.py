"""The mailbox of a report as those see it who may not know who the reporter is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from intake import masking
from intake.models import Message, Report

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@dataclass(frozen=True)
class Line:
    """One message, its text masked."""

    message: Message
    text: str
    by: User | None

    @property
    def from_office(self) -> bool:
        return self.message.from_office


def mailbox(report: Report) -> list[Line]:
    rows = report.messages.select_related("by").prefetch_related("attachments")
    return [Line(m, masked(report, m.text), m.by) for m in rows]


def masked(report: Report, text: str) -> str:
    """A text without what the redactor finds in it and what the form says of the reporter."""
    from triage.pipeline import redact

    spans = [(m.start, m.end) for m in redact(text)] + masking.identity_spans(report, text)
    return masking.mask(text, spans)
