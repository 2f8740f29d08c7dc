"""What search itself has to remember: the outbox, what is still to be routed, and each decision."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class Stale(models.Model):
    """Outbox: a case whose document is not what it would be now. One row a case, the newest wins.

    version grows with each change; rights: a field that rights depend on has changed, so that until
    the index has it the case is excluded from every question and found through the database only.
    gone: the document must be deleted.
    """

    case = models.OneToOneField("triage.Case", models.CASCADE, primary_key=True, related_name="stale")
    version = models.PositiveBigIntegerField()
    rights = models.BooleanField(default=False)
    at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=80, blank=True)  # type of the error, never its text

    def __str__(self) -> str:
        return f"stale {self.pk}"


class Indexed(models.Model):
    """The version of the document that an engine has taken of a case."""

    case = models.OneToOneField("triage.Case", models.CASCADE, primary_key=True, related_name="indexed")
    version = models.PositiveBigIntegerField()
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"indexed {self.pk}"


class Generation(models.Model):
    """Which index an engine serves: it is only trusted when it bears this `uid`. One row an engine.

    newest: the highest version it was given; an index that knows a higher one belongs to another state of
    this database (restored without its index).
    """

    engine = models.CharField(max_length=16, primary_key=True)
    uid = models.CharField(max_length=32)
    newest = models.PositiveBigIntegerField(default=0)
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"generation of {self.engine}"


class ToRoute(models.Model):
    """A case that has still to be put to the routing question."""

    case = models.OneToOneField("triage.Case", models.CASCADE, primary_key=True, related_name="to_route")
    at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return f"to route {self.pk}"


class Routing(models.Model):
    """One answer to the routing question, as it was given; the newest is the proposal on the case page."""

    case = models.ForeignKey("triage.Case", models.CASCADE, related_name="routings")
    at = models.DateTimeField(auto_now_add=True)
    to_kind = models.CharField(max_length=8, blank=True)  # zone, office, or "" for unrouted
    to_code = models.CharField(max_length=40, blank=True)
    mode = models.CharField(max_length=20, blank=True)
    ground = models.CharField(max_length=40)
    reasons = models.JSONField(default=list)  # [{code, weight, value}]
    runners_up = models.JSONField(default=list)  # [{zone, score, reasons, lacks}]

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"routing {self.pk}"
