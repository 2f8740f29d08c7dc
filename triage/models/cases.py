"""The work on a report: the case, what it is about, and what the machine and people said of it."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from intake.models import Channel
from intake.sealed_rows import SealedRow
from triage.models.people import Office, Officer, Zone
from triage.models.territory import Domain, Place, within
from triage.pipeline.finding import Finding

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User

NUMBER_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def new_number() -> str:
    """A random case number, e.g. K7Q4-9X2M: 40 bits, so that it tells neither order nor how many there are."""
    raw = "".join(secrets.choice(NUMBER_ALPHABET) for _ in range(8))
    return f"{raw[:4]}-{raw[4:]}"


class Bundle(models.Model):
    """Cases that are about the same matter, handled together."""

    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"bundle {self.pk}"


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, user: User | AnonymousUser) -> CaseQuerySet:
        """The one door to what a user may see; reads Appointment and Recusal and nothing else."""
        from triage.scope import scope_of

        return scope_of(user).cases(self)

    def unread(self) -> CaseQuerySet:
        return self.filter(state=Case.State.UNREAD)

    def readable(self) -> CaseQuerySet:
        """Read by the machine or opened by a coordinator, and not sealed up."""
        return self.exclude(state__in=[Case.State.UNREAD, Case.State.SEALED_UP])

    def open(self) -> CaseQuerySet:
        return self.filter(state__in=Case.OPEN_STATES)

    def unrouted(self) -> CaseQuerySet:
        return self.filter(state=Case.State.UNROUTED)

    def overdue(self) -> CaseQuerySet:
        return self.open().filter(due_on__lt=timezone.localdate())

    def within(self, key: str) -> CaseQuerySet:
        """Cases whose place lies in the subtree of a place key."""
        return self.filter(within(key, "place__"))


class Case(SealedRow):
    """The work on one report. payload: title, text, both masked; the only text that others see.

    `place` and `domain` are those of the main matter, or the inbox's place while none is known.
    """

    class State(models.TextChoices):
        UNREAD = "unread", _("Not read yet")
        UNROUTED = "unrouted", _("Unrouted")
        ASSIGNED = "assigned", _("Assigned")
        IN_HAND = "in_hand", _("In hand")
        OUTSIDE = "outside", _("Out of territory")
        FORWARDED = "forwarded", _("Forwarded to the competent body")
        SEALED_UP = "sealed_up", _("Sealed up")
        CLOSED = "closed", _("Closed")

    class Mode(models.TextChoices):
        OWN = "own", _("Own")
        ZONE_JOINT = "zone_joint", _("Zone joint")
        CROSS_TOWNSHIP = "cross_township", _("Cross-township")
        LIFTED = "lifted", _("Lifted")
        ASSIGNED_ELSEWHERE = "assigned_elsewhere", _("Assigned elsewhere")

    class Kind(models.TextChoices):
        ACCUSATION = "accusation", _("Accusation")
        APPEAL = "appeal", _("Appeal")
        SUGGESTION = "suggestion", _("Suggestion")
        REQUEST = "request", _("Service request")
        OUT_OF_SCOPE = "out_of_scope", _("Out of scope")

    OPEN_STATES = (State.UNROUTED, State.ASSIGNED, State.IN_HAND, State.OUTSIDE)

    report = models.OneToOneField("intake.Report", models.PROTECT, related_name="case")
    number = models.CharField(_("number"), max_length=9, unique=True, default=new_number)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.UNREAD, db_index=True)
    mode = models.CharField(_("handling mode"), max_length=20, choices=Mode, blank=True)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind, default=Kind.ACCUSATION)
    channel = models.CharField(_("channel"), max_length=16, choices=Channel)
    received_at = models.DateTimeField(_("received"), db_index=True)
    opened_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)
    inbox = models.ForeignKey(Place, models.PROTECT, related_name="+")
    place = models.ForeignKey(Place, models.PROTECT, related_name="cases", verbose_name=_("place"))
    place_confidence = models.FloatField(default=0)
    outside = models.CharField(max_length=24, blank=True)  # place key beyond the territory
    domain = models.ForeignKey(
        Domain, models.PROTECT, null=True, related_name="cases", verbose_name=_("domain")
    )
    domain_confidence = models.FloatField(default=0)
    zone = models.ForeignKey(Zone, models.PROTECT, null=True, related_name="cases", verbose_name=_("zone"))
    office = models.ForeignKey(
        Office, models.PROTECT, null=True, related_name="cases", verbose_name=_("office")
    )
    handler = models.ForeignKey(Officer, models.SET_NULL, null=True, related_name="cases")
    bundle = models.ForeignKey(Bundle, models.SET_NULL, null=True, related_name="cases")
    largest_sum = models.DecimalField(max_digits=16, decimal_places=2, null=True)  # yuan
    named = models.BooleanField(_("real name"), default=False)
    unsure = models.BooleanField(_("unsure"), default=False, db_index=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    # Unread by anyone below: about the receiving organ's own head; even that head may not open it.
    for_upper = models.BooleanField(default=False)
    bounces = models.PositiveSmallIntegerField(_("bounces"), default=0)
    due_on = models.DateField(_("due"), null=True, db_index=True)
    outcome = models.CharField(_("outcome"), max_length=24, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        indexes = [
            models.Index(fields=["zone", "state"]),
            models.Index(fields=["office", "state"]),
            models.Index(fields=["place", "state"]),
            models.Index(fields=["state", "due_on"]),
        ]

    def __str__(self) -> str:
        return self.number  # never content: Wagtail's logs store it

    @property
    def title(self) -> str:
        """Masked."""
        return self.payload.get("title", "")

    @property
    def text(self) -> str:
        """Masked."""
        return self.payload.get("text", "")

    @property
    def overdue(self) -> bool:
        return (
            self.state in self.OPEN_STATES and self.due_on is not None and self.due_on < timezone.localdate()
        )

    def seen_by(self) -> list[str]:
        """The keys any of which a Scope must hold: place and inbox with their ancestors, zone, office.

        `Scope.cases` is the same rule as a query; a test compares the two.
        """
        from triage.places import keys

        found = dict.fromkeys([keys.NATION, *keys.path_of(self.place_id), *keys.path_of(self.inbox_id)])
        if self.zone_id:
            found[f"zone:{self.zone_id}"] = None
        if self.office_id:
            found[f"office:{self.office_id}"] = None
        return list(found)


class Matter(models.Model):
    """One thing a report is about. Routing goes by the main one, recusal by the union."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="matters")
    main = models.BooleanField(default=False)
    domain = models.ForeignKey(Domain, models.PROTECT, null=True, related_name="+")
    domain_confidence = models.FloatField(default=0)
    place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+")
    place_confidence = models.FloatField(default=0)
    start = models.PositiveIntegerField(default=0)  # offsets into the masked text
    end = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-main", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(main=True), name="one_main_matter_per_case")
        ]

    def __str__(self) -> str:
        return f"matter {self.pk}"


