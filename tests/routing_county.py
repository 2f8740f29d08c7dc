"""The invented county of the routing contract, from tests/data/routing/*.csv."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth import get_user_model

from tests.product import appoint
from tests.tables import read_csv
from triage.domains import domains
from triage.models import Domain, FormerPost, Installation, Kin, Office, Officer, Place, Role, Zone
from triage.places import keys

COUNTY = "county:990101000000"
KINDS = {"CITY": "upper", "COUNTY": "commission", "SUP": "inspection_room", "TC": "township"}


@dataclass
class RoutingCounty:
    keys: dict[str, str]  # label -> place key, also of places outside
    offices: dict[str, Office]
    zones: dict[str, Zone]
    officers: dict[str, Officer]

    def place(self, label: str) -> str:
        return self.keys[label]


def make_routing_county() -> RoutingCounty:
    places = {r["label"]: r["key"] for r in read_csv("routing/places.csv")}
    _make_places()
    for spec in domains():
        Domain.objects.get_or_create(code=spec.code, label_en=spec.label_en, label_zh=spec.label_zh)
    offices = {r["code"]: _office(r, places) for r in read_csv("routing/offices.csv")}
    zones = {r["code"]: _zone(r, places, offices) for r in read_csv("routing/zones.csv")}
    officers = {r["username"]: _officer(r, places, offices, zones) for r in read_csv("routing/officers.csv")}
    for row in read_csv("routing/offices.csv"):
        if row["head"]:
            Office.objects.filter(code=row["code"]).update(head=officers[row["head"]])
    for row in read_csv("routing/zones.csv"):
        Zone.objects.filter(code=row["code"]).update(leader=officers[row["leader"]])
    Installation.objects.update_or_create(
        pk=1, defaults={"root_id": COUNTY, "receiving": offices["COUNTY"], "invented": True}
    )
    return RoutingCounty(places, offices, zones, officers)


def _make_places() -> None:
    for row in read_csv("routing/places.csv"):
        if keys.covers(COUNTY, row["key"]) or keys.covers(row["key"], COUNTY):
            level, code = keys.split_key(row["key"])
            Place.objects.create(
                key=row["key"],
                code=code,
                depth=keys.LEVELS.index(level),
                name=row["name"],
                parent_id=row["parent"] or None,
            )


def _office(row: dict[str, str], places: dict[str, str]) -> Office:
    kind = KINDS[row["code"].rstrip("0123456789")]
    return Office.objects.create(code=row["code"], name=row["name"], kind=kind, place_id=places[row["place"]])


def _zone(row: dict[str, str], places: dict[str, str], offices: dict[str, Office]) -> Zone:
    zone = Zone.objects.create(
        code=row["code"], name=row["name"], county_id=COUNTY, guiding_office=offices[row["guiding_office"]]
    )
    zone.townships.set(places[t] for t in row["townships"].split(";"))
    zone.knows.set(row["knows"].split(";"))
    return zone


def _officer(
    row: dict[str, str], places: dict[str, str], offices: dict[str, Office], zones: dict[str, Zone]
) -> Officer:
    officer = Officer.objects.create(
        user=get_user_model().objects.create_user(row["username"]),
        name=row["name"],
        name_en=row["username"].replace("_", " ").title(),
        post=row["post"],
        home_id=places[row["home_town"]] if row["home_town"] else None,
    )
    if row["office"]:
        appoint(officer, row["role"], offices[row["office"]])
    if row["zone"]:
        appoint(
            officer, Role.ZONE_LEADER if row["role"] == "zone_leader" else Role.HANDLER, zones[row["zone"]]
        )
    for former in filter(None, row["former_posts"].split(";")):
        unit, _at, place = former.partition("@")
        FormerPost.objects.create(officer=officer, unit=unit, place_id=places[place])
    for relative in filter(None, row["kin"].split(";")):
        name, unit, post = relative.split("|")
        Kin.objects.create(officer=officer, relation="亲属", name=name, unit=unit, post=post)
    return officer
