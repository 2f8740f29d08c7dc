"""What can be done with what arrived: each verb one transaction."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from intake import attachments, receipts, sealing, signals
from intake.channels.incoming import Identity, Incoming, Upload
from intake.models import Message, Opening, Report
from intake.refusals import Refused
from intake.reporters import Reporter
from intake.steps import passing

if TYPE_CHECKING:
    from django.contrib.auth.models import User

LONGEST_TEXT = 1_000_000  # characters; a longer text is refused, never cut


@dataclass(frozen=True)
class Received:
    """created: this call stored it. same: what is stored has the same title and text."""

    report: Report
    code: str
    created: bool
    same: bool


def receive(incoming: Incoming) -> Received:
    """Stores a report, its reporter and its files, and sends `report_received`: all or nothing.

    Idempotent by (channel, external_id): a second call gives the first report and its code. A bug in
    a receiver leaves the report standing (`send_robust`, and each receiver has a savepoint of its own);
    the sweep does later what it left out.
    """
    _check(incoming)
    code = receipts.code_for(incoming.channel, incoming.external_id)
    digest = sealing.fingerprint(f"{incoming.title}\0{incoming.text}", "text")
    passing("form")
    same_form = Report.objects.filter(channel=incoming.channel, external_id=incoming.external_id)
    # Looked up before the transaction: a new report, the usual case, holds the write lock no longer for it.
    report = same_form.first()
    created = report is None
    if report is None:
        try:
            report = _store(incoming, receipts.stored_form(code), digest)
        except IntegrityError:  # the same form came twice at once, and the other one was quicker
            report, created = same_form.first(), False
            if report is None:
                raise  # no, it was something else
    passing("received")
    return Received(report, code, created, report.fingerprint == digest)


def _store(incoming: Incoming, receipt: str, digest: str) -> Report:
    with transaction.atomic():
        report = _report(incoming, receipt, digest)
        report.save(force_insert=True)
        passing("report")
        if incoming.identity:
            _seal_identity(report, incoming.identity)
            passing("reporter")
        for upload in incoming.uploads:
            attachment = attachments.keep(report, upload)
            signals.attachment_added.send_robust(Report, attachment=attachment)
        signals.report_received.send_robust(Report, report=report)
        passing("case")
    return report


def _check(incoming: Incoming) -> None:
    if not (incoming.text.strip() or incoming.title.strip()):
        raise Refused(_("Please write what happened."))
    if len(incoming.text) > LONGEST_TEXT:
        raise Refused(_("The text is too long (at most %(n)d characters).") % {"n": LONGEST_TEXT})
    attachments.check(incoming.uploads)


def _report(incoming: Incoming, receipt: str, digest: str) -> Report:
    stated = {
        "accused": [vars(a) for a in incoming.accused],
        "place": incoming.place,
        "when": incoming.when,
        "amount": incoming.amount,
    }
    report = Report(
        channel=incoming.channel,
        external_id=incoming.external_id,
        receipt=receipt,
        fingerprint=digest,
        received_at=incoming.received_at or timezone.now(),
        language=incoming.language,
        inbox=incoming.inbox,
        named=bool(incoming.identity.name and (incoming.identity.phone or incoming.identity.email)),
        withheld=incoming.withheld,
    )
    report.payload = {
        "title": _storable(incoming.title),
        "text": _storable(incoming.text),
        "stated": {k: v for k, v in stated.items() if v},
    }
    return report


def _storable(text: str) -> str:
    """As it came, but for lone surrogates, which no encoder takes."""
    return text.encode("utf-8", "replace").decode()


def _seal_identity(report: Report, identity: Identity) -> None:
    reporter = Reporter(report=report)
    reporter.payload = {k: v for k, v in vars(identity).items() if v}
    reporter.save()


def find_by_code(typed: str) -> Report | None:
    """The report of a receipt code, as typed; None for a wrong one and for an unknown one alike."""
    code = receipts.normalised(typed)
    # A code that cannot be one is looked up all the same: both answers take the same way.
    return Report.objects.filter(receipt=receipts.stored_form(code or "-")).first()


def add_message(
    report: Report,
    text: str,
    *,
    kind: Message.Kind,
    external_id: str = "",
    by: User | None = None,
    uploads: tuple[Upload, ...] = (),
) -> Message:
    """Puts one message into the mailbox; idempotent by external_id. `by` is None for the reporter."""
    if not text.strip() and not uploads:
        raise Refused(_("Please write a message or attach a file."))
    if len(text) > LONGEST_TEXT:
        raise Refused(_("The text is too long (at most %(n)d characters).") % {"n": LONGEST_TEXT})
    attachments.check(uploads)
    draft = Message()
    draft.payload = {"text": _storable(text)}
    with transaction.atomic():
        message, created = Message.objects.get_or_create(
            report=report,
            external_id=external_id or secrets.token_hex(16),
            defaults={
                "uid": draft.uid,
                "key_id": draft.key_id,
                "sealed": draft.sealed,
                "kind": kind,
                "from_office": by is not None,
                "by": by,
            },
        )
        if created:
            for upload in uploads:
                attachment = attachments.keep(report, upload, message)
                signals.attachment_added.send_robust(Report, attachment=attachment)
            signals.message_added.send_robust(Message, message=message)
            if kind == Message.Kind.WITHDRAWAL:
                signals.report_withdrawn.send_robust(Report, report=report, message=message)
    return message


def withdraw(report: Report, reason: str, *, external_id: str = "") -> Message:
    """The reporter asks to withdraw: a message and news of it. Nothing is deleted; the office decides."""
    text = reason.strip() or _("The reporter withdraws the report.")
    return add_message(report, text, kind=Message.Kind.WITHDRAWAL, external_id=external_id)


def unseal(report: Report, *, by: User, reason: str) -> Identity:
    """Who wrote, for one who verifies: the one door to the identity. The caller checks the role;
    the look is written down before anything is shown."""
    _write_down(report, Opening.What.IDENTITY, by, reason)
    reporter = Reporter.objects.filter(report=report).first()
    return Identity(**reporter.payload) if reporter else Identity()


def open_original(report: Report, *, by: User, reason: str) -> tuple[str, str]:
    """(title, text) as they arrived, unmasked; written down like `unseal`."""
    _write_down(report, Opening.What.ORIGINAL, by, reason)
    return report.title, report.text


def _write_down(report: Report, what: Opening.What, by: User, reason: str) -> None:
    if not reason.strip():
        raise Refused(_("Please give a reason."))
    opening = Opening(report=report, what=what, by=by)
    opening.payload = {"reason": reason.strip()}
    opening.save()
