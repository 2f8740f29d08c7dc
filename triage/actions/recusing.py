"""What becomes known of a person of the house keeps that person away from the cases that exist already."""

from __future__ import annotations

from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import Q

from triage import house as houses
from triage import recusal
from triage.claims import claim
from triage.house import House, Member
from triage.models import Case, Officer, Subject
from triage.models.territory import within
from triage.names import full_name


def recuse_anew(officer: Officer) -> int:
    """Derives anew the recusals of cases that an officer's appointment, post, home, former posts or kin may
    touch; how many have changed. Names lie sealed, so every accusation on file is opened once."""
    house = houses.load()
    member = house.members[officer.pk]
    return sum(_recuse(pk, house) for pk in _touched(house, member))


def _recuse(pk: int, house: House) -> bool:
    case = Case.objects.get(pk=pk)
    with transaction.atomic():
        if not recusal.derive(case, house):
            return False
        with claim(case, Case.objects.readable(), verb="recused") as change:
            change.touched.add("recusals")
    return True


def _touched(house: House, member: Member) -> list[int]:
    rows = Case.objects.readable()
    places = {member.home, *(place for _unit, place in member.former)} - {""}
    found: set[int] = set()
    if places:
        about = [within(p, prefix) for p in places for prefix in ("place__", "matters__place__")]
        found = set(rows.filter(reduce(or_, about, Q())).values_list("pk", flat=True))
    subjects = Subject.objects.filter(case__in=rows).iterator(chunk_size=1000)
    found |= {s.case_id for s in subjects if s.case_id not in found and _concerns(house, member, s)}
    return sorted(found)


def _concerns(house: House, member: Member, subject: Subject) -> bool:
    """Might this accused be the officer, a relative, somebody of a former unit, or a holder of the post?"""
    name = full_name(subject.name)
    if name:
        return name in member.names or any(name == k.name for k in member.kin)
    units = {house.bare(unit) for unit, _place in member.former}
    return bool(subject.post and member.post) or house.bare(subject.unit) in units
