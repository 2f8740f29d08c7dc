"""Hooks our rooms into Wagtail's admin."""

from __future__ import annotations

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from cms import viewsets
from cms.staff_access import desk_scope
from triage.models import Case, Role


@hooks.register("register_admin_viewset")
def desk_viewsets() -> list:
    return [viewsets.CaseViewSet(), viewsets.SignInViewSet()]


@hooks.register("insert_global_admin_css")
def desk_style() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("desk/desk.css"))


@hooks.register("insert_global_admin_js")
def desk_keys() -> SafeString:
    return format_html('<script src="{}" defer></script>', static("desk/keys.js"))


class RoleMenuItem(MenuItem):
    """Shown to those for whom the page behind it exists."""

    def __init__(self, *args, shown_to, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.shown_to = shown_to

    def is_shown(self, request: HttpRequest) -> bool:
        return self.shown_to(desk_scope(request.user))


class UnroutedMenuItem(RoleMenuItem):
    """Says how many cases wait there, of those that the user may see."""

    def render_component(self, request: HttpRequest):
        n = Case.objects.visible_to(request.user).unrouted().count()
        component = super().render_component(request)
        if n:
            component.label = ngettext("Unrouted: %(n)d", "Unrouted: %(n)d", n) % {"n": n}
        return component


def sees_content(scope) -> bool:
    return not scope.empty


@hooks.register("register_admin_menu_item")
def queue_menu_item() -> MenuItem:
    return RoleMenuItem(
        _("Queue"), reverse("case:queue"), name="queue", icon_name="tasks", order=10, shown_to=sees_content
    )


@hooks.register("register_admin_menu_item")
def unrouted_menu_item() -> MenuItem:
    return UnroutedMenuItem(
        _("Unrouted"),
        reverse("case:unrouted"),
        name="unrouted",
        icon_name="warning",
        order=20,
        shown_to=lambda scope: bool(scope.places),
    )


@hooks.register("register_admin_menu_item")
def waiting_menu_item() -> MenuItem:
    return RoleMenuItem(
        _("Waiting to be read"),
        reverse("case:waiting"),
        name="waiting",
        icon_name="time",
        order=30,
        shown_to=lambda scope: scope.may(Role.CLERK, Role.COORDINATOR),
    )


@hooks.register("register_admin_menu_item")
def sealed_menu_item() -> MenuItem:
    return RoleMenuItem(
        _("Sealed up"),
        reverse("case:sealed"),
        name="sealed",
        icon_name="lock",
        order=80,
        shown_to=lambda scope: scope.may(Role.MAIN_HEAD),
    )
