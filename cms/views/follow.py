"""Under the receipt code: how far the report has come, and the mailbox. The code is only ever in the body
of a POST."""

from __future__ import annotations

import hashlib
import logging

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

import intake.actions
from cms import limits
from cms.forms.follow import CodeForm, MessageEntry
from cms.forms.uploads import passed_over
from cms.progress import Progress, progress_of
from cms.views.public import (
    disk_full_sentence,
    language_asked,
    public_form,
    remember_language,
    speak,
)
from intake import drafts, receipts
from intake.channels import Upload
from intake.models import Message, Report
from intake.refusals import Refused

log = logging.getLogger("flypaper.portal")

SHORT_WAIT = 10  # seconds that are asked for when too many codes are wrong at once

KINDS = {
    "write": Message.Kind.ADDITION,
    "answer": Message.Kind.ANSWER,
    "object": Message.Kind.OBJECTION,
    "withdraw": Message.Kind.WITHDRAWAL,
}


@public_form
def follow(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return code_page(request)
    code = language_asked(request)
    if code:
        speak(request, code)
    response = _under_code(request)
    return remember_language(response, code) if code else response


def _under_code(request: HttpRequest) -> HttpResponse:
    typed = request.POST.get("code", "")
    if not typed.strip():
        changed_language_only = bool(language_asked(request))
        return code_page(request, error="" if changed_language_only else _("Please type your receipt code."))
    wait = limits.seconds_to_wait(request)
    if wait:
        return _come_back(request, wait)
    report = intake.actions.find_by_code(typed)
    if report is None:
        if not limits.wrong_code(request):
            return _come_back(request, SHORT_WAIT)
        return code_page(
            request,
            typed=typed[:60],
            error=_(
                "There is no report under this code. Please compare it with your receipt, digit by digit."
            ),
        )
    return _acts(request, report, receipts.grouped(receipts.normalised(typed) or ""))


def _come_back(request: HttpRequest, seconds: int) -> HttpResponse:
    return code_page(
        request,
        error=_("Please wait %(n)d seconds before you try the next code.") % {"n": seconds},
        status=429,
    )


def _acts(request: HttpRequest, report: Report, code: str) -> HttpResponse:
    act, _colon, which = request.POST.get("act", "show").partition(":")
    entry = MessageEntry(request.POST, request.FILES.getlist("files"), passed_over(request))
    if act == "ask_withdraw":
        return render(request, "public/withdraw.html", {"code": code, "uid": entry.uid})
    if act in KINDS:
        return _write(request, report, code, entry, act)
    entry.files.keep()
    if act == "remove":
        entry.files.remove(which)
    return status_page(request, report, code, entry)


def _write(request: HttpRequest, report: Report, code: str, entry: MessageEntry, act: str) -> HttpResponse:
    progress = progress_of(report)
    if limits.disk_is_full():
        return status_page(request, report, code, entry, status=503, problem=disk_full_sentence())
    if not entry.is_valid():
        entry.files.keep()
        return status_page(request, report, code, entry, status=422, mistakes=entry.mistakes())
    try:
        if limits.too_many_reports(request):
            raise Refused(_("Too many messages are coming in at the moment. Please wait a few minutes."))
        _put(report, act, entry.form.cleaned_data["text"], entry, progress)
    except Refused as refused:
        entry.files.keep()
        return status_page(request, report, code, entry, status=422, mistakes=[("id_text", str(refused))])
    except (OperationalError, OSError) as error:
        log.error("a message could not be stored: %s", type(error).__name__)
        entry.files.keep()
        sentence = _("Your message could not be stored. Please send it again; it is not counted twice.")
        return status_page(request, report, code, entry, status=503, problem=sentence)
    drafts.drop(entry.uid)
    return status_page(request, report, code, MessageEntry(), done=_done(act))


def _put(report: Report, act: str, text: str, entry: MessageEntry, progress: Progress) -> None:
    uploads = entry.files.uploads()
    external_id = _external_id(entry.uid, text, uploads)
    sent_already = report.messages.filter(external_id=external_id).exists()
    if act == "object" and not progress.may_object and not sent_already:
        raise Refused(_("You can object once, after the report has been concluded."))
    if act == "withdraw":
        intake.actions.withdraw(report, text, external_id=external_id)
    else:
        intake.actions.add_message(report, text, kind=KINDS[act], external_id=external_id, uploads=uploads)


def _external_id(uid: str, text: str, uploads: tuple[Upload, ...]) -> str:
    """The same for a double click; another one when the page was gone back to and the text changed."""
    said = hashlib.sha256(text.encode("utf-8", "replace"))
    for upload in uploads:
        said.update(hashlib.sha256(upload.content).digest())
    return f"web:{uid}:{said.hexdigest()[:32]}"


def _done(act: str) -> str:
    if act == "withdraw":
        return _("Your wish to withdraw has been passed on. Nothing was deleted; the office decides.")
    if act == "object":
        return _("Your objection has been passed on.")
    return _("Your message has been passed on.")


def code_page(request: HttpRequest, *, typed: str = "", error: str = "", status: int = 200) -> HttpResponse:
    form = CodeForm({"code": typed})
    context = {"form": form, "typed": typed, "error": error}
    return render(request, "public/follow.html", context, status=status)


def status_page(
    request: HttpRequest,
    report: Report,
    code: str,
    entry: MessageEntry,
    *,
    status: int = 200,
    problem: str = "",
    done: str = "",
    mistakes: list[tuple[str, str]] | None = None,
) -> HttpResponse:
    context = {
        "code": code,
        "progress": progress_of(report),
        "entry": entry,
        "problem": problem,
        "done": done,
        "mistakes": mistakes or [("id_files", e) for e in entry.files.errors],
    }
    return render(request, "public/status.html", context, status=status)
