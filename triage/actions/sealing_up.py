"""RULE 15: what belongs to a higher level leaves every list, and goes up unread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from intake.handing_up import sealed_for_superior
from intake.refusals import Refused
from triage.claims import Change, claim
from triage.models import Case, Look
from triage.scope import sealed_for
from triage.signals import case_looked_at

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def seal_up(case: Case, *, ground: str, for_upper: bool = False, by: User | None = None) -> None:
    """Out of every list, count, index and similarity; its masked text, readings and spans are deleted.

    for_upper: about the receiving organ's own head, so that nobody below may open it at all.
    """
    with claim(
        case, Case.objects.exclude(state=Case.State.SEALED_UP), verb="sealed_up", by=by, ground=ground
    ) as change:
        empty(case, change, for_upper=for_upper)


def empty(case: Case, change: Change, *, for_upper: bool) -> None:
    """Deletes what the reading made of a case that goes up; the report stays sealed in intake."""
    case.readings.all().delete()
    case.matters.all().delete()
    case.subjects.all().delete()
    case.payload = {}
    change(
        state=Case.State.SEALED_UP,
        for_upper=for_upper,
        key_id=case.key_id,
        sealed=case.sealed,
        domain_id=None,
        domain_confidence=0,
        place_id=case.inbox_id,
        place_confidence=0,
        outside="",
        largest_sum=None,
        zone_id=None,
        office_id=None,
        handler_id=None,
        bundle_id=None,
        unsure=False,
    )
    change.touched |= {"subjects", "matters", "reading"}


def send_up(case: Case, public_pem: bytes, *, by: User | None = None) -> bytes:
    """A sealed-up case as one file that only the superior opens; the sending stands in the history.

    Shows nothing of the case to whoever does it, so that an administrator may.
    """
    rows = Case.objects.filter(state=Case.State.SEALED_UP)
    with claim(case, rows, verb="sent_up", by=by) as change:
        content = sealed_for_superior(case.report, public_pem)
        change(outcome="sent_up")
    return content


def open_sealed(case: Case, *, by: User) -> tuple[str, str]:
    """(title, text) of a sealed-up case, as they arrived, for the main head alone; the look is written down."""
    if not sealed_for(by).filter(pk=case.pk).exists():
        raise Refused(_("Only the main head may open this."))
    look = Look.objects.create(case=case, by=by, what=Look.What.ORIGINAL)
    case_looked_at.send(Case, look=look)
    return case.report.title, case.report.text