class Subject(SealedRow):
    """Who is accused. payload: name, unit, post (any may be empty)."""

    class Source(models.TextChoices):
        FORM = "form", _("Form")
        READING = "reading", _("Reading")
        CLERK = "clerk", _("Clerk")

    case = models.ForeignKey(Case, models.CASCADE, related_name="subjects")
    matter = models.ForeignKey(Matter, models.SET_NULL, null=True, related_name="subjects")
    source = models.CharField(max_length=8, choices=Source)
    level = models.CharField(max_length=24, default="unknown")  # triage.pipeline.finding.SUBJECT_LEVELS

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"subject {self.pk}"

    @property
    def name(self) -> str:
        return self.payload.get("name", "")

    @property
    def unit(self) -> str:
        return self.payload.get("unit", "")

    @property
    def post(self) -> str:
        return self.payload.get("post", "")


class Reading(SealedRow):
    """A stored Finding with its evidence and version; its text is the masked one. payload: finding."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="readings")
    seq = models.PositiveIntegerField(default=1)
    version = models.CharField(max_length=120)
    made_at = models.DateTimeField(auto_now_add=True)
    domain = models.ForeignKey(Domain, models.PROTECT, null=True, related_name="+")
    domain_confidence = models.FloatField(default=0)
    place_key = models.CharField(max_length=24, blank=True)
    place_confidence = models.FloatField(default=0)
    abstained = models.BooleanField(default=False)

    class Meta:
        ordering = ["-seq"]
        constraints = [models.UniqueConstraint(fields=["case", "seq"], name="one_reading_per_seq")]

    def __str__(self) -> str:
        return f"reading {self.pk}"

    @property
    def finding(self) -> Finding:
        return Finding.from_dict(self.payload["finding"])


class Correction(models.Model):
    """What a clerk said instead of the machine; kept beside the reading, never over it."""

    class Field(models.TextChoices):
        DOMAIN = "domain", _("Domain")
        PLACE = "place", _("Place")
        KIND = "kind", _("Kind")

    case = models.ForeignKey(Case, models.CASCADE, related_name="corrections")
    reading = models.ForeignKey(Reading, models.SET_NULL, null=True, related_name="+")
    field = models.CharField(max_length=8, choices=Field)
    before = models.CharField(max_length=40, blank=True)
    after = models.CharField(max_length=40)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return f"correction {self.pk}"
