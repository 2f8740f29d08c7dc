"""Gives somebody an account and a role, from the machine's console."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from intake.refusals import Refused
from triage.actions.people import add_officer, appoint_at_the_console, new_password, write_down
from triage.models import Appointment, Credential, Installation, Office, Officer, Role, Zone
from triage.models.people import held_by

EDITOR = "editor"  # of the public pages: a group of Wagtail's, no appointment, no case
EDITORS = "Moderators"  # the group that Wagtail makes: may publish
ZONE_ROLES = (Role.HANDLER, Role.ZONE_LEADER)


class Command(BaseCommand):
    help = (
        "Give somebody an account with a one-time password (printed once, changed at the first sign-in) and a "
        "role. Called again for the same name it adds the role and leaves the password alone. What is granted "
        "here is in force at once, and stays written down as granted at the console."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--role", required=True, choices=[*Role.values, EDITOR])
        where = parser.add_mutually_exclusive_group()
        where.add_argument("--office", metavar="CODE", help="without it: the territory's own office")
        where.add_argument("--zone", metavar="CODE")
        parser.add_argument("--name", default="", help="the person's name, if it is not the username")

    def handle(self, *args: Any, username: str, role: str, name: str, **options: Any) -> None:
        try:
            get_user_model()._meta.get_field("username").run_validators(username)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        to = None if role == EDITOR else self.where(role, options["office"], options["zone"])
        with transaction.atomic():
            officer, password = self.person(username, name)
            if to is None:
                self.make_editor(officer)
            elif self.holds(officer, role, to):
                raise CommandError(f"{username} is {role} of {to.code} already.")
            else:
                appoint_at_the_console(officer, role=role, to=to)
        self.stdout.write(f"{username}: {role}" + (f", {to.code}" if to else ""))
        if password:
            self.stdout.write(f"One-time password: {password}")

    def where(self, role: str, office: str | None, zone: str | None) -> Office | Zone:
        if zone:
            return _found(Zone, "zone", zone)
        if office:
            return _found(Office, "office", office)
        own = Installation.current().receiving
        if own is None:
            raise CommandError("No territory is loaded: run load_territory first, or name an --office.")
        if role in ZONE_ROLES:
            self.stderr.write(
                f"{role} of an office sees what lies with that office alone; --zone CODE names a zone."
            )
        return own

    def person(self, username: str, name: str) -> tuple[Officer, str]:
        user = get_user_model().objects.filter(username=username).first()
        try:
            if user is None:
                return add_officer(username, by=None, name=name)
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        officer = Officer.objects.filter(user=user).first()
        if officer:
            return officer, ""
        officer = Officer.objects.create(user=user, name=name or username)
        write_down("officer_added", officer=officer)
        if user.has_usable_password():
            return officer, ""
        password = new_password()
        user.set_password(password)
        user.save(update_fields=["password"])
        Credential.objects.update_or_create(user=user, defaults={"temporary": True})
        return officer, password

    def holds(self, officer: Officer, role: str, to: Office | Zone) -> bool:
        return Appointment.objects.in_force().filter(officer=officer, role=role, **held_by(to)).exists()

    def make_editor(self, officer: Officer) -> None:
        group = Group.objects.filter(name=EDITORS).first()
        if group is None:
            raise CommandError("The public site's groups are missing: run migrate first.")
        get_user_model().objects.get(officer=officer).groups.add(group)
        write_down("made_editor", officer=officer)


def _found(model: Any, kind: str, code: str) -> Office | Zone:
    found = model.objects.filter(code=code).first()
    if found is None:
        known = ", ".join(model.objects.values_list("code", flat=True)[:40])
        raise CommandError(f"There is no {kind} {code}; there are: {known}.")
    return found
