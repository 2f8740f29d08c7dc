"""How people of the house sign in, and what was decided about who may do what."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from triage.models.people import Appointment, Officer


class Credential(models.Model):
    """What is known of an account's password beside its hash.

    temporary: somebody else has seen it; the account opens nothing but the page that changes it.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="credential"
    )
    temporary = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"credential {self.pk}"


class Reset(models.Model):
    """A wish to take somebody's password or second factor away; of one who sees content it needs two people."""

    class What(models.TextChoices):
        PASSWORD = "password", _("Password")
        SECOND_FACTOR = "second_factor", _("Second factor")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="resets")
    what = models.CharField(max_length=16, choices=What)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]

    def __str__(self) -> str:
        return f"reset {self.pk}"


class StaffEvent(models.Model):
    """One line of the history of who may do what; append-only, each line's digest covers the one before."""

    verb = models.CharField(max_length=40)
    officer = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="staff_events")
    appointment = models.ForeignKey(Appointment, models.PROTECT, null=True, related_name="events")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    facts = models.JSONField(default=dict)
    previous_digest = models.CharField(max_length=64, blank=True, unique=True)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"staff event {self.pk}"
