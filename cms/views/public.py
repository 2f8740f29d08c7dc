"""What all public pages with a form share: no cookie, no cache, no referrer, and our own words for limits."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from cms import limits
from cms.forms import uploads

YEAR = 365 * 24 * 3600

View = Callable[..., HttpResponse]


def public_form(view: View) -> View:
    """For pages that take a form from anybody.

    Django's CSRF token needs a cookie; these forms act with no authority of the browser's (no session, no
    cookie), so that another site gains nothing by sending them. What it could do, making strangers' browsers
    flood the office, is refused by what every current browser says of where a request comes from.
    """

    @csrf_exempt
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = _refusal(request) or view(request, *args, **kwargs)
        return private(response)

    return guarded


def private(response: HttpResponse) -> HttpResponse:
    """Kept by no cache, found by no search engine, told to no other site."""
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


def _refusal(request: HttpRequest) -> HttpResponse | None:
    if request.method == "POST" and not _from_here(request):
        return refused(request, 403, _("This form can only be sent from this site."))
    if request.method != "POST":
        if limits.disk_is_full():
            return refused(request, 503, disk_full_sentence())
        return None
    return _body_refusal(request)


def disk_full_sentence() -> str:
    return _("The portal cannot take anything at the moment. Please try again later, or write or telephone.")


def _from_here(request: HttpRequest) -> bool:
    fetched = request.headers.get("Sec-Fetch-Site")
    if fetched:
        return fetched in ("same-origin", "none")
    origin = request.headers.get("Origin", "null")
    return origin == "null" or urlsplit(origin).netloc == request.get_host()


def _body_refusal(request: HttpRequest) -> HttpResponse | None:
    """Reads the body, and answers what cannot be taken with a page instead of a bare 400."""
    too_large = _("What you sent is too large (at most %(mb)d MB with all files).") % {
        "mb": settings.PORTAL_BODY_LIMIT >> 20
    }
    if int(request.META.get("CONTENT_LENGTH") or 0) > settings.PORTAL_BODY_LIMIT:
        return refused(request, 413, too_large)
    uploads.watch(request)
    try:
        len(request.POST), len(request.FILES)
    except (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent):
        return refused(request, 413, too_large)
    except (MultiPartParserError, UnreadablePostError):
        return refused(request, 400, _("What you sent did not arrive whole. Please send it again."))
    return None


def refused(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    return private(render(request, "public/refused.html", {"sentence": sentence}, status=status))


def language_asked(request: HttpRequest) -> str:
    """The language whose button in a form was pressed, or ""."""
    code = request.POST.get("act", "").partition("language:")[2]
    return code if code in dict(settings.LANGUAGES) else ""


def speak(request: HttpRequest, code: str) -> None:
    translation.activate(code)
    request.LANGUAGE_CODE = code


def remember_language(response: HttpResponse, code: str) -> HttpResponse:
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, code, max_age=YEAR, httponly=True, samesite="Lax")
    return response


@require_safe
def language(request: HttpRequest, code: str) -> HttpResponse:
    """A plain link that changes the language of a page and leads back to it."""
    back = request.GET.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = "/"
    response = redirect(back)
    return remember_language(response, code) if code in dict(settings.LANGUAGES) else response
