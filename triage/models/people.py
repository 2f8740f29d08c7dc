"""Offices, zones, and the people of the house with what each may do, where, from when to when."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from triage.models.territory import Place


class Role(models.TextChoices):
    """What an appointment lets a person do (domain.md sections 13 and 19)."""

    CLERK = "clerk", _("Clerk")
    LETTERS_OFFICER = "letters_officer", _("Letters officer (verifies identities)")
    HANDLER = "handler", _("Handler")
    ZONE_LEADER = "zone_leader", _("Zone leader")
    INVESTIGATOR = "investigator", _("Investigator")
    COORDINATOR = "coordinator", _("Coordinator")
    MAIN_HEAD = "main_head", _("Main head")
    DEPUTY_HEAD = "deputy_head", _("Deputy head")
    STATISTICIAN = "statistician", _("Statistician")
    ADMINISTRATOR = "administrator", _("Administrator")


# Roles that show content of cases; giving one needs a second person.
CONTENT_ROLES = frozenset(Role.values) - {Role.STATISTICIAN, Role.ADMINISTRATOR}
# Roles that see all cases of their office's place; the others see what lies with their zone or office.
WIDE_ROLES = frozenset(
    {
        Role.CLERK,
        Role.LETTERS_OFFICER,
        Role.INVESTIGATOR,
        Role.COORDINATOR,
        Role.MAIN_HEAD,
        Role.DEPUTY_HEAD,
    }
)


class Bilingual(models.Model):
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name


class Officer(Bilingual):
    """A person of the house, with the facts from which recusal is derived."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="officer")
    home = models.ForeignKey(Place, models.SET_NULL, null=True, blank=True, related_name="+")
    post = models.CharField(_("post"), max_length=120, blank=True)
    skills = models.CharField(_("skills"), max_length=200, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("officer")
        verbose_name_plural = _("officers")


class FormerPost(models.Model):
    """Where an officer served before: excludes the person, not the zone."""

    officer = models.ForeignKey(Officer, models.CASCADE, related_name="former_posts")
    unit = models.CharField(_("unit"), max_length=120)
    place = models.ForeignKey(Place, models.SET_NULL, null=True, blank=True, related_name="+")
    first = models.DateField(_("from"), null=True, blank=True)
    last = models.DateField(_("to"), null=True, blank=True)

    class Meta:
        verbose_name = _("former post")
        verbose_name_plural = _("former posts")

    def __str__(self) -> str:
        return f"former post {self.pk}"


class Kin(models.Model):
    """A near relative of an officer, with unit and post where known."""

    officer = models.ForeignKey(Officer, models.CASCADE, related_name="kin")
    relation = models.CharField(_("relation"), max_length=40)
    name = models.CharField(_("name"), max_length=120)
    unit = models.CharField(_("unit"), max_length=120, blank=True)
    post = models.CharField(_("post"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("relative")
        verbose_name_plural = _("relatives")

    def __str__(self) -> str:
        return f"relative {self.pk}"


class Office(Bilingual):
    """A body that handles, or to which reports are handed."""

    class Kind(models.TextChoices):
        COMMISSION = "commission", _("Commission")
        LETTERS = "letters", _("Letters room")
        CASE_MANAGEMENT = "case_management", _("Case management room")
        INSPECTION_ROOM = "inspection_room", _("Inspection room")
        ADJUDICATION = "adjudication", _("Adjudication room")
        OWN_STAFF = "own_staff", _("Own-staff supervision room")
        TOWNSHIP = "township", _("Township commission")
        UPPER = "upper", _("Commission one level up")
        EXTERNAL = "external", _("Competent outside body")

    code = models.CharField(_("code"), max_length=40, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    place = models.ForeignKey(Place, models.PROTECT, related_name="offices", verbose_name=_("place"))
    parent = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="parts")
    head = models.ForeignKey(Officer, models.SET_NULL, null=True, blank=True, related_name="heads")
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering = ["code"]
        verbose_name = _("office")
        verbose_name_plural = _("offices")


class Zone(Bilingual):
    """A township coordination zone: townships, leader, guiding office, and a pool of handlers."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    county = models.ForeignKey(Place, models.PROTECT, related_name="zones", verbose_name=_("county"))
    townships = models.ManyToManyField(Place, related_name="zones_of_township", verbose_name=_("townships"))
    leader = models.ForeignKey(Officer, models.SET_NULL, null=True, blank=True, related_name="leads")
    guiding_office = models.ForeignKey(Office, models.SET_NULL, null=True, blank=True, related_name="guides")
    knows = models.ManyToManyField(
        "triage.Domain", blank=True, related_name="+", verbose_name=_("domains it knows")
    )
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering = ["code"]
        verbose_name = _("zone")
        verbose_name_plural = _("zones")


def held_by(to: Zone | Office | None) -> dict[str, Any]:
    """The two columns that say who holds a case or an appointment; at most one is filled."""
    return {"zone": to if isinstance(to, Zone) else None, "office": to if isinstance(to, Office) else None}


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def in_force(self, on: date | None = None) -> AppointmentQuerySet:
        """Those that count on a day: begun, not ended, and approved where a second person must."""
        on = on or timezone.localdate()
        begun = Q(first__isnull=True) | Q(first__lte=on)
        running = Q(last__isnull=True) | Q(last__gte=on)
        approved = Q(approved_by__isnull=False) | ~Q(role__in=CONTENT_ROLES)
        return self.filter(begun & running & approved, ended_at__isnull=True)


class Appointment(models.Model):
    """What a person may do, for an office or a zone, from when to when.

    A role that shows content counts only once a second person has approved it.
    """

    officer = models.ForeignKey(Officer, models.PROTECT, related_name="appointments")
    role = models.CharField(_("role"), max_length=20, choices=Role)
    office = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="appointments")
    zone = models.ForeignKey(Zone, models.PROTECT, null=True, blank=True, related_name="appointments")
    first = models.DateField(_("from"), null=True, blank=True)
    last = models.DateField(_("to"), null=True, blank=True)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    granted_at = models.DateTimeField(auto_now_add=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        ordering = ["officer", "pk"]
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        constraints = [
            models.CheckConstraint(
                condition=Q(office__isnull=False, zone__isnull=True)
                | Q(office__isnull=True, zone__isnull=False),
                name="appointed_to_an_office_or_a_zone",
            )
        ]

    def __str__(self) -> str:
        return f"appointment {self.pk}"
