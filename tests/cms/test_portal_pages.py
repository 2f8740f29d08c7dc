"""The public pages: planted once, in two languages, with figures that point at nobody."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import translation
from wagtail.models import Page

from cms import chrome
from cms.figures import HIDDEN, published_figures, suppressed
from cms.models import ArticlePage, HomePage
from cms.site_tree import plant
from tests.product import QUANPU, SHIQIAO, YUNLING, submit, submit_read
from triage import actions

PATHS = [
    "/",
    "/before-you-report/",
    "/how-we-protect-you/",
    "/report/",
    "/follow/",
    "/news/",
    "/news/portal-open/",
    "/education/",
    "/education/collective-money/",
    "/figures/",
]


@pytest.fixture
def portal(county) -> HomePage:
    chrome.forget()
    yield plant("汀川县", "Tingchuan County")
    chrome.forget()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(("language", "lang"), [("zh-hans", "zh-Hans"), ("en", "en")])
def test_every_page_speaks_both_languages(portal, path, language, lang):
    response = Client().get(path, headers={"Accept-Language": language})
    html = response.content.decode()
    assert response.status_code == 200
    assert f'<html lang="{lang}">' in html
    assert ("Tingchuan County" if lang == "en" else "汀川县") in html
    assert "<script" not in html
    assert "http://" not in html.replace("http://www.w3.org", "").replace("http://localhost", "")


@pytest.mark.parametrize("path", PATHS)
def test_every_page_weighs_less_than_sixty_kilobytes(portal, path):
    from django.contrib.staticfiles import finders

    weight = len(Client().get(path).content)
    with open(finders.find("public/flypaper.css"), "rb") as style:
        assert weight + len(style.read()) < 60_000


@pytest.mark.parametrize("path", PATHS)
def test_every_page_has_a_strict_policy_and_tells_no_referrer(portal, path):
    response = Client().get(path)
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "unsafe" not in response["Content-Security-Policy"]
    assert response["Referrer-Policy"] == "no-referrer"
    assert not response.cookies


def test_planting_again_keeps_what_the_office_has_written(portal):
    page = HomePage.objects.get()
    page.title = "新的标题"
    page.save()
    before = Page.objects.count()
    plant("汀川县", "Tingchuan County")
    assert Page.objects.count() == before
    assert HomePage.objects.get().title == "新的标题"


def test_planting_brings_back_a_page_that_is_gone(portal):
    ArticlePage.objects.get(slug="gifts").delete()
    plant("汀川县", "Tingchuan County")
    assert ArticlePage.objects.filter(slug="gifts").exists()


def test_titles_of_form_pages_tell_nothing(portal):
    for path in ("/report/", "/follow/"):
        assert "<title>汀川县</title>" in Client().get(path).content.decode()


def test_a_published_change_is_seen_at_once(portal):
    Client().get("/report/")
    portal.refresh_from_db()
    portal.county = "新名县"
    portal.save_revision().publish()
    assert "新名县" in Client().get("/report/").content.decode()


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ({"a": 20, "b": 9}, {"a": 20, "b": 9}),
        ({"a": 20, "b": 0}, {"a": 20, "b": 0}),
        ({"a": 20, "b": 9, "c": 3}, {"a": 20, "b": None, "c": None}),
        ({"a": 20, "b": 4, "c": 4}, {"a": None, "b": None, "c": None}),
        ({"a": 20, "b": 4, "c": 4, "d": 3}, {"a": 20, "b": None, "c": None, "d": None}),
        ({"a": 20, "b": 6, "c": 1, "d": 1}, {"a": None, "b": None, "c": None, "d": None}),
        ({}, {}),
    ],
)
def test_small_numbers_cannot_be_worked_out(counts, shown):
    assert suppressed(counts) == shown


LAST_MONTH = datetime(2026, 10, 9, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
TODAY = date(2026, 11, 24)


def figures() -> dict[str, dict[str, str]]:
    with translation.override("en"):
        return {t.of: {r.label: r.shown for r in t.rows} for t in published_figures(TODAY).tables}


def test_figures_count_whole_months_and_hide_small_numbers(county):
    for place, n in ((SHIQIAO, 12), (QUANPU, 8), (YUNLING, 2)):
        for _ in range(n):
            submit_read(place=place, received_at=LAST_MONTH)
    found = figures()
    townships = found["Township"]
    assert townships["Shiqiao Town"] == "12"
    assert townships["Quanpu Town"] == townships["Yunling Township"] == HIDDEN
    assert townships["Total"] == "22"
    submit_read(place=YUNLING, received_at=datetime(2026, 11, 2, tzinfo=ZoneInfo("Asia/Shanghai")))
    assert figures() == found


def test_sealed_up_and_unread_reports_are_in_no_figure(county):
    cases = [submit_read(place=SHIQIAO, received_at=LAST_MONTH) for _ in range(15)]
    submit(received_at=LAST_MONTH)
    actions.seal_up(cases[0], ground="higher level")
    assert figures()["Status"]["Total"] == "14"


def test_too_few_reports_publish_nothing(county):
    for _ in range(9):
        submit_read(received_at=LAST_MONTH)
    assert not published_figures(TODAY).tables


def test_the_page_of_figures_costs_no_query_per_visit(portal, django_assert_max_num_queries):
    Client().get("/figures/")
    with django_assert_max_num_queries(8):
        Client().get("/figures/")


def test_a_citys_figures_are_by_county(county):
    from triage.models import Installation

    Installation.objects.update(root="city:990100000000")
    for _ in range(12):
        submit_read(place=SHIQIAO, received_at=LAST_MONTH)
    assert figures()["County"] == {"Tingchuan County": "12", "Total": "12"}
