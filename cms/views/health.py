"""`GET /healthz`: one word for everyone, figures for who brings the token."""

from __future__ import annotations

import hmac
import time

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

import search
import triage
from cms.worker import heartbeat_path
from intake import sealing

WORKER_SILENT_SECONDS = 90


def health_token() -> str:
    """Derived from the installation's keys; `manage.py show_health_token` prints it."""
    return sealing.ring().derive("health token").hex()[:40]


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """`ok` or `degraded`. 503 only when no report can be received; a silent worker is no reason to turn people away."""
    try:
        sealing.ring()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")
    except (DatabaseError, sealing.KeysMissing):
        return JsonResponse({"status": "degraded"}, status=503)
    silent = worker_silent_seconds()
    answer: dict[str, object] = {"status": "degraded" if silent > WORKER_SILENT_SECONDS else "ok"}
    if _has_token(request):
        answer |= {"worker_silent_seconds": silent, **triage.health(), **search.health()}
    return JsonResponse(answer)


def worker_silent_seconds() -> int:
    """Since the embedded worker's last sign of life; 0 where Celery does the work."""
    if settings.FLYPAPER_BROKER:
        return 0
    try:
        return max(0, int(time.time() - heartbeat_path().stat().st_mtime))
    except FileNotFoundError:
        return 10**6


def _has_token(request: HttpRequest) -> bool:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return kind == "Bearer" and hmac.compare_digest(token.strip().encode(), health_token().encode())
