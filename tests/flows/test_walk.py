"""One report from the citizen's telephone to the investigator's screen, in a real browser, in both languages."""

from __future__ import annotations

import json

import pytest

from cms.demo.loading import PASSWORD
from tests.installation import until

pytestmark = pytest.mark.browser

WORDS = {
    "zh-CN": {
        "report": "泉铺镇幸福村的水塘被会计私下租给外人,租金{n}元三年没有入账,村里没有开过会。",
        "question": "请问承包合同是哪一年签的?",
        "answer": "二〇二三年春天签的,我见过合同的照片。",
        "asked": "需要您回答",
        "find": "水塘 租金",
    },
    "en-US": {
        "report": "In Xingfu Village, Quanpu Town, the accountant let the common pond to a stranger; "
        "the rent of {n} yuan has not been booked for three years.",
        "question": "In which year was the contract signed?",
        "answer": "In the spring of 2023; I have seen a photograph of it.",
        "asked": "question",
        "find": "pond rent",
    },
}


@pytest.fixture(scope="module")
def county_served(tmp_path_factory):
    """A served installation with the sample county and sixty of its reports."""
    from tests.installation import Installation

    made = Installation(tmp_path_factory.mktemp("walk") / "var", FLYPAPER_DEMO="1")
    made.run("make_keys")
    made.run("migrate", "--skip-checks")
    made.run("load_demo", "--reports", "60", "-v0")
    made.address = made.serve()
    yield made
    made.stop()


def open_page(chromium, county, locale, **options):
    return chromium.new_context(base_url=county.address, locale=locale, **options).new_page()


def sign_in(page, username):
    page.goto("/desk/")
    page.fill("input[name=username]", username)
    page.fill("input[type=password]", PASSWORD)
    page.click("form button[type=submit]")
    page.wait_for_url("**/desk/**")


def found(county, words, user):
    out = county.run("find", words, "--as", user, "--json").stdout
    return [case["number"] for case in json.loads(out)["cases"]]


@pytest.mark.parametrize("locale", sorted(WORDS))
def test_a_report_walks_from_the_citizen_over_the_clerk_to_the_investigator(chromium, county_served, locale):
    said = WORDS[locale]
    rent = "50071" if locale == "zh-CN" else "50093"
    story = said["report"].format(n=rent)

    citizen = open_page(
        chromium, county_served, locale, viewport={"width": 360, "height": 740}, java_script_enabled=False
    )
    citizen.goto("/report/")
    citizen.fill("#id_text", story)
    citizen.click("#send")
    code = citizen.input_value("#code")
    assert sum(c.isdigit() for c in code) == 28
    assert "code" not in citizen.url

    (number,) = until(lambda: found(county_served, rent, "you.xiaoman"), seconds=60)

    clerk = open_page(chromium, county_served, locale)
    sign_in(clerk, "you.xiaoman")
    clerk.goto(f"/desk/cases/{number}/")
    assert story[:12] in clerk.inner_text("main")
    clerk.goto(f"/desk/cases/{number}/ask/")
    clerk.fill("textarea", said["question"])
    clerk.click("main form button[type=submit], main form button.button")
    clerk.goto(f"/desk/cases/{number}/")
    clerk.wait_for_load_state("networkidle")
    clerk.keyboard.press("c")
    clerk.wait_for_url(lambda url: number not in url)

    citizen.goto("/follow/")
    citizen.fill("#id_code", code)
    citizen.click("button.main")
    assert said["question"] in citizen.inner_text("main")
    citizen.fill("#id_text", said["answer"])
    citizen.click("button[value=answer]")
    assert citizen.query_selector("[role=status]")

    clerk.goto(f"/desk/cases/{number}/")
    assert said["answer"] in clerk.inner_text("main")

    investigator = open_page(chromium, county_served, locale)
    sign_in(investigator, investigators(county_served)[0])
    investigator.goto("/desk/search/")
    investigator.fill("form.desk-search input[name=words]", said["find"])
    investigator.click("form.desk-search button.button")
    investigator.wait_for_load_state()
    assert number in investigator.inner_text("main")
    investigator.goto(f"/desk/cases/{number}/")
    assert story[:12] in investigator.inner_text("main")

    stranger = open_page(chromium, county_served, locale)
    sign_in(stranger, "qin.sufen")  # leads the west zone; Quanpu lies in the east
    assert stranger.goto(f"/desk/cases/{number}/").status == 404


def investigators(county):
    from cms.demo.county import rows

    return [row["username"] for row in rows("officers.csv") if row["role"] == "investigator"]
