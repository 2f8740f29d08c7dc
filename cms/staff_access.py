"""Who gets through the desk's door. What a person finds behind it is `visible_to`'s business alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from wagtail.admin.auth import user_has_any_page_permission

from triage.models import Credential, Role
from triage.scope import Scope, scope_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User
    from django.urls import ResolverMatch

ENTER = "wagtailadmin.access_admin"
# What an administrator may do with the reference tables; rows with a history are made inactive, not deleted.
REFERENCE_TABLES = frozenset(
    f"triage.{verb}_{model}" for verb in ("add", "change", "view") for model in ("office", "zone")
) | {"triage.change_domain", "triage.view_domain"}

# Reached before the second factor has been given.
DOORSTEP = frozenset(
    {
        "wagtailadmin_login",
        "wagtailadmin_logout",
        "wagtailadmin_sprite",
        "wagtailadmin_javascript_catalog",
        "signin:password",
        "signin:factor",
        "signin:enrol",
    }
)
# Of Wagtail's own pages those that case staff need; the others are for editors of the public site.
FRAME = frozenset({"wagtailadmin_home", "wagtailadmin_account", "wagtailadmin_dismissibles"})
TABLES = frozenset({"office", "zone", "domain"})
OURS = frozenset({"case", "search", "register", "figures", "people", "signin"}) | TABLES
# Nobody makes, changes or resets accounts here: that is `people`, where it takes two.
CLOSED = frozenset({"wagtailusers_users", "wagtailusers_groups"})


class StaffRequest(HttpRequest):
    """What a page of the desk gets: its user is signed in."""

    user: User
    resolver_match: ResolverMatch


def desk_scope(user: User | AnonymousUser) -> Scope:
    """The user's rights, read once per request (each request has a user object of its own)."""
    if "_desk_scope" not in user.__dict__:
        user.__dict__["_desk_scope"] = scope_of(user)
    return user.__dict__["_desk_scope"]


def is_verified(user: User) -> bool:
    """Has the second factor been given in this session? (Set by django-otp's middleware.)"""
    return user.is_verified()  # type: ignore[attr-defined]  # django-otp has no stubs


class AppointmentBackend(BaseBackend):
    """Permissions that follow from appointments: to enter the desk, and to keep the reference tables."""

    def has_perm(self, user_obj: User | AnonymousUser, perm: str, obj: Any = None) -> bool:
        if not user_obj.is_active or user_obj.pk is None:
            return False
        roles = desk_scope(user_obj).roles
        if perm == ENTER:
            return bool(roles)
        return perm in REFERENCE_TABLES and Role.ADMINISTRATOR in roles


class DeskMiddleware:
    """Every page of the desk: appointment, own password, second factor, and none of Wagtail's back doors."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        match = request.resolver_match
        if match is not None and match.route.startswith("desk/"):
            response._csp_config = settings.DESK_CSP  # type: ignore[attr-defined]  # what csp_override sets
            response.headers["Referrer-Policy"] = "same-origin"
        return response

    def process_view(
        self, request: StaffRequest, view: Callable, args: tuple, kwargs: dict
    ) -> HttpResponse | None:
        match = request.resolver_match
        if not match.route.startswith("desk/"):
            return None
        user = request.user
        if match.view_name in DOORSTEP or user.is_anonymous:
            return None  # Wagtail sends whoever is not signed in to the sign-in page
        if not user.has_perm(ENTER):
            raise Http404
        if Credential.objects.filter(pk=user.pk, temporary=True).exists():
            return redirect("signin:password")
        if not (is_verified(user) or settings.FLYPAPER_DEMO):
            return redirect(f"{reverse('signin:factor')}?next={request.path}")
        if not may_reach(match.namespaces, match.view_name, kwargs, user):
            raise Http404
        if match.view_name == "wagtailadmin_home" and (page := first_page(user)):
            return redirect(page)
        return None


def may_reach(namespaces: list[str], name: str, kwargs: dict, user: User) -> bool:
    """Our own pages decide by themselves; Wagtail's are for editors, but for the frame around both."""
    space = namespaces[0] if namespaces else ""
    if space in CLOSED or (name == "wagtail_bulk_action" and kwargs.get("app_label") == "auth"):
        return False
    if space in TABLES:
        return user.has_perm(f"triage.view_{space}")
    if space in OURS or name in FRAME:
        return True
    return user_has_any_page_permission(user)


def first_page(user: User) -> str:
    """Where a person's work begins; "" leaves Wagtail's own dashboard, which is about public pages."""
    scope = desk_scope(user)
    if not scope.empty:
        return "case:queue"
    if scope.may(Role.ADMINISTRATOR):
        return "people:index"
    return "figures:index" if scope.may(Role.STATISTICIAN) else ""
