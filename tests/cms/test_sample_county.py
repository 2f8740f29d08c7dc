"""What the sample county promises to whoever opens the demo, checked on its files alone."""

import re
from collections import Counter
from datetime import timedelta
from itertools import combinations
from pathlib import Path

import pytest

from cms.demo.county import DAYS, PERIOD_END, County, by_hand, rows, toml
from cms.demo.generate import is_english, reports
from cms.demo.wording import grams, in_characters
from triage import domains
from triage.pipeline.finding import KINDS, SUBJECT_LEVELS

DOMAINS = {
    folder.name for folder in Path(domains.__file__).parent.iterdir() if (folder / "domain.toml").exists()
}
SIX = {
    "law_enforcement_services",
    "collective_assets",
    "benefit_policies",
    "poverty_alleviation",
    "land_demolition",
    "engineering_bidding",
}
ROLES = Counter(
    {"main_head": 1, "deputy_head": 2, "zone_leader": 4, "letters_officer": 3, "clerk": 3, "coordinator": 3}
)
KEYS = {"id", "channel", "title", "text", "received", "identity", "withheld", "stated", "truth"}
CHANNELS = {"web", "letter", "email", "phone", "visit", "transfer"}
STORIES = ("acts_1.toml", "acts_2.toml", "acts_3.toml", "acts_english.toml")


@pytest.fixture(scope="module")
def county():
    return County()


@pytest.fixture(scope="module")
def everything():
    return reports()


@pytest.fixture(scope="module")
def hand():
    return by_hand()


def marks(reports):
    return Counter(mark for report in reports for mark in report["truth"]["marks"])


# Places


def test_the_county_has_fourteen_townships_in_four_zones(county):
    townships = {code for code, place in county.places.items() if place["level"] == "township"}
    zoned = [code for zone in rows("zones.csv") for code in zone["township_codes"].split()]
    assert len(townships) == 14
    assert sorted(zoned) == sorted(townships)
    assert len(rows("zones.csv")) == 4


def test_about_a_hundred_and_sixty_villages_share_at_least_twenty_names(county):
    assert 150 <= len(county.villages) <= 170
    assert sum(1 for count in county.bare_names.values() if count > 1) >= 20


def test_no_two_villages_of_one_township_share_a_name(county):
    assert len({(v["parent_code"], v["name"]) for v in county.villages}) == len(county.villages)


@pytest.mark.parametrize("place", rows("places.csv"), ids=lambda place: place["code"])
def test_a_code_has_twelve_digits_and_lies_under_its_parent(place, county):
    assert re.fullmatch(r"99\d{10}", place["code"])
    if place["level"] == "province":
        assert not place["parent_code"]
    else:
        parent = county.places[place["parent_code"]]
        assert place["code"].startswith(parent["code"].rstrip("0"))
        assert place["name_en"].isascii()


# Offices and people


def test_every_office_has_its_place_its_parent_and_its_head(county):
    offices = {office["code"]: office for office in rows("offices.csv")}
    users = {officer["username"] for officer in rows("officers.csv")}
    for office in offices.values():
        assert office["place_code"] in county.places
        assert not office["parent_code"] or office["parent_code"] in offices
        assert not office["head"] or office["head"] in users


def test_every_township_commission_has_a_secretary_and_a_deputy_in_the_pool_of_its_zone():
    zone_of = {code: zone["code"] for zone in rows("zones.csv") for code in zone["township_codes"].split()}
    offices = {o["code"]: zone_of[o["place_code"]] for o in rows("offices.csv") if o["kind"] == "township"}
    handlers = [officer for officer in rows("officers.csv") if officer["role"] == "handler"]
    assert Counter(h["office_code"] for h in handlers) == dict.fromkeys(offices, 2)
    assert all(offices[h["office_code"]] == h["zone_code"] for h in handlers)


def test_every_officer_has_a_home_an_office_and_readable_former_posts(county):
    offices = {office["code"] for office in rows("offices.csv")}
    zones = {zone["code"] for zone in rows("zones.csv")}
    for officer in rows("officers.csv"):
        assert officer["home_place_code"] in county.places
        assert officer["office_code"] in offices
        assert not officer["zone_code"] or officer["zone_code"] in zones
        for post in filter(None, officer["former_posts"].split(";")):
            place = re.fullmatch(r"[^@]+@(\d{12}):\d{4}-\d{4}", post)
            assert place
            assert place[1] in county.places
        for relative in filter(None, officer["kin"].split(";")):
            assert len(relative.split("|")) == 4


