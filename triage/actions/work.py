"""What people do with a case that has been read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

import intake.actions
from intake.channels import Identity
from intake.models import Message
from intake.refusals import Refused
from triage.claims import claim, moment, record
from triage.models import Bundle, Case, Look, Office, Officer, Recusal, Role, Zone
from triage.models.people import held_by
from triage.scope import scope_of
from triage.signals import case_looked_at

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def assign(
    case: Case,
    *,
    to: Zone | Office | None,
    mode: str = "",
    by: User | None = None,
    ground: str = "",
    facts: dict | None = None,
) -> None:
    """Puts a case into the queue of a zone or an office; None leaves it in the unrouted queue."""
    state = Case.State.ASSIGNED if to else Case.State.UNROUTED
    with claim(case, Case.objects.open(), verb="routed", by=by, ground=ground, facts=facts) as change:
        change(**held_by(to), mode=mode, state=state, handler=None)


def confirm(case: Case, *, by: User) -> None:
    """A person agrees with what the machine read and where the case lies."""
    with claim(case, Case.objects.open().filter(confirmed_at=None), verb="confirmed", by=by) as change:
        change(confirmed_at=moment(), confirmed_by=by, unsure=False)


def undo_confirm(case: Case, *, by: User) -> None:
    with claim(
        case, Case.objects.open().exclude(confirmed_at=None), verb="confirmation_undone", by=by
    ) as change:
        change(confirmed_at=None, confirmed_by=None)


def transfer(case: Case, *, to: Zone | Office, by: User, ground: str, bounce: bool = False) -> None:
    """Hands a case to another zone or office; `bounce`: it should never have come here."""
    if not ground.strip():
        raise Refused(_("Please give a reason."))
    kept_away = {"zone": to} if isinstance(to, Zone) else {"office": to}
    if case.recusals.filter(**kept_away).exists():
        raise Refused(_("That zone or office must not take this case."))
    rows = Case.objects.open().exclude(**kept_away)
    with claim(case, rows, verb="transferred", by=by, ground=ground, facts={"bounce": bounce}) as change:
        change(
            **held_by(to),
            mode=Case.Mode.ASSIGNED_ELSEWHERE,
            state=Case.State.ASSIGNED,
            handler=None,
        )
        if bounce:
            change(bounces=case.bounces + 1)


def accept(case: Case, *, by: User, handler: Officer | None = None) -> None:
    """A zone or office takes the case in hand."""
    if handler and case.recusals.filter(officer=handler).exists():
        raise Refused(_("That person must not handle this case."))
    rows = Case.objects.filter(state=Case.State.ASSIGNED)
    with claim(case, rows, verb="accepted", by=by) as change:
        change(state=Case.State.IN_HAND, handler=handler)


def forward(case: Case, *, body: Office, by: User, ground: str) -> None:
    """The case belongs to another body, which gets it; here it is done."""
    if not ground.strip():
        raise Refused(_("Please give a reason."))
    with claim(case, Case.objects.open(), verb="forwarded", by=by, ground=ground) as change:
        change(state=Case.State.FORWARDED, office=body, zone=None, handler=None)


def close(case: Case, *, by: User, outcome: str, ground: str) -> None:
    if not ground.strip():
        raise Refused(_("Please give a reason."))
    with claim(case, Case.objects.open(), verb="closed", by=by, ground=ground) as change:
        change(state=Case.State.CLOSED, outcome=outcome)


def reopen(case: Case, *, by: User, ground: str) -> None:
    done = Case.objects.filter(state__in=[Case.State.CLOSED, Case.State.FORWARDED])
    with claim(case, done, verb="reopened", by=by, ground=ground) as change:
        change(state=Case.State.ASSIGNED if case.zone_id else Case.State.UNROUTED, outcome="")


def link(case: Case, *, to: Case, by: User) -> None:
    """Puts two cases into one bundle: they are about the same matter."""
    if case.pk == to.pk or (case.bundle_id and case.bundle_id == to.bundle_id):
        raise Refused(_("These cases are linked already."))
    with transaction.atomic():
        bundle = to.bundle or case.bundle or Bundle.objects.create()
        for one, other in ((case, to), (to, case)):
            if one.bundle_id != bundle.pk:
                with claim(
                    one, Case.objects.readable(), verb="linked", by=by, facts={"to": other.number}
                ) as change:
                    change(bundle=bundle)


def declare_recusal(
    case: Case,
    *,
    by: User,
    ground: str,
    officer: Officer | None = None,
    zone: Zone | None = None,
    office: Office | None = None,
) -> Recusal:
    """Somebody is kept away from now on, by own motion or by order."""
    with claim(case, Case.objects.readable(), verb="recused", by=by, ground=ground) as change:
        row = Recusal.objects.create(
            case=case,
            officer=officer,
            zone=zone,
            office=office,
            ground=Recusal.Ground.DECLARED,
            derived=False,
        )
        change.touched.add("recusals")
    return row


def ask(case: Case, text: str, *, by: User) -> Message:
    """A question to the reporter, in the mailbox under the receipt."""
    return _write(case, text, Message.Kind.QUESTION, by)


def answer(case: Case, text: str, *, by: User) -> Message:
    """A notice to the reporter, in the mailbox under the receipt."""
    return _write(case, text, Message.Kind.NOTICE, by)


def _write(case: Case, text: str, kind: Message.Kind, by: User) -> Message:
    with transaction.atomic():
        message = intake.actions.add_message(case.report, text, kind=kind, by=by)
        record(case, "asked" if kind == Message.Kind.QUESTION else "answered", by=by)
    return message


def look(case: Case, *, by: User, what: str = Look.What.CASE) -> Look:
    """Writes into the read log that somebody opened a case or a part of it."""
    row = Look.objects.create(case=case, by=by, what=what)
    case_looked_at.send(Case, look=row)
    return row


def unseal_identity(case: Case, *, by: User, reason: str) -> Identity:
    """Who wrote, for a letters officer who verifies."""
    if not scope_of(by).may(Role.LETTERS_OFFICER):
        raise Refused(_("Only a letters officer may see who wrote."))
    with transaction.atomic():
        identity = intake.actions.unseal(case.report, by=by, reason=reason)
        look(case, by=by, what=Look.What.IDENTITY)
        record(case, "identity_opened", by=by, ground=reason)
    return identity


def open_original(case: Case, *, by: User, reason: str) -> tuple[str, str]:
    """(title, text) as they arrived, unmasked, for a letters officer who verifies."""
    if not scope_of(by).may(Role.LETTERS_OFFICER):
        raise Refused(_("Only a letters officer may see the original."))
    with transaction.atomic():
        words = intake.actions.open_original(case.report, by=by, reason=reason)
        look(case, by=by, what=Look.What.ORIGINAL)
        record(case, "original_opened", by=by, ground=reason)
    return words
