"""The people of the house as values: what recusal and competence want to know of them, read at once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from django.db.models import Q

from triage.models import Appointment, FormerPost, Kin, Office, Officer, Role, Zone
from triage.names import full_name, normalised, parts, share_a_word, surname_of
from triage.places import keys

HEAD_WORDS = ("书记", "主任")
TOWNSHIP = keys.LEVELS.index("township")


@dataclass(frozen=True)
class Relative:
    name: str
    unit: str


@dataclass(frozen=True)
class Body:
    """An office; `place` is its key, `depth` that of its place."""

    pk: int
    name: str
    kind: str
    place: str
    place_name: str
    depth: int
    head: int | None


@dataclass(frozen=True)
class Ring:
    """A zone: the leader, the office that guides it, and the pool."""

    pk: int
    leader: int | None
    guide: int | None
    pool: frozenset[int]


@dataclass(frozen=True)
class Member:
    """An officer. home and the places of former posts are township keys, "" where they stand higher."""

    pk: int
    names: frozenset[str]
    surname: str
    post: str
    home: str
    former: tuple[tuple[str, str], ...]  # (unit, township key)
    kin: tuple[Relative, ...]
    offices: frozenset[int]  # where appointed, or the head


@dataclass(frozen=True)
class House:
    members: dict[int, Member]
    offices: dict[int, Body]
    zones: dict[int, Ring]
    prefixes: tuple[str, ...] = ()  # names of county and city that posts and units may begin with
    of_office: dict[int, set[int]] = field(default_factory=dict)

    def named(self, name: str) -> list[Member]:
        """Officers of exactly this full name; a surname alone is nobody's."""
        wanted = full_name(name)
        return [m for m in self.members.values() if wanted in m.names] if wanted else []

    def holding(self, name: str, unit: str, post: str, township: str) -> list[Member]:
        """Officers whose post is the one written, where no other name speaks against it.

        A post without any unit (纪委书记) is meant of the township that the report is about, and of
        nobody higher.
        """
        if full_name(name) or not post:
            return []
        whole = [normalised(unit) + p for p in parts(post)]
        written = {self.bare(w) for w in whole if unit or self.bare(w) != w}
        written |= {_of_here(township, unit) + p for p in parts(post) if township}
        surname = surname_of(name)
        return [
            m
            for m in self.members.values()
            if m.post and (not surname or surname == m.surname) and not written.isdisjoint(self._posts(m))
        ]

    def belongs(self, member: Member, unit: str) -> bool:
        """Does the unit written beside a name fit this officer? An empty one does."""
        own = [member.post, *(self.offices[o].name for o in member.offices if o in self.offices)]
        return not unit or any(share_a_word(unit, o) for o in own)

    def bodies(self, unit: str) -> list[Body]:
        """Offices that a unit names without anybody in it."""
        wanted = self.bare(unit)
        return [o for o in self.offices.values() if wanted and self.bare(o.name) == wanted]

    def bare(self, text: str) -> str:
        text = normalised(text)
        for prefix in self.prefixes:
            text = text.removeprefix(prefix)
        return text

    def _posts(self, member: Member) -> set[str]:
        """The member's posts with their units; a head's as the office's name and 书记 or 主任."""
        headed = [o for o in map(self.offices.get, member.offices) if o and o.head == member.pk]
        return {self.bare(p) for p in parts(member.post)} | {
            self.bare(office.name + word) for office in headed for word in HEAD_WORDS
        }


def _of_here(township: str, unit: str) -> str:
    """乡政府, 本镇纪委 of a report about a township mean that township's."""
    return normalised(township) + re.sub(r"^[本我该]?[镇乡]?", "", normalised(unit))


def township_of(key: str | None) -> str:
    return (keys.ancestor(key, "township") or "") if key else ""


def load(townships: Iterable[str] = ()) -> House:
    """Reads all people, and of offices and zones those that have people or lie in the given townships.

    A nation has tens of thousands of offices in which nobody serves yet; they can recuse nobody.
    """
    serving: dict[int, set[int]] = defaultdict(set)
    pools: dict[int, set[int]] = defaultdict(set)
    leaders: dict[int, int] = {}
    for officer, office, zone, role in Appointment.objects.in_force().values_list(
        "officer_id", "office_id", "zone_id", "role"
    ):
        if office:
            serving[officer].add(office)
        elif role == Role.ZONE_LEADER:
            leaders[zone] = officer
        else:
            pools[zone].add(officer)
    zones = _zones(pools, leaders)
    offices = _offices(
        {o for held in serving.values() for o in held} | {z.guide for z in zones.values() if z.guide},
        townships,
    )
    for body in offices.values():
        if body.head:
            serving[body.head].add(body.pk)
    of_office: dict[int, set[int]] = defaultdict(set)
    for officer, held in serving.items():
        for office in held:
            of_office[office].add(officer)
    return House(
        members=_members(serving),
        offices=offices,
        zones=zones,
        prefixes=_prefixes(offices.values()),
        of_office=dict(of_office),
    )


def _offices(used: set[int], townships: Iterable[str]) -> dict[int, Body]:
    rows = Office.objects.filter(active=True).exclude(kind=Office.Kind.EXTERNAL)
    here = Q(kind=Office.Kind.TOWNSHIP, place__in=list(townships))
    return {
        pk: Body(pk, name, kind, place, place_name, depth, head)
        for pk, name, kind, place, place_name, depth, head in rows.filter(
            Q(pk__in=used) | Q(head__isnull=False) | here
        ).values_list("pk", "name", "kind", "place_id", "place__name", "place__depth", "head_id")
    }


def _members(serving: dict[int, set[int]]) -> dict[int, Member]:
    former: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for officer, unit, place in FormerPost.objects.values_list("officer_id", "unit", "place_id"):
        former[officer].append((unit, township_of(place)))
    kin: dict[int, list[Relative]] = defaultdict(list)
    for officer, name, unit in Kin.objects.values_list("officer_id", "name", "unit"):
        kin[officer].append(Relative(_known_name(name), unit))
    return {
        pk: Member(
            pk=pk,
            names=frozenset(n for n in (_known_name(name), _known_name(name_en)) if n),
            surname=surname_of(name),
            post=post,
            home=township_of(home),
            former=tuple(former[pk]),
            kin=tuple(kin[pk]),
            offices=frozenset(serving.get(pk, ())),
        )
        for pk, name, name_en, post, home in Officer.objects.values_list(
            "pk", "name", "name_en", "post", "home_id"
        ).order_by()
    }


# Names of our own people and their kin, met again with every case; never names that a report brings.
_known_name = lru_cache(maxsize=4096)(full_name)


def _zones(pools: dict[int, set[int]], leaders: dict[int, int]) -> dict[int, Ring]:
    """Zones that can be out: with a leader, a guiding office or a pool."""
    peopled = Q(pk__in={*pools, *leaders}) | Q(leader__isnull=False) | Q(guiding_office__isnull=False)
    return {
        pk: Ring(pk, leader or leaders.get(pk), guide, frozenset(pools[pk]))
        for pk, leader, guide in Zone.objects.filter(peopled, active=True).values_list(
            "pk", "leader_id", "guiding_office_id"
        )
    }


def _prefixes(offices: Iterable[Body]) -> tuple[str, ...]:
    """What units and posts may begin with and mean the same: the county's or city's name, or 县 alone."""
    found = {normalised(o.place_name) for o in offices if o.depth < TOWNSHIP}
    return ("中共", *sorted(found, key=len, reverse=True), "县", "区")
