"""What becomes known of a person of the house keeps that person away from the cases that exist already, and
what is known no more keeps nobody away any longer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from itertools import batched
from operator import or_

from django.db import transaction
from django.db.models import Q

from triage import house as houses
from triage import recusal
from triage.claims import claim
from triage.house import House, Member
from triage.models import Case, Office, Officer, Subject, Zone
from triage.models.territory import within
from triage.names import full_name

BATCH = 500


def recuse_anew(*officers: Officer, offices: Iterable[Office] = (), zones: Iterable[Zone] = ()) -> int:
    """Derives anew the recusals of cases that an officer's appointment, post, home, former posts or kin, an
    office's head, or a zone's leader or guiding office may touch or have touched; how many have changed.

    Names lie sealed, so every accusation on file is opened once.
    """
    touched = _touched(
        houses.load(), [o.pk for o in officers], {o.pk for o in offices}, {z.pk for z in zones}
    )
    changed = 0
    for batch in batched(touched, BATCH):
        # With the offices of their townships: also one in which nobody serves is led by its accused secretary.
        house = houses.load(_townships(batch))
        changed += sum(_recuse(pk, house) for pk in batch)
    return changed


def _townships(batch: Sequence[int]) -> set[str]:
    rows = Case.objects.filter(pk__in=batch).values_list("place_id", "matters__place_id")
    return {t for places in rows for t in map(houses.township_of, places) if t}


def _recuse(pk: int, house: House) -> bool:
    case = Case.objects.get(pk=pk)
    with transaction.atomic():
        if not recusal.derive(case, house):
            return False
        with claim(case, Case.objects.readable(), verb="recused") as change:
            change.touched.add("recusals")
    return True


def _touched(house: House, officers: list[int], offices: set[int], zones: set[int]) -> list[int]:
    rows = Case.objects.readable()
    members = [house.members[pk] for pk in officers]
    found = set(rows.filter(_kept_away(house, members, offices, zones)).values_list("pk", flat=True))
    places = {place for m in members for place in (m.home, *(p for _unit, p in m.former))} - {""}
    if places:
        about = [within(p, prefix) for p in places for prefix in ("place__", "matters__place__")]
        found |= set(rows.filter(reduce(or_, about)).values_list("pk", flat=True))
    units = {house.bare(house.offices[o].name) for o in offices if o in house.offices}
    subjects = Subject.objects.filter(case__in=rows).iterator(chunk_size=1000)
    found |= {s.case_id for s in subjects if s.case_id not in found and _concerns(house, members, units, s)}
    return sorted(found)


def _kept_away(house: House, members: list[Member], offices: set[int], zones: set[int]) -> Q:
    """Cases of which they, their offices or the people of these offices are kept away already: that may fall,
    and a zone follows from it."""
    people = {m.pk for m in members}.union(*(house.of_office.get(o, ()) for o in offices))
    return (
        Q(recusals__officer__in=people)
        | Q(recusals__office__in=offices.union(*(m.offices for m in members)))
        | Q(recusals__zone__in=zones)
    )


def _concerns(house: House, members: list[Member], units: set[str], subject: Subject) -> bool:
    """Might this accused be an officer, a relative, somebody of a former unit, a holder of the post, or one of
    the units themselves?"""
    name = full_name(subject.name)
    if name:
        return any(name in m.names or any(name == k.name for k in m.kin) for m in members)
    if subject.post and any(m.post for m in members):
        return True
    former = {house.bare(unit) for m in members for unit, _place in m.former}
    return house.bare(subject.unit) in units | former
