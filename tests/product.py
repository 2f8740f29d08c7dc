"""A small county for tests, and verbs to fill it. Rows of cases are made by the product's own actions."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth import get_user_model

import intake.actions
from intake.channels import Accused, Identity, Incoming
from triage import actions
from triage.domains import domains
from triage.models import Appointment, Case, Domain, Installation, Office, Officer, Place, Role, Zone
from triage.pipeline.finding import (
    DomainFound,
    DomainGuess,
    Finding,
    MatterFound,
    PlaceFound,
    PlaceGuess,
    SubjectFound,
)
from triage.places import keys

PLACES = [
    ("990000000000", "岚江省", "Lanjiang Province", "province"),
    ("990100000000", "洛湾市", "Luowan City", "city"),
    ("990121000000", "汀川县", "Tingchuan County", "county"),
    ("990121100000", "石桥镇", "Shiqiao Town", "township"),
    ("990121100201", "柳树湾村", "Liushuwan Village", "village"),
    ("990121100202", "上河村", "Shanghe Village", "village"),
    ("990121101000", "泉铺镇", "Quanpu Town", "township"),
    ("990121101201", "上河村", "Shanghe Village", "village"),
    ("990121102000", "云岭乡", "Yunling Township", "township"),
    ("990121102201", "杏花村", "Xinghua Village", "village"),
]
COUNTY = "county:990121000000"
SHIQIAO = "township:990121100000"
QUANPU = "township:990121101000"
YUNLING = "township:990121102000"
LIUSHUWAN = "village:990121100201"
XINGHUA = "village:990121102201"

_ids = itertools.count(1)


@dataclass
class County:
    """The sample county of tests: two zones (east: Shiqiao and Quanpu; west: Yunling)."""

    commission: Office
    letters: Office
    upper: Office
    rooms: list[Office]
    zones: dict[str, Zone]
    places: dict[str, Place] = field(default_factory=dict)


def make_county() -> County:
    places = {}
    for code, name, name_en, level in PLACES:
        key = keys.make_key(level, code)
        path = keys.path_of(key)
        places[key] = Place.objects.create(
            key=key,
            code=code,
            depth=keys.LEVELS.index(level),
            name=name,
            name_en=name_en,
            parent_id=path[-2] if len(path) > 1 else None,
        )
    for spec in domains():
        Domain.objects.create(
            code=spec.code, order=spec.order, label_en=spec.label_en, label_zh=spec.label_zh
        )
    county = places[COUNTY]
    upper = Office.objects.create(
        code="city", name="市纪委", kind=Office.Kind.UPPER, place=places["city:990100000000"]
    )
    commission = Office.objects.create(
        code="county", name="县纪委", kind=Office.Kind.COMMISSION, place=county, parent=upper
    )
    letters = Office.objects.create(
        code="letters", name="信访室", kind=Office.Kind.LETTERS, place=county, parent=commission
    )
    rooms = [
        Office.objects.create(
            code=f"room-{n}",
            name=f"第{n}室",
            kind=Office.Kind.INSPECTION_ROOM,
            place=county,
            parent=commission,
        )
        for n in (1, 2)
    ]
    for key in (SHIQIAO, QUANPU, YUNLING):
        place = places[key]
        Office.objects.create(
            code=place.code,
            name=f"{place.name}纪委",
            kind=Office.Kind.TOWNSHIP,
            place=place,
            parent=commission,
        )
    zones = {}
    for code, room, townships in (("east", rooms[0], (SHIQIAO, QUANPU)), ("west", rooms[1], (YUNLING,))):
        zones[code] = Zone.objects.create(code=code, name=f"{code}片", county=county, guiding_office=room)
        zones[code].townships.set(townships)
    Installation.objects.update_or_create(
        pk=1, defaults={"root": county, "receiving": commission, "invented": True}
    )
    return County(commission, letters, upper, rooms, zones, places)


def staff(role: str, at: Office | Zone, *, name: str = "", username: str = "") -> Any:
    """A user with an approved appointment; his officer is `user.officer`."""
    username = username or f"{role}-{next(_ids)}"
    user = get_user_model().objects.create_user(username, password="correct horse battery")
    officer = Officer.objects.create(user=user, name=name or f"工作人员{next(_ids)}")
    appoint(officer, role, at)
    return user


def appoint(officer: Officer, role: str, at: Office | Zone) -> Appointment:
    where = {"zone": at} if isinstance(at, Zone) else {"office": at}
    first = get_user_model().objects.get_or_create(username="appointer")[0]
    second = get_user_model().objects.get_or_create(username="approver")[0]
    return Appointment.objects.create(
        officer=officer, role=Role(role), granted_by=first, approved_by=second, **where
    )


def submit(text: str = "村支书贪污了修路的钱。", **fields: Any) -> Case:
    """Receives a report like the web form does; gives its unread case."""
    incoming = Incoming(
        channel=fields.pop("channel", "web"),
        external_id=fields.pop("external_id", f"test-{next(_ids)}"),
        text=text,
        **fields,
    )
    return intake.actions.receive(incoming).report.case


def finding(
    case: Case,
    *,
    domain: str = "collective_assets",
    place: str | None = LIUSHUWAN,
    confidence: float = 0.9,
    subjects: tuple[SubjectFound, ...] = (),
    abstained: bool = False,
    **fields: Any,
) -> Finding:
    """What the pipeline might have found in the case's report, said by hand."""
    report = case.report
    found_domain = DomainFound(domain, confidence, (DomainGuess("other", 1 - confidence),), abstained)
    names = (
        tuple(Place.objects.filter(pk=k).values_list("name", flat=True).first() for k in keys.path_of(place))
        if place
        else ()
    )
    best = PlaceGuess(place, names + (None,) * (5 - len(names)), confidence) if place else None
    found_place = PlaceFound(best, (), place is None)
    matter = MatterFound(found_domain, found_place, tuple(range(len(subjects))))
    return Finding(
        text=f"{report.title}\n{report.text}" if report.title else report.text,
        language="zh",
        version="by hand",
        domain=found_domain,
        place=found_place,
        matters=(matter,),
        subjects=subjects,
        **fields,
    )


def submit_read(
    text: str = "村支书贪污了修路的钱。", *, to: Zone | Office | None = None, **fields: Any
) -> Case:
    """A report that has been received, read as said, and put to `to`."""
    sayable = {*finding.__annotations__, *Finding.__dataclass_fields__} - {"case", "language"}
    said = {k: fields.pop(k) for k in list(fields) if k in sayable}
    case = submit(text, **fields)
    actions.read(case, finding(case, **said))
    if to is not None:
        actions.assign(case, to=to)
    return Case.objects.get(pk=case.pk)


__all__ = ["Accused", "County", "Identity", "make_county", "staff", "submit", "submit_read"]
