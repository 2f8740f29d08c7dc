"""What the law promises a reporter, in plain words with the date that the profile gives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from triage import deadlines

PROFILE = "cn-rule"


@dataclass(frozen=True)
class Promise:
    """sentence; by: the last day, None where the law counts from something that has not happened yet;
    provisional: the holidays of that time are not published yet."""

    sentence: str
    by: date | None = None
    provisional: bool = False


def after_receipt(received_on: date, *, named: bool) -> list[Promise]:
    """What happens next with a report, and by when."""
    found = [Promise(_("Your report is read, sorted and given to the office that may handle it."))]
    if named:
        accepted = deadlines.due("D4", received_on, profile=PROFILE)
        found.append(
            Promise(
                _("We tell you whether your report is accepted: here under your code, or by telephone."),
                accepted.on,
                accepted.provisional,
            )
        )
        days = deadlines.rule_of("D5", PROFILE).length
        found.append(
            Promise(
                _("When the matter is concluded, we tell you the result within %(n)d working days.")
                % {"n": days}
            )
        )
    else:
        found.append(
            Promise(
                _(
                    "The law sets no date for an answer to an anonymous report. It is checked all the same, "
                    "and its status stands under your code."
                )
            )
        )
    return found
