"""Rights as a value: what a user may see, read from Appointment and Recusal and nothing else.

The ORM (`Scope.cases`) and both search engines (`Scope.keys`, `Scope.recused`) apply the same one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from django.db.models import Q

from triage.models import Appointment, Case, Recusal
from triage.models.people import CONTENT_ROLES, WIDE_ROLES, Office, Role
from triage.models.territory import within

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

    from triage.models.cases import CaseQuerySet

NARROW_OFFICES = (Office.Kind.TOWNSHIP, Office.Kind.EXTERNAL)


@dataclass(frozen=True)
class Scope:
    """places: place keys whose subtrees may be seen; offices, zones: primary keys whose cases may be seen;
    recused: primary keys of cases that do not exist for this user."""

    user_id: int | None = None
    officer_id: int | None = None
    places: frozenset[str] = frozenset()
    offices: frozenset[int] = frozenset()
    zones: frozenset[int] = frozenset()
    roles: frozenset[str] = frozenset()
    recused: frozenset[int] = frozenset()

    @property
    def keys(self) -> list[str]:
        """What a document's `seen_by` must meet in at least one key; empty: sees nothing."""
        return sorted(
            [*self.places, *(f"zone:{z}" for z in self.zones), *(f"office:{o}" for o in self.offices)]
        )

    @property
    def empty(self) -> bool:
        return not (self.places or self.offices or self.zones)

    def may(self, *roles: str) -> bool:
        return not self.roles.isdisjoint(roles)

    def cases(self, rows: CaseQuerySet) -> CaseQuerySet:
        if self.empty:
            return rows.none()
        grounds = [within(key, "place__") | within(key, "inbox__") for key in sorted(self.places)]
        if self.zones:
            grounds.append(Q(zone__in=self.zones))
        if self.offices:
            grounds.append(Q(office__in=self.offices))
        rows = rows.readable().filter(reduce(or_, grounds))
        return rows.exclude(pk__in=self.recused) if self.recused else rows

    def waiting(self, rows: CaseQuerySet) -> CaseQuerySet:
        """Unread cases of the user's inboxes: only number, channel and time of them may be shown."""
        if not self.may(Role.CLERK, Role.COORDINATOR) or not self.places:
            return rows.none()
        inboxes = reduce(or_, (within(key, "inbox__") for key in sorted(self.places)))
        return rows.unread().filter(inboxes).exclude(pk__in=self.recused)


def scope_of(user: AbstractBaseUser | AnonymousUser | None) -> Scope:
    """The user's rights at this moment, in two queries; empty for anybody without an appointment."""
    if user is None or user.pk is None or not user.is_active:
        return Scope()
    held = list(Appointment.objects.in_force().filter(officer__user_id=user.pk).select_related("office"))
    if not held:
        return Scope(user_id=user.pk)
    showing = [a for a in held if a.role in CONTENT_ROLES]
    offices = frozenset(a.office_id for a in showing if a.office_id)
    zones = frozenset(a.zone_id for a in showing if a.zone_id)
    places = frozenset(
        a.office.place_id
        for a in showing
        if a.office and a.role in WIDE_ROLES and a.office.kind not in NARROW_OFFICES
    )
    return Scope(
        user_id=user.pk,
        officer_id=held[0].officer_id,
        places=places,
        offices=offices,
        zones=zones,
        roles=frozenset(a.role for a in held),
        recused=_recused(held),
    )


def _recused(held: list[Appointment]) -> frozenset[int]:
    """Cases from which the person, or an office or zone that the person serves in, is kept away."""
    mine = Q(officer=held[0].officer_id)
    mine |= Q(office__in=[a.office_id for a in held if a.office_id])
    mine |= Q(zone__in=[a.zone_id for a in held if a.zone_id])
    return frozenset(Recusal.objects.filter(mine).values_list("case_id", flat=True))


def sealed_for(user: AbstractBaseUser) -> CaseQuerySet:
    """Sealed-up cases that this user, as main head of the receiving organ, may open one by one."""
    scope = scope_of(user)
    rows = Case.objects.filter(state=Case.State.SEALED_UP, for_upper=False).exclude(pk__in=scope.recused)
    if not scope.may(Role.MAIN_HEAD) or not scope.places:
        return rows.none()
    return rows.filter(reduce(or_, (within(key, "inbox__") for key in sorted(scope.places))))


def counted_for(user: AbstractBaseUser) -> CaseQuerySet:
    """Cases that may be counted for a statistician, of whom no content may be shown: those of the place."""
    rows = Appointment.objects.in_force().filter(officer__user_id=user.pk, role=Role.STATISTICIAN)
    held = list(rows.select_related("office", "zone"))
    if not held or not user.is_active:
        return Case.objects.none()
    grounds = [
        within(a.office.place_id, "place__") | within(a.office.place_id, "inbox__")
        if a.office
        else Q(zone=a.zone_id)
        for a in held
    ]
    return Case.objects.readable().filter(reduce(or_, grounds)).exclude(pk__in=_recused(held))
