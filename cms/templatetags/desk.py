"""What the desk's templates need beside Django's own filters."""

from __future__ import annotations

from django import template
from django.http import HttpRequest
from django.middleware.csrf import get_token

from cms.staff_access import desk_scope

register = template.Library()


@register.filter
def percent(share: float) -> str:
    return f"{round(share * 100)} %"


@register.filter
def may(request: HttpRequest, role: str) -> bool:
    return desk_scope(request.user).may(role)


@register.filter
def token(request: HttpRequest) -> str:
    """The CSRF token, for templates that Wagtail's tables render without the page's context."""
    return get_token(request)
