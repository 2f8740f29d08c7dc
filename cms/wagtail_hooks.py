"""Hooks our rooms into Wagtail's admin."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail import hooks
from wagtail.admin.auth import user_has_any_page_permission
from wagtail.admin.menu import MenuItem

from cms import reference_tables, viewsets
from cms.staff_access import StaffRequest, desk_scope
from cms.views.statistics import COUNTING
from triage.actions.people import APPROVERS
from triage.models import Case, Role
from triage.scope import Scope

if TYPE_CHECKING:
    from wagtail.admin.ui.sidebar import LinkMenuItem


@hooks.register("register_admin_viewset")
def desk_viewsets() -> list:
    return [
        viewsets.CaseViewSet(),
        viewsets.SearchViewSet(),
        viewsets.RegisterViewSet(),
        viewsets.FiguresViewSet(),
        viewsets.PeopleViewSet(),
        viewsets.SignInViewSet(),
        reference_tables.OfficeViewSet(),
        reference_tables.ZoneViewSet(),
        reference_tables.DomainViewSet(),
    ]


@hooks.register("insert_global_admin_css")
def desk_style() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("desk/desk.css"))


@hooks.register("insert_global_admin_js")
def desk_keys() -> SafeString:
    return format_html('<script src="{}" defer></script>', static("desk/keys.js"))


class RoleMenuItem(MenuItem):
    """Shown to those for whom the page behind it exists."""

    def __init__(self, *args: Any, shown_to: Callable[[Scope], bool], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shown_to = shown_to

    def is_shown(self, request: StaffRequest) -> bool:
        return self.shown_to(desk_scope(request.user))


class UnroutedMenuItem(RoleMenuItem):
    """Says how many cases wait there, of those that the user may see."""

    def render_component(self, request: StaffRequest) -> LinkMenuItem:
        n = Case.objects.visible_to(request.user).unrouted().count()
        component = super().render_component(request)
        if n:
            component.label = ngettext("Unrouted: %(n)d", "Unrouted: %(n)d", n) % {"n": n}
        return component


def sees_content(scope: Scope) -> bool:
    return not scope.empty


def may(*roles: str) -> Callable[[Scope], bool]:
    return lambda scope: scope.may(*roles)


# (label, page, icon, to whom it is shown), in the menu's order.
MENU = [
    (_("Queue"), "case:queue", "tasks", sees_content),
    (_("Unrouted"), "case:unrouted", "warning", lambda scope: bool(scope.places)),
    (_("Waiting to be read"), "case:waiting", "time", may(Role.CLERK, Role.COORDINATOR)),
    (
        _("Register a report"),
        "register:index",
        "plus",
        may(Role.CLERK, Role.LETTERS_OFFICER, Role.COORDINATOR),
    ),
    (_("Search"), "search:index", "search", sees_content),
    (_("Sealed up"), "case:sealed", "lock", may(Role.MAIN_HEAD)),
    (_("Figures"), "figures:index", "table", may(*COUNTING)),
    (_("People"), "people:index", "group", may(*APPROVERS)),
    (_("Offices"), "office:index", "home", may(Role.ADMINISTRATOR)),
    (_("Zones"), "zone:index", "globe", may(Role.ADMINISTRATOR)),
    (_("Domains"), "domain:index", "tag", may(Role.ADMINISTRATOR)),
]


def _menu_item(place: int, label: object, page: str, icon: str, shown_to: Callable) -> MenuItem:
    kind = UnroutedMenuItem if page == "case:unrouted" else RoleMenuItem
    return kind(
        label,
        reverse(page),
        name=page.replace(":", "-"),
        icon_name=icon,
        order=10 + place,
        shown_to=shown_to,
    )


for _place, _row in enumerate(MENU):
    hooks.register("register_admin_menu_item", partial(_menu_item, _place, *_row))


@hooks.register("construct_main_menu")
def only_what_is_theirs(request: StaffRequest, items: list[MenuItem]) -> None:
    """Wagtail's own rooms are for editors of the public site; its help leads out of the house."""
    ours = {page.replace(":", "-") for _label, page, _icon, _shown in MENU} | {"help"}
    if not user_has_any_page_permission(request.user):
        items[:] = [item for item in items if item.name in ours]


@hooks.register("construct_help_menu")
def no_way_out(request: StaffRequest, items: list[MenuItem]) -> None:
    items[:] = [item for item in items if "data-a11y-dialog-show" in item.attrs]
