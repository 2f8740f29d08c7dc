"""Appointments and resets: what opens cases takes two people, and nothing of it shows a case."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from intake.refusals import Refused
from tests.product import LIUSHUWAN, staff, submit_read
from triage.actions import people
from triage.models import Appointment, Case, Office, Officer, Reset, StaffEvent
from triage.scope import scope_of

PEOPLE = "/desk/people/"


@pytest.fixture
def administrator(county):
    return staff("administrator", county.commission)


@pytest.fixture
def second(county):
    return staff("administrator", county.commission)


@pytest.fixture
def newcomer(county):
    user = get_user_model().objects.create_user("newcomer", password="correct horse battery")
    return Officer.objects.create(user=user, name="新人")


def test_a_role_that_shows_content_counts_only_after_a_second_persons_yes(
    county, administrator, second, newcomer, desk
):
    client = desk(administrator)
    client.post(f"{PEOPLE}{newcomer.pk}/appoint/", {"role": "clerk", "to": f"office:{county.letters.pk}"})
    assert scope_of(newcomer.user).empty
    row = Appointment.objects.get(officer=newcomer)
    client.post(f"{PEOPLE}appointments/{row.pk}/approve/")
    assert scope_of(newcomer.user).empty
    desk(second).post(f"{PEOPLE}appointments/{row.pk}/approve/")
    assert not scope_of(newcomer.user).empty
    verbs = list(StaffEvent.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["appointed", "appointment_approved"]


def test_nobody_appoints_or_approves_themselves(county, administrator, second):
    with pytest.raises(Refused):
        people.appoint(administrator.officer, role="clerk", to=county.letters, by=administrator)
    row = people.appoint(second.officer, role="clerk", to=county.letters, by=administrator)
    with pytest.raises(Refused):
        people.approve_appointment(row, by=second)


def test_only_administrators_appoint_and_only_they_and_heads_approve(county, clerk, administrator, newcomer):
    with pytest.raises(Refused):
        people.appoint(newcomer, role="clerk", to=county.letters, by=clerk)
    row = people.appoint(newcomer, role="clerk", to=county.letters, by=administrator)
    with pytest.raises(Refused):
        people.approve_appointment(row, by=clerk)
    people.approve_appointment(row, by=staff("deputy_head", county.commission))
    assert not scope_of(newcomer.user).empty


def test_a_role_without_content_counts_at_once(county, administrator, newcomer):
    people.appoint(newcomer, role="statistician", to=county.commission, by=administrator)
    assert scope_of(newcomer.user).roles == {"statistician"}


def test_an_ended_appointment_shows_nothing_any_more(county, clerk, administrator, desk):
    submit_read(to=county.zones["east"])
    row = Appointment.objects.get(officer=clerk.officer)
    desk(administrator).post(f"{PEOPLE}appointments/{row.pk}/end/")
    assert not Case.objects.visible_to(clerk).exists()
    assert desk(clerk).get("/desk/cases/").status_code == 404


def test_a_reset_for_one_who_sees_cases_takes_two_people_and_shows_a_password_once(
    county, clerk, administrator, second, desk
):
    page = f"{PEOPLE}{clerk.officer.pk}/reset/"
    first = desk(administrator)
    assert first.post(page, {"what": "password"}).status_code == 302
    clerk.refresh_from_db()
    assert clerk.check_password("correct horse battery")
    reset = Reset.objects.get()
    first.post(f"{PEOPLE}resets/{reset.pk}/approve/")
    clerk.refresh_from_db()
    assert clerk.check_password("correct horse battery")
    shown = desk(second).post(f"{PEOPLE}resets/{reset.pk}/approve/").content.decode()
    password = re.search(r'desk-code">(.*?)<', shown)[1]
    clerk.refresh_from_db()
    assert clerk.check_password(password)
    assert clerk.credential.temporary


def test_a_second_factor_is_taken_away_only_by_two(county, clerk, administrator, second, desk):
    TOTPDevice.objects.create(user=clerk, name="totp")
    desk(administrator).post(f"{PEOPLE}{clerk.officer.pk}/reset/", {"what": "second_factor"})
    assert TOTPDevice.objects.filter(user=clerk).exists()
    people.approve_reset(Reset.objects.get(), by=second)
    assert not TOTPDevice.objects.filter(user=clerk).exists()


def test_a_reset_for_one_without_content_is_done_at_once(county, administrator):
    counting = staff("statistician", county.commission)
    _reset, password = people.ask_reset(counting, what="password", by=administrator)
    counting.refresh_from_db()
    assert counting.check_password(password)


def test_a_reset_is_done_once(county, clerk, administrator, second):
    reset, _password = people.ask_reset(clerk, what="password", by=administrator)
    people.approve_reset(reset, by=second)
    with pytest.raises(Refused):
        people.approve_reset(reset, by=second)


def test_a_withdrawn_reset_cannot_be_approved(county, clerk, administrator, second, desk):
    reset, _password = people.ask_reset(clerk, what="password", by=administrator)
    desk(second).post(f"{PEOPLE}resets/{reset.pk}/withdraw/")
    with pytest.raises(Refused):
        people.approve_reset(reset, by=second)


def test_the_administrators_pages_show_no_case(county, administrator, desk):
    case = submit_read("石桥镇的事", to=county.zones["east"])
    for page in (PEOPLE, "/desk/offices/", "/desk/zones/", "/desk/domains/"):
        response = desk(administrator).get(page)
        assert response.status_code == 200, page
        assert case.number not in response.content.decode()


def test_heads_come_to_approve_but_not_to_appoint(county, newcomer, desk):
    head = staff("main_head", county.commission)
    assert desk(head).get(PEOPLE).status_code == 200
    assert desk(head).get(f"{PEOPLE}add/").status_code == 404
    assert desk(head).get(f"{PEOPLE}{newcomer.pk}/appoint/").status_code == 404


def test_a_clerk_finds_neither_people_nor_tables(clerk, desk):
    for page in (PEOPLE, f"{PEOPLE}add/", "/desk/offices/", "/desk/zones/", "/desk/domains/"):
        assert desk(clerk).get(page).status_code == 404, page


def test_an_added_person_gets_a_password_that_is_shown_once_and_must_be_changed(county, administrator, desk):
    page = desk(administrator).post(f"{PEOPLE}add/", {"username": "lin", "name": "林某"}).content.decode()
    user = get_user_model().objects.get(username="lin")
    assert user.check_password(re.search(r'desk-code">(.*?)<', page)[1])
    assert user.credential.temporary


def test_where_an_office_stands_and_what_it_is_cannot_be_changed_afterwards(county, administrator, desk):
    township = Office.objects.get(kind="township", code="990121100000")
    client = desk(administrator)
    client.post(
        f"/desk/offices/edit/{township.pk}/",
        {"code": "x", "name": "石桥镇纪委办公室", "kind": "commission", "place": "汀川县", "active": "on"},
    )
    township.refresh_from_db()
    assert (township.name, township.kind, township.code) == ("石桥镇纪委办公室", "township", "990121100000")
    assert township.place_id == "township:990121100000"


def test_a_zone_is_kept_in_wagtails_own_form(county, administrator, desk):
    east = county.zones["east"]
    response = desk(administrator).post(
        f"/desk/zones/edit/{east.pk}/",
        {"name": "东片", "townships": ["township:990121100000"], "knows": ["other"], "active": "on"},
    )
    assert response.status_code == 302
    east.refresh_from_db()
    assert (east.name, east.townships.count(), east.code) == ("东片", 1, "east")


def test_rows_with_a_history_are_not_deleted(county, administrator, desk):
    east = county.zones["east"]
    assert desk(administrator).post(f"/desk/zones/delete/{east.pk}/").status_code in (302, 404)
    east.refresh_from_db()


def test_a_changed_line_of_the_staff_history_is_marked(county, administrator, newcomer, desk):
    people.appoint(newcomer, role="statistician", to=county.commission, by=administrator)
    StaffEvent.objects.update(facts={"role": "administrator", "to": "county"})
    assert "the history was changed" in desk(administrator).get(PEOPLE).content.decode()


def add_staff(*args, capsys) -> str:
    call_command("add_staff", *args)
    return capsys.readouterr().out


def test_add_staff_prints_a_one_time_password_and_the_role_counts_at_once(county, capsys):
    out = add_staff("wu", "--role", "handler", "--zone", "east", capsys=capsys)
    password = re.search(r"One-time password: (\S+)", out)[1]
    user = get_user_model().objects.get(username="wu")
    case = submit_read(place=LIUSHUWAN, to=county.zones["east"])
    assert list(Case.objects.visible_to(user)) == [case]
    client = Client()
    client.post("/desk/login/", {"username": "wu", "password": password})
    assert client.get("/desk/cases/").url == "/desk/sign-in/password/"
    assert StaffEvent.objects.filter(verb="appointed_at_the_console").exists()


def test_add_staff_without_a_place_means_the_territorys_own_office(county, capsys):
    add_staff("wu", "--role", "investigator", capsys=capsys)
    assert Appointment.objects.get(officer__user__username="wu").office == county.commission


def test_add_staff_again_adds_a_role_and_leaves_the_password(county, capsys):
    add_staff("wu", "--role", "clerk", capsys=capsys)
    before = get_user_model().objects.get(username="wu").password
    out = add_staff("wu", "--role", "letters_officer", "--office", "letters", capsys=capsys)
    assert "password" not in out
    assert get_user_model().objects.get(username="wu").password == before
    assert Appointment.objects.filter(officer__user__username="wu").count() == 2


def test_add_staff_makes_an_editor_of_public_pages_without_any_appointment(county, capsys):
    add_staff("pen", "--role", "editor", capsys=capsys)
    user = get_user_model().objects.get(username="pen")
    assert scope_of(user).empty
    assert user.has_perm("wagtailadmin.access_admin")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--role", "clerk", "--office", "nowhere"], "There is no office nowhere"),
        (["--role", "handler", "--zone", "north"], "There is no zone north"),
    ],
)
def test_add_staff_says_what_is_wrong_in_one_sentence(args, said, county):
    with pytest.raises(CommandError, match=said):
        call_command("add_staff", "wu", *args)
    assert not get_user_model().objects.filter(username="wu").exists()
