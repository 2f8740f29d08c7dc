"""What happened to a case, what is due, who must not know of it, and who looked."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from intake.sealed_rows import SealedRow
from triage import deadlines
from triage.models.cases import Case
from triage.models.people import Office, Officer, Zone


class Event(SealedRow):
    """One line of a case's history; append-only, each line's digest covers the one before.

    payload: ground (why, in the actor's words), facts (dict of plain values).
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="events")
    seq = models.PositiveIntegerField()
    verb = models.CharField(max_length=40)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    previous_digest = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["seq"]
        constraints = [models.UniqueConstraint(fields=["case", "seq"], name="one_event_per_place_in_line")]

    def __str__(self) -> str:
        return f"event {self.pk}"

    @property
    def ground(self) -> str:
        return self.payload.get("ground", "")

    @property
    def facts(self) -> dict:
        return self.payload.get("facts", {})


class Deadline(models.Model):
    """One clock of a case. The earliest open one is the case's due date."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="deadlines")
    profile = models.CharField(max_length=24)
    rule = models.CharField(max_length=16)
    starts_on = models.DateField()
    due_on = models.DateField()
    provisional = models.BooleanField(default=False)
    met_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["due_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "profile", "rule", "starts_on"], name="one_clock_per_start"
            )
        ]

    def __str__(self) -> str:
        return f"deadline {self.pk}"

    @property
    def label(self) -> str:
        """What has to be done until then, in the reader's language."""
        return deadlines.rule_of(self.rule, self.profile).label.in_language(get_language() or "en")


class Recusal(models.Model):
    """A person, an office with all its people, or a zone with all its people that must not know the case exists."""

    class Ground(models.TextChoices):
        ACCUSED = "accused", _("Is accused")
        SUBORDINATE = "subordinate", _("Works under the accused")
        LED_BY_ACCUSED = "led_by_accused", _("Is led by the accused")
        KIN = "kin", _("Is a near relative of the accused")
        HOME = "home", _("Comes from the place complained of")
        FORMER_POST = "former_post", _("Served in the place or unit complained of")
        POOL_ACCUSED = "pool_accused", _("Somebody of the zone is accused")
        LEADER_GROUND = "leader_ground", _("The zone's leader has a personal ground")
        GUIDE_ACCUSED = "guide_accused", _("Somebody of the guiding office is accused")
        DECLARED = "declared", _("Declared")

    case = models.ForeignKey(Case, models.CASCADE, related_name="recusals")
    officer = models.ForeignKey(Officer, models.CASCADE, null=True, related_name="recusals")
    office = models.ForeignKey(Office, models.CASCADE, null=True, related_name="recusals")
    zone = models.ForeignKey(Zone, models.CASCADE, null=True, related_name="recusals")
    ground = models.CharField(max_length=20, choices=Ground)
    derived = models.BooleanField(default=True)  # else declared by a person, never lifted by a reading
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(officer__isnull=False, office__isnull=True, zone__isnull=True)
                | models.Q(officer__isnull=True, office__isnull=False, zone__isnull=True)
                | models.Q(officer__isnull=True, office__isnull=True, zone__isnull=False),
                name="recuses_one_person_office_or_zone",
            )
        ]

    def __str__(self) -> str:
        return f"recusal {self.pk}"


class Look(models.Model):
    """Who opened which case, when, and what of it: the read log."""

    class What(models.TextChoices):
        CASE = "case", _("Case page")
        ATTACHMENT = "attachment", _("Attachment")
        ORIGINAL = "original", _("Original text")
        IDENTITY = "identity", _("Identity of the reporter")
        EXPORT = "export", _("Export")

    case = models.ForeignKey(Case, models.CASCADE, related_name="looks")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    what = models.CharField(max_length=16, choices=What)
    at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"look {self.pk}"
