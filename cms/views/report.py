"""Citizens report here; the answer to the form is the receipt itself, so that its code is in no address."""

from __future__ import annotations

import hashlib
import logging
import uuid

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

import intake.actions
from cms import limits, promises
from cms.forms.report import HINTED_TEXT, Entry, addition, stated
from cms.forms.uploads import passed_over
from cms.views.public import (
    disk_full_sentence,
    language_asked,
    public_form,
    remember_language,
    speak,
)
from intake import drafts, receipts, sealing
from intake.actions import Received
from intake.channels import Incoming, Upload
from intake.models import Message, Report
from intake.refusals import Refused

log = logging.getLogger("flypaper.portal")


@public_form
def report(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return form_page(request, Entry())
    code = language_asked(request)
    if code:
        speak(request, code)
    entry = Entry(request.POST, request.FILES.getlist("files"), passed_over(request))
    if limits.disk_is_full():
        return form_page(request, entry, status=503, notice=disk_full_sentence())
    if code:
        entry.files.keep()
        return remember_language(form_page(request, entry), code)
    return _acts(request, entry)


def _acts(request: HttpRequest, entry: Entry) -> HttpResponse:
    act, _colon, which = request.POST.get("act", "send").partition(":")
    if act in ("send", "add"):
        return _send(request, entry, add=act == "add")
    entry.files.keep()
    if act == "person":
        entry.add_accused()
    elif act == "remove":
        entry.files.remove(which)
    elif act == "anew":
        _start_anew(entry)
    return form_page(
        request, entry, at={"person": "accused", "place": "place", "remove": "files"}.get(act, "")
    )


def _start_anew(entry: Entry) -> None:
    fresh = str(uuid.uuid4())
    drafts.move(entry.uid, fresh)
    entry.uid = entry.files.form = fresh


def _send(request: HttpRequest, entry: Entry, *, add: bool) -> HttpResponse:
    if not entry.is_valid() or not entry.known_uid:
        entry.files.keep()
        lost = "" if entry.known_uid else _("The form was damaged on its way. Please send it again.")
        return form_page(request, entry, status=422, notice=lost, errors=True)
    if limits.too_many_reports(request):
        entry.files.keep()
        busy = _("Too many reports are coming in at the moment. Please wait a few minutes and send again.")
        return form_page(request, entry, status=429, notice=busy)
    incoming = entry.incoming(entry.files.uploads())
    try:
        received = intake.actions.receive(incoming)
        if add and not received.created:
            _add(received.report, incoming)
    except Refused as refused:
        entry.files.keep()
        return form_page(request, entry, status=422, notice=str(refused))
    except (OperationalError, OSError) as error:
        return _not_stored(request, entry, error)
    if not received.created and not add and _differs(received, incoming):
        entry.files.keep()
        return _already_page(request, entry, received, incoming)
    drafts.drop(entry.uid)
    return receipt_page(request, received)


def _not_stored(request: HttpRequest, entry: Entry, error: Exception) -> HttpResponse:
    """A busy or broken disk or database: nothing happened, and the citizen keeps what was typed."""
    log.error("a report could not be stored: %s", type(error).__name__)
    entry.files.keep()
    sentence = _("Your report could not be stored. Please send it again; it is not counted twice.")
    return form_page(request, entry, status=503, notice=sentence)


def _differs(received: Received, incoming: Incoming) -> bool:
    """Does the form, sent a second time, say more than the first time?"""
    report = received.report
    said_more = not received.same or report.stated != stated(incoming)
    return said_more or bool(_new_files(report, incoming)) or (bool(incoming.identity) and not report.named)


def _new_files(report: Report, incoming: Incoming) -> tuple[Upload, ...]:
    held = set(report.attachments.values_list("fingerprint", flat=True))
    return tuple(u for u in incoming.uploads if sealing.fingerprint(u.content, "attachment") not in held)


def _add(report: Report, incoming: Incoming) -> None:
    text, files = addition(incoming, report), _new_files(report, incoming)
    if not (text.strip() or files):
        return
    mark = hashlib.sha256("\0".join([text, *(f.name for f in files)]).encode("utf-8", "replace")).hexdigest()
    intake.actions.add_message(
        report, text, kind=Message.Kind.ADDITION, external_id=f"form:{mark}", uploads=files
    )


def form_page(
    request: HttpRequest,
    entry: Entry,
    *,
    status: int = 200,
    notice: str = "",
    errors: bool = False,
    at: str = "",
) -> HttpResponse:
    mistakes = list(entry.mistakes()) if errors or entry.files.errors else []
    context = {
        "entry": entry,
        "mistakes": mistakes if errors else [("id_files", e) for e in entry.files.errors],
        "notice": notice,
        "shows_errors": errors,
        "hinted": HINTED_TEXT,
        "at": at,
    }
    return render(request, "public/report.html", context, status=status)


def _already_page(request: HttpRequest, entry: Entry, received: Received, incoming: Incoming) -> HttpResponse:
    carried = [(k, v) for k in request.POST for v in request.POST.getlist(k) if k != "act"]
    context = {
        "carried": carried,
        "code": receipts.grouped(received.code),
        "same_text": received.same,
        "new_files": len(_new_files(received.report, incoming)),
        "name_is_new": bool(incoming.identity) and not received.report.named,
    }
    return render(request, "public/already.html", context)


def receipt_page(request: HttpRequest, received: Received) -> HttpResponse:
    report = received.report
    context = {
        "code": receipts.grouped(received.code),
        "received_on": report.received_on,
        "promises": promises.after_receipt(report.received_on, named=report.named),
        "named": report.named,
    }
    return render(request, "public/receipt.html", context)