def test_about_sixty_people_fill_every_role():
    officers = rows("officers.csv")
    counts = Counter(officer["role"] for officer in officers)
    assert 55 <= len(officers) <= 70
    assert counts >= ROLES
    assert counts["administrator"] >= 2
    assert counts["statistician"] >= 1
    assert counts["investigator"] >= 8


def test_each_zone_is_led_and_guided_by_its_own_people():
    officers = {officer["username"]: officer for officer in rows("officers.csv")}
    rooms = {office["code"] for office in rows("offices.csv") if office["kind"] == "inspection_room"}
    zones = rows("zones.csv")
    assert {zone["guiding_office"] for zone in zones} == rooms
    for zone in zones:
        leader = officers[zone["leader"]]
        assert (leader["role"], leader["zone_code"]) == ("zone_leader", zone["code"])
        assert set(zone["domains"].split()) <= DOMAINS


def test_nobody_shares_a_name_or_a_user_name(county):
    officers = rows("officers.csv")
    assert len({o["username"] for o in officers}) == len({o["name"] for o in officers}) == len(officers)
    people = [person["name"] for person in rows("people.csv")]
    assert len(set(people)) == len(people)
    assert all(person["place_code"] in county.places for person in rows("people.csv"))
    assert {o["name"] for o in officers}.isdisjoint(people)


# Reports


def test_at_least_a_hundred_and_fifty_are_written_by_hand(hand):
    assert len(hand) >= 150
    assert sum(map(is_english, hand)) >= len(hand) / 10
    assert sum(1 for report in hand if report["truth"]["domain"] in SIX) > len(hand) / 2


@pytest.mark.parametrize(
    "mark",
    [
        "repeat",
        "joint",
        "copied",
        "supplement",
        "out_of_scope",
        "court",
        "neighbour_quarrel",
        "higher_level",
        "own_head",
        "township_leader",
        "no_substance",
        "wrong_level",
        "officer_accused",
        "zone_leader",
        "room_head",
        "giveaway",
        "ambiguous_place",
        "several_matters",
        "out_of_territory",
        "transferred",
        "ocr",
        "one_liner",
        "long",
        "dialect",
    ],
)
def test_the_hand_written_ones_hold_every_kind_that_an_office_meets(mark, hand):
    assert marks(hand)[mark]


