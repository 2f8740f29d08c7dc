"""The queue: whose cases, in which order, and counts that agree with the list."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cms.queue import QueueFilter
from tests.product import LIUSHUWAN, XINGHUA, staff, submit, submit_read
from triage.models import Case

QUEUE = "/desk/cases/"


def numbers(response) -> list[str]:
    return re.findall(r'href="/desk/cases/([0-9A-Z]{4}-[0-9A-Z]{4})/"', response.content.decode())


def test_the_queue_shows_unsure_and_overdue_first_then_the_newest(county, clerk, desk):
    now = timezone.now()
    old, new, unsure, late = (
        submit_read(received_at=now - timedelta(days=d), place=p, to=county.zones["east"])
        for d, p in ((9, LIUSHUWAN), (1, LIUSHUWAN), (20, None), (30, LIUSHUWAN))
    )
    Case.objects.exclude(pk=late.pk).update(due_on=None)
    Case.objects.filter(pk=late.pk).update(due_on=timezone.localdate() - timedelta(days=1))
    assert numbers(desk(clerk).get(QUEUE)) == [c.number for c in (unsure, late, new, old)]


def test_a_handler_sees_the_cases_of_his_zone_only(county, handler, desk):
    mine = submit_read(to=county.zones["east"])
    submit_read(place=XINGHUA, to=county.zones["west"])
    submit_read()
    assert numbers(desk(handler).get(QUEUE)) == [mine.number]


def test_closed_and_unread_cases_are_in_no_queue(county, clerk, desk):
    submit()
    closed = submit_read(to=county.zones["east"])
    Case.objects.filter(pk=closed.pk).update(state=Case.State.CLOSED)
    assert numbers(desk(clerk).get(QUEUE)) == []


@pytest.fixture
def many(county):
    for i in range(24):
        submit_read(
            domain=("land_demolition", "benefit_policies", "other")[i % 3],
            place=(LIUSHUWAN, XINGHUA, None)[i % 3 if i % 2 else 0],
            channel=("web", "letter", "phone")[i % 3],
            to=[county.zones["east"], county.zones["west"], None][i % 3],
        )


def test_each_count_is_what_the_list_then_shows(many, clerk, desk):
    client = desk(clerk)
    rows = Case.objects.visible_to(clerk).open()
    counts = QueueFilter({}, queryset=rows).counts
    assert {"domain", "place", "zone", "channel", "state", "due", "sure"} == set(counts)
    for name, each in counts.items():
        for value, n in each.items():
            if n:
                response = client.get(QUEUE, {name: value})
                assert response.context["items_count"] == n, (name, value)


def test_counts_follow_the_other_filters(many, clerk):
    rows = Case.objects.visible_to(clerk).open()
    counts = QueueFilter({"domain": "other", "channel": "web"}, queryset=rows).counts
    assert sum(counts["channel"].values()) == rows.filter(domain="other").count()
    assert sum(counts["domain"].values()) == rows.filter(channel="web").count()


def test_the_list_of_results_alone_is_served_for_the_filters(many, clerk, desk):
    response = desk(clerk).get(reverse("case:queue_results"), {"domain": "other", "_w_filter_fragment": 1})
    assert response.status_code == 200
    assert len(numbers(response)) == 8


@pytest.mark.parametrize("value", ["nonsense", "'; DROP TABLE", "none", "township:1"])
@pytest.mark.parametrize("name", ["domain", "place", "zone", "channel", "state", "due", "sure"])
def test_a_filter_value_that_means_nothing_breaks_nothing(name, value, many, clerk, desk):
    assert desk(clerk).get(QUEUE, {name: value}).status_code == 200


def test_unrouted_cases_have_a_list_and_a_count_in_the_menu(county, clerk, desk):
    waiting = submit_read()
    submit_read(to=county.zones["east"])
    response = desk(clerk).get("/desk/cases/unrouted/")
    assert numbers(response) == [waiting.number]
    assert "Unrouted: 1" in response.content.decode()


def test_the_menus_count_tells_nobody_of_cases_he_may_not_see(county, handler, desk):
    submit_read()
    page = desk(handler).get(QUEUE).content.decode()
    assert "Unrouted" not in page


def test_a_waiting_case_shows_its_number_channel_and_time_only(county, clerk, desk):
    case = submit("机密的内容", title="机密的标题", channel="letter")
    page = desk(clerk).get("/desk/cases/waiting/").content.decode()
    assert case.number in page
    assert "Letter" in page
    assert "机密" not in page
    assert desk(clerk).get(f"/desk/cases/{case.number}/").status_code == 404


def test_a_handler_has_no_list_of_waiting_cases(county, handler, desk):
    assert desk(handler).get("/desk/cases/waiting/").status_code == 404


def test_the_page_of_the_queue_takes_few_queries(many, clerk, desk, django_assert_max_num_queries):
    client = desk(clerk)
    client.get(QUEUE)
    with django_assert_max_num_queries(60):
        client.get(QUEUE)


def test_an_administrator_finds_no_queue(county, desk):
    assert desk(staff("administrator", county.commission)).get(QUEUE).status_code == 404
