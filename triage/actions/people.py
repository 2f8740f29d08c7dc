"""Who may do what: appointments, and the resets of passwords and second factors.

What shows content takes two people: one who grants or asks, another who approves.
"""

from __future__ import annotations

import secrets
from datetime import UTC, date
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_otp import devices_for_user

from intake import sealing
from intake.refusals import Refused
from triage.actions.recusing import recuse_anew
from triage.models import Appointment, Credential, Office, Officer, Reset, Role, StaffEvent, Zone
from triage.models.people import CONTENT_ROLES, held_by
from triage.scope import scope_of

if TYPE_CHECKING:
    from django.contrib.auth.models import User

PASSWORD_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # noqa: S105  (nothing that looks like another)
APPROVERS = (Role.ADMINISTRATOR, Role.MAIN_HEAD, Role.DEPUTY_HEAD)
CONSOLE = "console"


def add_officer(username: str, *, by: User | None, name: str = "", post: str = "") -> tuple[Officer, str]:
    """(the new officer, a one-time password that is shown once). An account alone opens nothing."""
    if by is not None:
        _administrator(by)
    users = get_user_model()
    if users.objects.filter(username=username).exists():
        raise Refused(_("There is an account of that name already."))
    password = new_password()
    with transaction.atomic():
        user = users.objects.create_user(username, password=password)
        Credential.objects.create(user=user, temporary=True)
        officer = Officer.objects.create(user=user, name=name or username, post=post)
        write_down("officer_added", by=by, officer=officer)
    return officer, password


def note_facts(officer: Officer, changed: list[str], *, by: User) -> None:
    """Facts of an officer have changed: writes down which, never what they say, and derives recusals anew.

    To be called in the transaction that saves them.
    """
    _administrator(by)
    if officer.user_id == by.pk:
        raise Refused(_("Nobody changes the facts about themselves."))
    with transaction.atomic():
        write_down("facts_changed", by=by, officer=officer, facts={"fields": changed})
        recuse_anew(officer)


def appoint(
    officer: Officer,
    *,
    role: str,
    to: Office | Zone,
    by: User,
    first: date | None = None,
    last: date | None = None,
) -> Appointment:
    """Grants a role. One that shows content counts only after `approve_appointment` by somebody else."""
    _administrator(by)
    if officer.user_id == by.pk:
        raise Refused(_("Nobody appoints themselves."))
    with transaction.atomic():
        appointment = Appointment.objects.create(
            officer=officer,
            role=role,
            **held_by(to),
            first=first,
            last=last,
            granted_by=by,
        )
        write_down("appointed", by=by, officer=officer, appointment=appointment, facts=_facts(appointment))
    return appointment


def appoint_at_the_console(officer: Officer, *, role: str, to: Office | Zone) -> Appointment:
    """Grants a role in force at once, from the machine's own command line.

    Whoever can run it holds the keys and the database already; that it was done there stays written down.
    """
    console, _made = get_user_model().objects.get_or_create(username=CONSOLE, defaults={"is_active": False})
    with transaction.atomic():
        appointment = Appointment.objects.create(
            officer=officer,
            role=role,
            **held_by(to),
            approved_by=console,
            approved_at=timezone.now(),
        )
        write_down(
            "appointed_at_the_console", officer=officer, appointment=appointment, facts=_facts(appointment)
        )
        recuse_anew(officer)
    return appointment


def approve_appointment(appointment: Appointment, *, by: User) -> None:
    """A second person agrees; neither the one who granted nor the one appointed."""
    _second_person(by, asked_by=appointment.granted_by_id, about=appointment.officer.user_id)
    with transaction.atomic():
        waiting = Appointment.objects.filter(pk=appointment.pk, approved_by=None, ended_at=None)
        if not waiting.update(approved_by=by, approved_at=timezone.now()):
            raise Refused(_("This appointment does not wait for approval any more."))
        appointment.refresh_from_db()
        write_down(
            "appointment_approved",
            by=by,
            officer=appointment.officer,
            appointment=appointment,
            facts=_facts(appointment),
        )
        recuse_anew(appointment.officer)


def end_appointment(appointment: Appointment, *, by: User) -> None:
    """Takes a role away at once; one person is enough."""
    if not scope_of(by).may(*APPROVERS):
        raise Refused(_("Only an administrator or a head may do this."))
    with transaction.atomic():
        if not Appointment.objects.filter(pk=appointment.pk, ended_at=None).update(ended_at=timezone.now()):
            raise Refused(_("This appointment has ended already."))
        write_down(
            "appointment_ended",
            by=by,
            officer=appointment.officer,
            appointment=appointment,
            facts=_facts(appointment),
        )


