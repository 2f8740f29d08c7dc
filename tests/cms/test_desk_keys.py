"""The desk's single keys, in a real Chromium."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from wagtail.users.models import UserProfile

from tests.cms.desk import sign_in
from tests.product import make_county, staff, submit_read
from triage.models import Case

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def house(transactional_db):
    """A county with three cases in the east's queue, the newest first, and its clerk."""
    county = make_county()
    now = timezone.now()
    county.cases = [
        submit_read(received_at=now - timedelta(hours=h), to=county.zones["east"]) for h in (1, 2, 3)
    ]
    Case.objects.update(due_on=None)
    county.clerk = staff("clerk", county.letters)
    return county


@pytest.fixture
def page(chromium, live_server, house):
    """A tab in which the clerk is signed in; whatever the page's policy or script trips over fails the test."""
    session = sign_in(Client(), house.clerk).cookies["sessionid"].value
    context = chromium.new_context(locale="en-US", base_url=live_server.url)
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    tab = context.new_page()
    errors: list[str] = []
    tab.on("pageerror", lambda error: errors.append(str(error)))
    tab.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    yield tab
    context.close()
    assert errors == []


def go(page, path):
    page.goto(path)
    page.wait_for_load_state("networkidle")


def at(page, case) -> bool:
    page.wait_for_url(f"**/desk/cases/{case.number}/")
    return True


def test_j_and_k_walk_the_rows_and_enter_opens_one(page, house):
    go(page, "/desk/cases/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    assert at(page, house.cases[1])


def test_c_confirms_and_goes_on_and_u_takes_it_back(page, house):
    go(page, f"/desk/cases/{house.cases[0].number}/")
    page.keyboard.press("c")
    assert at(page, house.cases[1])
    assert Case.objects.get(pk=house.cases[0].pk).confirmed_at is not None
    page.keyboard.press("u")
    assert at(page, house.cases[0])
    assert Case.objects.get(pk=house.cases[0].pk).confirmed_at is None


def test_a_number_takes_the_alternative(page, house):
    go(page, f"/desk/cases/{house.cases[0].number}/")
    page.keyboard.press("1")
    page.wait_for_selector("text=What people said instead")
    assert Case.objects.get(pk=house.cases[0].pk).domain_id == "other"


def test_keys_rest_while_somebody_types(page, house):
    go(page, f"/desk/cases/{house.cases[0].number}/transfer/")
    page.focus("textarea")
    page.keyboard.type("catjk123u")
    assert page.input_value("textarea") == "catjk123u"
    go(page, "/desk/search/")
    page.focus("[name=words]")
    page.keyboard.type("cq")
    assert page.input_value("[name=words]") == "cq"
    assert not Case.objects.exclude(confirmed_at=None).exists()


@pytest.mark.parametrize("composing", [{"isComposing": True}, {"keyCode": 229}])
def test_keys_rest_while_an_input_method_composes(composing, page, house):
    go(page, f"/desk/cases/{house.cases[0].number}/")
    page.evaluate(
        "more => document.dispatchEvent(new KeyboardEvent('keydown', {key: 'c', bubbles: true, ...more}))",
        composing,
    )
    page.wait_for_timeout(300)
    assert not Case.objects.exclude(confirmed_at=None).exists()
    page.evaluate("document.dispatchEvent(new KeyboardEvent('keydown', {key: 'c', bubbles: true}))")
    assert at(page, house.cases[1])


def test_keys_with_a_modifier_are_the_browsers(page, house):
    go(page, f"/desk/cases/{house.cases[0].number}/")
    page.keyboard.press("Alt+c")
    page.wait_for_timeout(200)
    assert not Case.objects.exclude(confirmed_at=None).exists()


def test_keys_can_be_switched_off_in_the_account(page, house):
    UserProfile.objects.update_or_create(user=house.clerk, defaults={"keyboard_shortcuts": False})
    go(page, f"/desk/cases/{house.cases[0].number}/")
    page.keyboard.press("c")
    page.wait_for_timeout(300)
    assert not Case.objects.exclude(confirmed_at=None).exists()


def test_the_help_dialog_lists_the_keys_of_the_page(page, house):
    go(page, f"/desk/cases/{house.cases[0].number}/")
    page.keyboard.press("?")
    shown = page.locator("[data-desk-help]")
    shown.wait_for(state="visible")
    assert "Confirm and go to the next case" in shown.inner_text()
    page.keyboard.press("c")
    page.wait_for_timeout(200)
    assert not Case.objects.exclude(confirmed_at=None).exists()


def test_a_filter_of_the_list_is_set_without_a_policy_error(page, house):
    go(page, "/desk/cases/")
    page.click("[aria-label='Show filters']")
    page.click("button:has-text('Channel')")
    page.click("label:has-text('Web (3)')")
    page.wait_for_selector(".w-active-filters, [data-w-active-filter-id]")
    assert page.locator("[data-desk-rows] tbody tr").count() == 3