def test_eight_hundred_reports_fill_two_years_through_every_channel(everything):
    assert len(everything) == 800
    assert {report["channel"] for report in everything} == CHANNELS
    months = Counter(report["received"]["days"] // 30 for report in everything)
    assert len(months) >= 24
    assert all(0 <= report["received"]["days"] < DAYS for report in everything)
    assert all(0 <= report["received"]["hour"] < 24 for report in everything)


def test_a_tenth_is_in_english(everything):
    assert 80 <= sum(map(is_english, everything)) <= 110


def test_every_report_has_the_promised_keys_and_codes_that_resolve(everything, county):
    for report in everything:
        truth = report["truth"]
        assert set(report) == KEYS
        assert truth["domain"] in DOMAINS
        assert truth.get("secondary", "other") in DOMAINS
        assert truth["kind"] in KINDS
        assert truth["place"] is None or truth["place"] in county.places
        if stated := report["stated"]:
            assert stated["place"] is None or stated["place"] in county.places
            assert all(accused["name"] and accused["unit"] for accused in stated["accused"])
            assert {accused["rank"] for accused in stated["accused"]} <= set(SUBJECT_LEVELS)


def test_every_field_of_complaint_occurs_and_the_six_make_the_most(everything):
    counts = Counter(report["truth"]["domain"] for report in everything)
    assert set(counts) == DOMAINS
    assert sum(counts[domain] for domain in SIX) > 0.55 * len(everything)


def test_no_two_texts_are_the_same_and_none_is_empty(everything):
    texts = [report["text"] for report in everything]
    assert len(set(texts)) == len(texts)
    assert all(text.strip() for text in texts)
    assert len({report["id"] for report in everything}) == len(everything)


def test_no_two_made_reports_are_near_twins(everything):
    made = [(r["id"], grams(r["text"])) for r in everything if r["id"].startswith("g")]
    twins = [
        (a, b)
        for (a, x), (b, y) in combinations(made, 2)
        if len(x & y) > 0.5 * (len(x) + len(y) - len(x & y))
    ]
    assert twins == []


def test_no_slot_choice_or_doubled_mark_is_left_in_a_text(everything):
    left = [
        r["id"] for r in everything if re.search(r"[{}|\[\]]|。。|，，|，。|元元", f"{r['title']}{r['text']}")
    ]
    assert left == []


def test_a_second_letter_follows_its_first(everything):
    by_id = {report["id"]: report for report in everything}
    second = [report for report in everything if "repeats" in report["truth"]]
    assert len(second) >= 40
    for report in second:
        first = by_id[report["truth"]["repeats"]]
        assert first["received"]["days"] > report["received"]["days"]


def test_a_bare_name_that_fits_several_villages_has_no_place_in_truth(everything, county):
    bare = [r for r in everything if "ambiguous_place" in r["truth"]["marks"] and r["id"].startswith("g")]
    townships = [p["name"] for p in county.places.values() if p["level"] == "township"]
    assert len(bare) >= 15
    for report in bare:
        assert report["truth"]["place"] is None
        assert not [name for name in townships if name in report["text"]]


def test_the_place_in_truth_is_named_in_the_text(everything, county):
    for report in everything:
        place = county.places.get(report["truth"]["place"] or "")
        if not place or place["level"] not in ("township", "village"):
            continue
        if report["truth"].get("repeats") or "ocr" in report["truth"]["marks"]:
            continue
        above = county.places[place["parent_code"]]
        names = [re.sub("(村|社区|镇|乡)$", "", p["name"]) for p in (place, above)]
        names += [place["name_en"].split()[0], above["name_en"].split()[0]]
        assert any(name in f"{report['title']}{report['text']}" for name in names), report["id"]


def test_a_named_accused_is_the_same_person_in_every_report(everything, county):
    named = Counter(name for r in everything for name in r["truth"].get("accused", ()))
    assert set(named) <= county.names
    assert sum(1 for count in named.values() if count >= 3) >= 20


def test_school_meals_come_in_term_and_elections_in_their_season(everything):
    made = [r for r in everything if r["id"].startswith("g") and not r["truth"].get("repeats")]
    day = {r["id"]: PERIOD_END - timedelta(days=r["received"]["days"]) for r in made}
    meals = [day[r["id"]].month for r in made if r["truth"]["domain"] == "school_meals"]
    votes = [day[r["id"]] for r in made if r["truth"]["domain"] == "elections"]
    assert meals
    assert not {1, 2, 7, 8} & set(meals)
    assert votes
    assert {(d.year, d.month) for d in votes} <= {(2025, 12), (2026, 1), (2026, 2), (2026, 3)}


def test_whoever_hides_did_not_sign(everything):
    signed = [r for r in everything if r["identity"] and r["id"].startswith("g")]
    assert len(signed) > 50
    assert not [r["id"] for r in signed if re.search("匿名|不敢写|不留姓名", r["text"])]
    assert any(r["withheld"] for r in signed)


def test_the_same_seed_gives_the_same_county(everything):
    assert reports() == everything
    assert reports(seed=7, total=300) != reports(total=300)


@pytest.mark.parametrize("total", [30, 250])
def test_fewer_can_be_asked_for(total):
    assert len(reports(total=total)) == total


@pytest.mark.parametrize("name", STORIES)
def test_every_story_says_one_thing_in_several_ways(name):
    for act in toml(name)["act"]:
        assert act["domain"] in DOMAINS
        assert act["kind"] in KINDS
        assert act["title"]
        assert act["say"]
        assert act["more"]
        assert act["own"]


@pytest.mark.parametrize(
    ("number", "written"), [(7, "七"), (10, "十"), (12, "十二"), (20, "二十"), (95, "九十五")]
)
def test_small_numbers_are_written_as_by_hand(number, written):
    assert in_characters(number) == written
