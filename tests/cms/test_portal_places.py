"""Choosing the place: one grouped list in a county, step by step where the territory is larger."""

from __future__ import annotations

import re
import uuid

import pytest
from django.test import Client

from cms.forms import places
from intake.models import Report
from tests.product import COUNTY, LIUSHUWAN, SHIQIAO, XINGHUA, YUNLING
from triage.models import Installation

CITY = "city:990100000000"
PROVINCE = "province:990000000000"


@pytest.fixture
def citizen(county) -> Client:
    return Client()


@pytest.fixture(params=[CITY, None], ids=["a city", "the nation"])
def larger(request, county, monkeypatch):
    """The territory of a city, then of the whole nation, too large for one list."""
    monkeypatch.setattr(places, "MOST_OPTIONS", 3)
    Installation.objects.update(root=request.param)
    return {"place_province": PROVINCE, "place_city": CITY} if request.param is None else {}


def send(citizen, act="send", **fields):
    return citizen.post("/report/", {"uid": str(uuid.uuid4()), "act": act, "text": "一件事", **fields})


def selects(html: str) -> list[str]:
    return re.findall(r'<select name="(place\w*)"', html)


def test_a_countys_villages_stand_in_one_list_under_their_townships(citizen):
    html = citizen.get("/report/").content.decode()
    assert selects(html) == ["place"]
    groups = re.findall(r'<optgroup label="([^"]+)">(.*?)</optgroup>', html, re.S)
    assert [name for name, _ in groups] == ["汀川县", "石桥镇", "泉铺镇", "云岭乡"]
    assert re.findall(r'value="([^"]+)"', groups[3][1]) == [YUNLING, XINGHUA]


def test_two_villages_of_one_name_are_told_apart_by_their_township(citizen):
    html = citizen.get("/report/").content.decode()
    assert html.count(">上河村</option>") == 2
    send(citizen, place="village:990121101201")
    assert Report.objects.get().stated["place"] == "village:990121101201"


def test_a_large_territory_is_asked_step_by_step(citizen, larger):
    chosen = {**larger, "place_county": COUNTY}
    html = send(citizen, "place", **chosen).content.decode()
    assert selects(html)[-2:] == ["place_county", "place_township"]
    html = send(citizen, "place", **chosen, place_township=SHIQIAO).content.decode()
    assert selects(html)[-1] == "place_village"
    send(citizen, **chosen, place_township=SHIQIAO, place_village=LIUSHUWAN)
    assert Report.objects.get().stated["place"] == LIUSHUWAN


def test_one_may_stop_at_any_step(citizen, larger):
    send(citizen, **larger, place_county=COUNTY, place_township=SHIQIAO)
    assert Report.objects.get().stated["place"] == SHIQIAO


def test_a_village_left_over_from_another_township_is_dropped(citizen, larger):
    send(citizen, **larger, place_county=COUNTY, place_township=YUNLING, place_village=LIUSHUWAN)
    assert Report.objects.get().stated["place"] == YUNLING


def test_an_unknown_first_step_is_a_mistake(citizen, larger):
    name = "place_province" if larger else "place_county"
    response = send(citizen, **{name: "county:110101000000"})
    assert response.status_code == 422
    assert f'href="#id_{name}"' in response.content.decode()
    assert not Report.objects.exists()
