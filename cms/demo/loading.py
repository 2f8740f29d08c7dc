"""Loads the sample county's places, offices, zones and people from the tables beside this module."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.db import transaction

from triage.actions.territory import load_invented
from triage.models import (
    Appointment,
    Domain,
    FormerPost,
    Installation,
    Kin,
    Office,
    Officer,
    Place,
    Role,
    Zone,
)
from triage.territory import known_place

HERE = Path(__file__).parent
COUNTY = "county:990121000000"
PASSWORD = "flypaper-demo"  # noqa: S105  (printed on the demo's sign-in page; the demo is bound to loopback)
ZONE_ROLES = (Role.HANDLER, Role.ZONE_LEADER)


def table(name: str) -> Iterator[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def load_county() -> None:
    """Idempotent: rows that are there already are left as they are."""
    rows = [(r["code"], r["name"], r["parent_code"], r["level"], r["name_en"]) for r in table("places.csv")]
    with transaction.atomic():
        load_invented(rows, COUNTY)
        _offices()
        people = _officers()
        _heads(people)
        _zones(people)
        _appointments(people)
        Installation.objects.filter(pk=1).update(receiving=Office.objects.get(code="county-commission"))


def _offices() -> None:
    for row in table("offices.csv"):
        Office.objects.get_or_create(
            code=row["code"],
            defaults={
                "name": row["name"],
                "name_en": row["name_en"],
                "kind": row["kind"],
                "place": _place(row["place_code"]),
                "parent": Office.objects.filter(code=row["parent_code"]).first(),
            },
        )


def _place(key_or_code: str) -> Place:
    place = known_place(key_or_code)
    if place is None:
        raise Place.DoesNotExist(key_or_code)
    return place


def _officers() -> dict[str, Officer]:
    password = make_password(PASSWORD)
    people = {}
    for row in table("officers.csv"):
        user, created = get_user_model().objects.get_or_create(
            username=row["username"], defaults={"password": password}
        )
        officer, _made = Officer.objects.get_or_create(
            user=user,
            defaults={
                "name": row["name"],
                "name_en": row["name_en"],
                "home": known_place(row["home_place_code"]),
                "post": row["post"],
                "skills": row["skills"].replace(";", " "),
            },
        )
        people[row["username"]] = officer
        if created:
            _past(officer, row)
    return people


def _past(officer: Officer, row: dict[str, str]) -> None:
    for item in filter(None, row["former_posts"].split(";")):
        unit, _at, rest = item.partition("@")
        code, _colon, years = rest.partition(":")
        first, _dash, last = years.partition("-")
        FormerPost.objects.create(
            officer=officer,
            unit=_unit(unit),
            place=known_place(code),
            first=date(int(first), 1, 1) if first else None,
            last=date(int(last), 12, 31) if last else None,
        )
    for item in filter(None, row["kin"].split(";")):
        relation, name, unit, post = [*item.split("|"), "", "", ""][:4]
        Kin.objects.create(officer=officer, relation=relation, name=name, unit=unit, post=post)


def _unit(code_or_name: str) -> str:
    office = Office.objects.filter(code=code_or_name).first()
    return office.name if office else code_or_name


def _heads(people: dict[str, Officer]) -> None:
    for row in table("offices.csv"):
        if row["head"]:
            Office.objects.filter(code=row["code"], head=None).update(head=people[row["head"]])


def _zones(people: dict[str, Officer]) -> None:
    for row in table("zones.csv"):
        zone, created = Zone.objects.get_or_create(
            code=row["code"],
            defaults={
                "name": row["name"],
                "name_en": row["name_en"],
                "county": Place.objects.get(pk=COUNTY),
                "leader": people[row["leader"]],
                "guiding_office": Office.objects.get(code=row["guiding_office"]),
            },
        )
        if created:
            zone.townships.set([_place(f"township:{code}") for code in row["township_codes"].split()])
            zone.knows.set(Domain.objects.filter(pk__in=row["domains"].split()))


def _appointments(people: dict[str, Officer]) -> None:
    """Each person's own post; granted by one administrator, approved by the other."""
    rows = list(table("officers.csv"))
    first, second = (people[r["username"]].user for r in rows if r["role"] == Role.ADMINISTRATOR)
    for row in rows:
        in_zone = row["role"] in ZONE_ROLES
        where = (
            {"zone": Zone.objects.get(code=row["zone_code"])}
            if in_zone
            else {"office": Office.objects.get(code=row["office_code"])}
        )
        Appointment.objects.get_or_create(
            officer=people[row["username"]],
            role=row["role"],
            **where,
            defaults={"granted_by": first, "approved_by": second},
        )
