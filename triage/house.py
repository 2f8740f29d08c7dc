"""The people of the house as values: what recusal and competence want to know of them, read at once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from triage.models import Appointment, FormerPost, Kin, Office, Officer, Role, Zone
from triage.names import full_name, normalised, parts, share_a_word, surname_of
from triage.places import keys


@dataclass(frozen=True)
class Relative:
    name: str
    unit: str


@dataclass(frozen=True)
class Body:
    """An office. `place` is its key; `short` its name without the place names above it."""

    pk: int
    name: str
    kind: str
    place: str
    head: int | None


@dataclass(frozen=True)
class Ring:
    """A zone: the leader, the pool, and the office that guides it."""

    pk: int
    code: str
    leader: int | None
    guide: int | None
    pool: frozenset[int]
    townships: frozenset[str]


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
        """Officers whose post is the one written, where no other name speaks against it."""
        if full_name(name) or not post:
            return []
        written = {self.bare(normalised(unit) + p) for p in parts(post)}
        written |= {self.bare(normalised(township) + _without_here(unit) + p) for p in parts(post)}
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
        held = {self.bare(p) for p in parts(member.post)}
        if any(self.offices[o].head == member.pk for o in member.offices if o in self.offices):
            held |= {
                self.bare(self.offices[o].name + word)
                for o in member.offices
                if o in self.offices and self.offices[o].head == member.pk
                for word in HEADS
            }
        return held


HEADS = ("书记", "主任")


def _without_here(unit: str) -> str:
    """乡政府, 镇纪委: a unit of the township that the report is about, without its 乡 or 镇."""
    return (
        normalised(unit).lstrip("本我该")[1:]
        if normalised(unit).lstrip("本我该")[:1] in "镇乡"
        else normalised(unit)
    )


def township_of(key: str | None) -> str:
    return (keys.ancestor(key, "township") or "") if key else ""


def load() -> House:
    """Reads the whole house: seven queries, however many cases it is asked about."""
    offices = {
        o.pk: Body(o.pk, o.name, o.kind, o.place_id, o.head_id)
        for o in Office.objects.filter(active=True).exclude(kind=Office.Kind.EXTERNAL)
    }
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
        zones=_zones(pools, leaders),
        prefixes=_prefixes(),
        of_office=dict(of_office),
    )


def _members(serving: dict[int, set[int]]) -> dict[int, Member]:
    former: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for officer, unit, place in FormerPost.objects.values_list("officer_id", "unit", "place_id"):
        former[officer].append((unit, township_of(place)))
    kin: dict[int, list[Relative]] = defaultdict(list)
    for officer, name, unit in Kin.objects.values_list("officer_id", "name", "unit"):
        kin[officer].append(Relative(full_name(name), unit))
    return {
        o.pk: Member(
            pk=o.pk,
            names=frozenset(n for n in (full_name(o.name), full_name(o.name_en)) if n),
            surname=surname_of(o.name),
            post=o.post,
            home=township_of(o.home_id),
            former=tuple(former[o.pk]),
            kin=tuple(kin[o.pk]),
            offices=frozenset(serving.get(o.pk, ())),
        )
        for o in Officer.objects.all()
    }


def _zones(pools: dict[int, set[int]], leaders: dict[int, int]) -> dict[int, Ring]:
    townships: dict[int, set[str]] = defaultdict(set)
    for zone, place in Zone.townships.through.objects.values_list("zone_id", "place_id"):
        townships[zone].add(place)
    return {
        z.pk: Ring(
            pk=z.pk,
            code=z.code,
            leader=z.leader_id or leaders.get(z.pk),
            guide=z.guiding_office_id,
            pool=frozenset(pools[z.pk]),
            townships=frozenset(townships[z.pk]),
        )
        for z in Zone.objects.filter(active=True)
    }


def _prefixes() -> tuple[str, ...]:
    """Names of the places above the townships that have an office of ours, the longest first."""
    names = Office.objects.filter(place__depth__lt=3).values_list("place__name", flat=True).distinct()
    found = {normalised(n) for n in names} | {"中共"}
    return (*sorted(found, key=len, reverse=True), "县", "区")