def ask_reset(user: User, *, what: str, by: User) -> tuple[Reset, str]:
    """Asks for a reset. (the row, the one-time password if it took effect at once, else "").

    Of an account that has ever been given content it waits for `approve_reset` by somebody else.
    """
    _administrator(by)
    if user.pk == by.pk:
        raise Refused(_("Nobody resets their own account here."))
    if Reset.objects.filter(user=user, what=what, done_at=None, withdrawn_at=None).exists():
        raise Refused(_("This reset waits for approval already."))
    with transaction.atomic():
        reset = Reset.objects.create(user=user, what=what, asked_by=by)
        write_down("reset_asked", by=by, officer=_officer(user), facts={"what": what})
        password = "" if shows_content(user) else _carry_out(reset, by)
    return reset, password


def approve_reset(reset: Reset, *, by: User) -> str:
    """The second person's yes; gives the one-time password to hand over, or "" for a second factor."""
    _second_person(by, asked_by=reset.asked_by_id, about=reset.user_id)
    with transaction.atomic():
        return _carry_out(reset, by)


def withdraw_reset(reset: Reset, *, by: User) -> None:
    if not scope_of(by).may(*APPROVERS):
        raise Refused(_("Only an administrator or a head may do this."))
    with transaction.atomic():
        if not _open(reset).update(withdrawn_at=timezone.now()):
            raise Refused(_("This reset does not wait for approval any more."))
        write_down("reset_withdrawn", by=by, officer=_officer(reset.user), facts={"what": reset.what})


def shows_content(user: User) -> bool:
    """Has the account a role that shows content, or one that waits for its approval or its first day?"""
    return Appointment.objects.filter(officer__user=user, role__in=CONTENT_ROLES, ended_at=None).exists()


def set_own_password(user: User, password: str) -> None:
    """The owner's own choice; whoever knew the one before knows nothing any more."""
    with transaction.atomic():
        user.set_password(password)
        user.save(update_fields=["password"])
        Credential.objects.update_or_create(user=user, defaults={"temporary": False})
        write_down("password_changed", by=user, officer=_officer(user))


def new_password() -> str:
    """16 characters that can be read out, in groups of four: 79 bits."""
    raw = "".join(secrets.choice(PASSWORD_ALPHABET) for _ in range(16))
    return "-".join(raw[i : i + 4] for i in range(0, 16, 4))


def write_down(
    verb: str,
    *,
    by: User | None = None,
    officer: Officer | None = None,
    appointment: Appointment | None = None,
    facts: dict[str, Any] | None = None,
) -> StaffEvent:
    """Appends one line; its digest is an HMAC over the line and the digest before it."""
    last = StaffEvent.objects.order_by("-pk").first()
    event = StaffEvent(
        verb=verb,
        officer=officer,
        appointment=appointment,
        by=by,
        at=timezone.now(),
        facts=facts or {},
        previous_digest=last.digest if last else "",
    )
    event.digest = digest_of(event)
    event.save()
    return event


def digest_of(event: StaffEvent) -> str:
    line = [
        event.verb,
        event.officer_id,
        event.appointment_id,
        event.by_id,
        event.at.astimezone(UTC).isoformat(),
        event.facts,
    ]
    return sealing.chained(event.previous_digest, line, "staff events")


def _carry_out(reset: Reset, by: User) -> str:
    if not _open(reset).update(done_by=by, done_at=timezone.now()):
        raise Refused(_("This reset does not wait for approval any more."))
    write_down("reset_done", by=by, officer=_officer(reset.user), facts={"what": reset.what})
    user = reset.user
    if reset.what == Reset.What.SECOND_FACTOR:
        for device in devices_for_user(user, confirmed=None):
            device.delete()
        return ""
    password = new_password()
    user.set_password(password)
    user.save(update_fields=["password"])
    Credential.objects.update_or_create(user=user, defaults={"temporary": True})
    return password


def _open(reset: Reset) -> Any:
    return Reset.objects.filter(pk=reset.pk, done_at=None, withdrawn_at=None)


def _facts(appointment: Appointment) -> dict[str, Any]:
    to = appointment.office or appointment.zone
    return {"role": appointment.role, "to": to.code if to else ""}


def _officer(user: User) -> Officer | None:
    return Officer.objects.filter(user=user).first()


def _administrator(by: User) -> None:
    if not scope_of(by).may(Role.ADMINISTRATOR):
        raise Refused(_("Only an administrator may do this."))


def _second_person(by: User, *, asked_by: int | None, about: int | None) -> None:
    if not scope_of(by).may(*APPROVERS):
        raise Refused(_("Only an administrator or a head may do this."))
    if by.pk in (asked_by, about):
        raise Refused(_("A second person has to approve this."))
