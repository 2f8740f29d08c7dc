"""Who wrote. Only intake imports this module (an import contract says so)."""

from django.db import models

from intake.sealed_rows import SealedRow


class Reporter(SealedRow):
    """The sealed identity. payload: name, phone, email, address, id_number, other (all strings)."""

    report = models.OneToOneField("intake.Report", models.CASCADE, related_name="+")  # no way back

    def __str__(self) -> str:
        return f"reporter {self.pk}"
