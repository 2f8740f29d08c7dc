"""Who must not know that a case exists, derived from whom it accuses and where (RULE 48, SL 67).

Nobody named in a report, no subordinate of that person and no office led by that person may see it. A home
town, a former post or a relative excludes the person; a zone is out when its leader, its guiding office or
anyone in its pool is accused, or when its leader has a personal ground. A surname alone is nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from triage import house as houses
from triage.house import House, Member
from triage.jurisdiction import Person, leads_township_commission
from triage.models import Case, Office, Place, Recusal, Subject
from triage.names import full_name, normalised, share_a_word

Ground = Recusal.Ground
# ("officer" | "office" | "zone", primary key, ground)
Row = tuple[str, int, str]


def derive(case: Case, house: House | None = None) -> bool:
    """Makes the case's derived recusals anew from its subjects and places; True when they have changed."""
    wanted = _wanted(case, house)
    held = {_row(r): r for r in case.recusals.filter(derived=True)}
    if wanted == set(held):
        return False
    Recusal.objects.filter(pk__in=[r.pk for row, r in held.items() if row not in wanted]).delete()
    Recusal.objects.bulk_create(
        Recusal(case=case, ground=ground, **{f"{kind}_id": pk})
        for kind, pk, ground in sorted(wanted - set(held))
    )
    return True


def _wanted(case: Case, house: House | None) -> set[Row]:
    subjects = list(case.subjects.all())
    places = places_of(case)
    if not subjects and not any(map(houses.township_of, places)):
        return set()
    return grounds(house or house_of(places), subjects, places)


def house_of(places: Iterable[str]) -> House:
    """The house as a case about these places needs it."""
    return houses.load({houses.township_of(p) for p in places} - {""})


def places_of(case: Case) -> list[str]:
    """The places that a case is about, the main one first: union over its matters."""
    found = list(case.matters.exclude(place=None).order_by("-main", "pk").values_list("place_id", flat=True))
    return list(dict.fromkeys([*found, case.place_id]))


def township_name(key: str) -> str:
    return Place.objects.filter(pk=key).values_list("name", flat=True).first() or "" if key else ""


def _row(recusal: Recusal) -> Row:
    for kind in ("officer", "office", "zone"):
        if pk := getattr(recusal, f"{kind}_id"):
            return kind, pk, recusal.ground
    raise ValueError(f"{recusal} recuses nobody")


def grounds(house: House, subjects: Iterable[Subject | Person], places: Iterable[str]) -> set[Row]:
    return _Grounds(house, list(subjects), list(places)).all()


def identified(house: House, subject: Subject | Person, township: str) -> tuple[list[Member], list[Member]]:
    """(officers meant for sure, officers of the same full name whose unit does not fit)."""
    named = house.named(subject.name)
    sure = [m for m in named if house.belongs(m, subject.unit)]
    sure += [m for m in house.holding(subject.name, subject.unit, subject.post, township) if m not in sure]
    return sure, [m for m in named if m not in sure]


@dataclass
class _Grounds:
    house: House
    subjects: list[Subject | Person]
    places: list[str]
    found: set[Row] = field(default_factory=set)

    def all(self) -> set[Row]:
        self.townships = {t for t in map(houses.township_of, self.places) if t}
        self.main = next((t for t in map(houses.township_of, self.places[:1]) if t), "")
        self.township = township_name(self.main)
        for subject in self.subjects:
            self._accuse(subject)
        for member in self.house.members.values():
            self._personal(member)
        return self.found

    def add(self, kind: str, pk: int | None, ground: str) -> None:
        if pk:
            self.found.add((kind, pk, ground))

    def _accuse(self, subject: Subject | Person) -> None:
        sure, namesakes = identified(self.house, subject, self.township)
        for member in sure:
            self._accused(member)
        for member in namesakes:
            self.add("officer", member.pk, Ground.ACCUSED)
        if leads_township_commission(subject):
            for office in self._commissions_of(subject):
                self._led(office)
        if not subject.name and not subject.post:
            for body in self.house.bodies(subject.unit):
                self._accused_body(body.pk)

    def _accused(self, member: Member) -> None:
        self.add("officer", member.pk, Ground.ACCUSED)
        for office in member.offices:
            if self.house.offices[office].head == member.pk:
                self._led(office)
        for zone in self.house.zones.values():
            if member.pk == zone.leader or member.pk in zone.pool:
                self.add("zone", zone.pk, Ground.POOL_ACCUSED)
            if zone.guide in member.offices:
                self.add("zone", zone.pk, Ground.GUIDE_ACCUSED)

    def _led(self, office: int) -> None:
        self.add("office", office, Ground.LED_BY_ACCUSED)
        # By name as well: a head may hold the office without an appointment to it.
        for member in self.house.of_office.get(office, ()):
            if ("officer", member, Ground.ACCUSED) not in self.found:
                self.add("officer", member, Ground.SUBORDINATE)

    def _accused_body(self, office: int) -> None:
        # The receiving commission as a whole cannot step aside from its own inbox; its head can.
        if self.house.offices[office].kind in (Office.Kind.COMMISSION, Office.Kind.UPPER):
            return
        self.add("office", office, Ground.ACCUSED)
        people = self.house.of_office.get(office, set())
        for member in people:
            self.add("officer", member, Ground.ACCUSED)
        for zone in self.house.zones.values():
            if zone.guide == office:
                self.add("zone", zone.pk, Ground.GUIDE_ACCUSED)
            if not people.isdisjoint(zone.pool):
                self.add("zone", zone.pk, Ground.POOL_ACCUSED)

    def _commissions_of(self, subject: Subject | Person) -> list[int]:
        """Township commissions under the accused: of the township in the unit, else of the place."""
        unit = normalised(subject.unit + subject.post)
        ours = [o for o in self.house.offices.values() if o.kind == Office.Kind.TOWNSHIP]
        named = [o.pk for o in ours if normalised(o.place_name) in unit]
        return named or [o.pk for o in ours if o.place == self.main]

    def _personal(self, member: Member) -> None:
        """Home, former post and kin exclude the person; of a zone's leader, the zone as well."""
        strong = False
        if member.home and member.home in self.townships:
            self.add("officer", member.pk, Ground.HOME)
            strong = True
        if any(self._served(unit, place) for unit, place in member.former):
            self.add("officer", member.pk, Ground.FORMER_POST)
            strong = True
        for relative in member.kin:
            for subject in self.subjects:
                if relative.name and relative.name == full_name(subject.name):
                    self.add("officer", member.pk, Ground.KIN)
                    both = relative.unit and subject.unit
                    strong = strong or not both or share_a_word(relative.unit, subject.unit)
        if strong:
            for zone in self.house.zones.values():
                if zone.leader == member.pk:
                    self.add("zone", zone.pk, Ground.LEADER_GROUND)

    def _served(self, unit: str, township: str) -> bool:
        if township and township in self.townships:
            return True
        own = self.house.bare(unit)
        return any(own and own == self.house.bare(s.unit) for s in self.subjects)
