"""What the desk's templates need beside Django's own filters."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token

from cms.staff_access import StaffRequest, desk_scope
from triage.models import Appointment

register = template.Library()


@register.filter
def percent(share: float) -> str:
    return f"{round(share * 100)} %" if share >= 0.005 or not share else "< 1 %"


@register.filter
def may(request: StaffRequest, role: str) -> bool:
    return desk_scope(request.user).may(role)


@register.filter
def token(request: HttpRequest) -> str:
    """The CSRF token, for templates that Wagtail's tables render without the page's context."""
    return get_token(request)


@register.inclusion_tag("desk/demo_banner.html")
def demo_banner() -> dict[str, bool]:
    return {"demo": settings.FLYPAPER_DEMO}


@register.simple_tag
def demo_accounts() -> dict[str, Any] | None:
    """One account of each role, for the sign-in page of the demonstration and nowhere else."""
    if not settings.FLYPAPER_DEMO:
        return None
    from cms.demo.loading import PASSWORD

    rows: dict[str, dict[str, str]] = {}
    held = Appointment.objects.in_force().select_related("officer__user", "office", "zone")
    for each in held.exclude(officer__user=None).order_by("pk"):
        rows.setdefault(
            each.role,
            {
                "username": str(each.officer.user),
                "role": each.get_role_display(),
                "zone": each.zone.label if each.zone else "",
            },
        )
    return {"password": PASSWORD, "rows": list(rows.values())}


@register.filter
def holder(row: Any) -> str:
    """The zone or office of a case or an appointment."""
    at = row.zone or row.office
    return at.label if at else "–"
