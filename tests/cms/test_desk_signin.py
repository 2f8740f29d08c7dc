"""Signing in: slowly after wrong tries, with an own password, with a second factor."""

import re
import time

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from cms.forms import desk_signin
from cms.views.signin import new_backup_codes
from tests.product import staff
from triage.models import Credential

PASSWORD = "correct horse battery"
LOGIN = "/desk/login/"
DENSITY = {"theme-contrast": "system", "theme-density": "default"}


@pytest.fixture(autouse=True)
def fresh_brake(monkeypatch):
    monkeypatch.setattr(desk_signin, "BRAKE", desk_signin.Brake())


@pytest.fixture
def tied(clerk) -> TOTPDevice:
    """The clerk's device; the password alone does not open the desk any more."""
    return TOTPDevice.objects.create(user=clerk, name="totp")


def with_password(user) -> Client:
    """A client that has given the password and not yet the code."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def code_of(device) -> str:
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    totp.time = time.time()
    return f"{totp.token():06d}"


def test_the_whole_way_from_a_one_time_password_to_the_queue(county):
    user = staff("clerk", county.letters)
    Credential.objects.create(user=user, temporary=True)
    client = Client()
    client.post(LOGIN, {"username": user.username, "password": PASSWORD})
    assert client.get("/desk/cases/").url == "/desk/sign-in/password/"
    own = {"old": PASSWORD, "new": "seven quiet herons", "again": "seven quiet herons"}
    client.post("/desk/sign-in/password/", own)
    assert client.get("/desk/cases/").url.startswith("/desk/sign-in/factor/")
    assert client.get("/desk/sign-in/factor/").url == "/desk/sign-in/device/"
    page = client.get("/desk/sign-in/device/").content.decode()
    device = TOTPDevice.objects.get(user=user)
    assert "<svg" in page
    page = client.post("/desk/sign-in/device/", {"code": code_of(device)}).content.decode()
    codes = re.findall(r"<code>([a-z0-9]+)</code>", page)
    assert len(codes) == 8
    assert client.get("/desk/cases/").status_code == 200
    user.refresh_from_db()
    assert user.check_password("seven quiet herons")


def test_a_device_lets_in_and_leads_to_the_page_asked_for(clerk, tied):
    client = with_password(clerk)
    address = client.get("/desk/cases/unrouted/").url
    assert client.post(address, {"code": code_of(tied)}).url == "/desk/cases/unrouted/"
    assert client.get("/desk/cases/unrouted/").status_code == 200


def test_a_backup_code_works_once(clerk, tied):
    code = new_backup_codes(clerk)[0]
    client = with_password(clerk)
    assert client.post("/desk/sign-in/factor/", {"code": code}).status_code == 302
    assert not StaticToken.objects.filter(token=code).exists()
    other = with_password(clerk)
    assert other.post("/desk/sign-in/factor/", {"code": code}).status_code == 200
    assert other.get("/desk/cases/").status_code == 302


def test_a_wrong_code_opens_nothing(clerk, tied):
    client = with_password(clerk)
    assert b"wrong" in client.post("/desk/sign-in/factor/", {"code": "000000"}).content
    assert client.get("/desk/cases/").status_code == 302


def test_whoever_has_a_device_cannot_tie_another_without_its_code(clerk, tied):
    assert with_password(clerk).get("/desk/sign-in/device/").url == "/desk/sign-in/factor/"
    assert TOTPDevice.objects.filter(user=clerk).count() == 1


def test_no_page_leads_anywhere_but_into_the_desk(clerk, tied):
    client = with_password(clerk)
    response = client.post("/desk/sign-in/factor/?next=https://elsewhere.example/", {"code": code_of(tied)})
    assert response.url == "/desk/"


def test_the_demonstration_alone_leaves_the_second_factor_out(county, settings):
    client = Client()
    client.force_login(staff("clerk", county.letters))
    assert client.get("/desk/cases/").status_code == 302
    settings.FLYPAPER_DEMO = True
    page = client.get("/desk/cases/")
    assert page.status_code == 200
    assert "desk-banner" in page.content.decode()


def test_the_sign_in_page_names_accounts_in_the_demonstration_only(county, settings):
    user = staff("clerk", county.letters)
    assert user.username not in Client().get(LOGIN).content.decode()
    settings.FLYPAPER_DEMO = True
    page = Client().get(LOGIN).content.decode()
    assert user.username in page
    assert "desk-banner" in page


def test_after_wrong_tries_the_name_waits_even_with_the_right_password(county, settings):
    user = staff("clerk", county.letters)
    for _try in range(desk_signin.FREE_TRIES + 1):
        Client().post(LOGIN, {"username": user.username, "password": "wrong"})
    right = {"username": user.username.upper(), "password": PASSWORD}
    assert (
        "Too many wrong tries"
        in Client(headers={"accept-language": "en"}).post(LOGIN, right).content.decode()
    )


def test_a_name_that_does_not_exist_waits_like_one_that_does(db):
    for _try in range(desk_signin.FREE_TRIES + 1):
        Client().post(LOGIN, {"username": "nobody", "password": "wrong"})
    assert desk_signin.BRAKE.wait("nobody") > 0


def test_another_name_does_not_wait(db):
    for _try in range(desk_signin.FREE_TRIES + 3):
        desk_signin.BRAKE.wrong("one")
    assert desk_signin.BRAKE.wait("two") == 0


def test_each_wrong_try_doubles_the_wait_up_to_a_quarter_of_an_hour(db):
    waits = []
    for _try in range(30):
        desk_signin.BRAKE.wrong("name")
        waits.append(desk_signin.BRAKE.wait("name"))
    assert waits[: desk_signin.FREE_TRIES] == [0] * desk_signin.FREE_TRIES
    assert [round(w) for w in waits[desk_signin.FREE_TRIES :][:4]] == [2, 4, 8, 16]
    assert waits[-1] == desk_signin.LONGEST_WAIT


def test_the_brake_forgets_the_oldest_names_when_flooded(db, monkeypatch):
    monkeypatch.setattr(desk_signin, "REMEMBERED", 5)
    for i in range(20):
        desk_signin.BRAKE.wrong(f"name {i}")
    assert len(desk_signin.BRAKE._tries) == 5


@pytest.mark.parametrize("new", ["short", PASSWORD, "password1234", "123456789012"])
def test_a_weak_or_known_password_is_not_taken(new, county):
    user = staff("clerk", county.letters)
    Credential.objects.create(user=user, temporary=True)
    client = Client()
    client.force_login(user)
    response = client.post("/desk/sign-in/password/", {"old": PASSWORD, "new": new, "again": new})
    assert response.status_code == 200
    assert get_user_model().objects.get(pk=user.pk).check_password(PASSWORD)


def test_each_person_chooses_the_language_and_the_keys_without_giving_a_name_or_address(clerk, desk):
    client = desk(clerk)
    client.post(
        "/desk/account/", {"locale-preferred_language": "zh-hans", "theme-theme": "system", **DENSITY}
    )
    profile = clerk.wagtail_userprofile
    assert (profile.preferred_language, profile.keyboard_shortcuts) == ("zh-hans", False)
    page = client.get("/desk/account/").content.decode()
    assert 'lang="zh-hans"' in page
    assert "email" not in page


def test_the_account_page_is_not_for_unknown_visitors(db):
    assert Client().get("/desk/account/").url.startswith("/desk/login/")
