"""What arrived. A Report is never edited; what is added later stands beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from intake.sealed_rows import SealedRow

if TYPE_CHECKING:
    from datetime import date


class Channel(models.TextChoices):
    """The ways in (RULE art 7, domain.md section 2.1); `intake.channels.CHANNELS` reads each."""

    WEB = "web", _("Web")
    LETTER = "letter", _("Letter")
    EMAIL = "email", _("E-mail")
    PHONE = "phone", _("Phone")
    VISIT = "visit", _("Visit")
    TRANSFER = "transfer", _("Handed over by another body")


class Report(SealedRow):
    """One report as it arrived. payload: title, text, stated (what the form says), language."""

    channel = models.CharField(_("channel"), max_length=16, choices=Channel)
    # Never NULL: two NULLs are two reports for a unique constraint and one for get_or_create.
    external_id = models.CharField(max_length=200)
    receipt = models.CharField(max_length=64, unique=True, editable=False)  # keyed hash of the code
    fingerprint = models.CharField(max_length=64, db_index=True, editable=False)  # of title and text
    # The clock starts here: the postmark for letters, else the moment of arrival.
    received_at = models.DateTimeField(_("received"), default=timezone.now, db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)
    language = models.CharField(max_length=8, default="zh-hans")
    inbox = models.CharField(max_length=24, blank=True)  # place key of the inbox it came to
    named = models.BooleanField(_("real name"), default=False)
    withheld = models.BooleanField(_("identity withheld from handlers"), default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "external_id"], name="one_report_per_external_id")
        ]

    def __str__(self) -> str:
        return f"report {self.pk}"

    @property
    def title(self) -> str:
        return self.payload.get("title", "")

    @property
    def text(self) -> str:
        return self.payload["text"]

    @property
    def stated(self) -> dict:
        """What the form says beside the free text: accused (list), place (key), when, amount."""
        return self.payload.get("stated", {})

    @property
    def received_on(self) -> date:
        return timezone.localdate(self.received_at)


class Message(SealedRow):
    """One message of the two-way mailbox under a receipt. payload: text."""

    class Kind(models.TextChoices):
        ADDITION = "addition", _("Addition")
        ANSWER = "answer", _("Answer")
        OBJECTION = "objection", _("Objection")
        WITHDRAWAL = "withdrawal", _("Withdrawal")
        QUESTION = "question", _("Question from the office")
        NOTICE = "notice", _("Notice from the office")

    report = models.ForeignKey(Report, models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=16, choices=Kind)
    from_office = models.BooleanField(default=False)
    external_id = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["report", "external_id"], name="one_message_per_external_id")
        ]

    def __str__(self) -> str:
        return f"message {self.pk}"

    @property
    def text(self) -> str:
        return self.payload["text"]


class Attachment(SealedRow):
    """One file. The original lies sealed on disk; staff get a cleaned copy where the type allows.

    payload: name (as the citizen named it), type (MIME, by content), error.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Being prepared")
        CLEANED = "cleaned", _("Cleaned copy")
        SEALED_ONLY = "sealed_only", _("Sealed original only")
        FAILED = "failed", _("No copy could be made")

    report = models.ForeignKey(Report, models.CASCADE, related_name="attachments")
    message = models.ForeignKey(Message, models.CASCADE, null=True, related_name="attachments")
    token = models.CharField(max_length=32, unique=True)  # random; the only name in any URL
    kind = models.CharField(max_length=16)  # row of attachments.toml
    size = models.PositiveBigIntegerField()
    fingerprint = models.CharField(max_length=64, db_index=True)
    state = models.CharField(max_length=16, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"attachment {self.pk}"


class Opening(SealedRow):
    """One look behind the mask: who opened an identity or an original, when. payload: reason."""

    class What(models.TextChoices):
        IDENTITY = "identity", _("Identity of the reporter")
        ORIGINAL = "original", _("Original text")

    report = models.ForeignKey(Report, models.PROTECT, related_name="openings")
    what = models.CharField(max_length=16, choices=What)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return f"opening {self.pk}"
