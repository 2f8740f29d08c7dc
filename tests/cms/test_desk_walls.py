"""What a person may not see does not exist, on any route of the desk."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from cms.staff_access import DOORSTEP, OURS
from intake.channels import Upload
from tests.cms.desk import sign_in
from tests.product import make_county, staff, submit_read

pytestmark = pytest.mark.django_db


def routes() -> list[tuple[str, str]]:
    """(name, route with its converters) of each page under desk/ that is ours."""
    found = []

    def walk(patterns, before, space):
        for each in patterns:
            route = before + str(each.pattern)
            if isinstance(each, URLResolver):
                walk(each.url_patterns, route, each.namespace or space)
            elif isinstance(each, URLPattern) and space in OURS and route.startswith("desk/"):
                found.append((f"{space}:{each.name}", route))

    walk(get_resolver().url_patterns, "", "")
    return [(name, route) for name, route in found if name not in DOORSTEP]


ROUTES = routes()
CASE_ROUTES = [(name, route) for name, route in ROUTES if "<str:number>" in route]


@pytest.fixture
def case(county):
    made = submit_read(
        "石桥镇柳树湾村村支书贪污。",
        domain="land_demolition",
        uploads=(Upload("证据.txt", b"hello"),),
        to=county.zones["east"],
    )
    from triage import actions

    admin = staff("clerk", county.letters)
    made.correction = actions.correct(made, by=admin, kind="appeal")[0]
    made.token = made.report.attachments.get().token
    return made


def address(route: str, case) -> str:
    filled = route.replace("<str:number>", case.number).replace("<str:token>", case.token)
    filled = filled.replace("<int:correction>", str(case.correction.pk))
    for slot in ("<int:pk>", "<str:pk>", "<path:pk>"):
        filled = filled.replace(slot, str(case.pk))
    assert "<" not in filled, filled
    return "/" + filled


def stranger(kind: str, county):
    if kind == "statistician":
        return staff("statistician", county.commission)
    if kind == "administrator":
        return staff("administrator", county.commission)
    if kind == "handler of another zone":
        return staff("handler", county.zones["west"])
    user = get_user_model().objects.create_user(kind, is_superuser=kind == "superuser")
    if kind == "editor":
        user.groups.add(Group.objects.get(name="Moderators"))
    return user


def test_the_routes_that_are_walked_are_those_of_the_desk():
    names = {name for name, _route in ROUTES}
    assert len(CASE_ROUTES) >= 20
    assert {"case:inspect", "case:attachment", "case:original", "search:export", "people:approve"} <= names


@pytest.mark.parametrize(
    "kind",
    ["nobody", "editor", "superuser", "statistician", "administrator", "handler of another zone"],
)
def test_a_case_that_one_may_not_see_answers_404_on_every_route(kind, county, case):
    client = sign_in(Client(), stranger(kind, county))
    for name, route in CASE_ROUTES:
        for send in (client.get, client.post):
            assert send(address(route, case)).status_code == 404, name
    assert not case.looks.exists()


@pytest.mark.parametrize("kind", ["nobody", "editor", "superuser"])
def test_whoever_has_no_appointment_finds_no_page_of_the_desk(kind, county, case):
    client = sign_in(Client(), stranger(kind, county))
    open_to_superusers = {"office", "zone", "domain"} if kind == "superuser" else set()
    for name, route in ROUTES:
        if name.partition(":")[0] not in open_to_superusers:
            for send in (client.get, client.post):
                assert send(address(route, case)).status_code == 404, name


def test_the_answer_for_a_hidden_case_is_that_for_one_that_does_not_exist(county, case, other_handler, desk):
    client = desk(other_handler)
    hidden = client.get(f"/desk/cases/{case.number}/")
    absent = client.get("/desk/cases/ZZZZ-ZZZZ/")
    strip = lambda r: r.content.decode().replace(case.number, "").replace("ZZZZ-ZZZZ", "")  # noqa: E731
    assert (hidden.status_code, strip(hidden)) == (absent.status_code, strip(absent))


def test_an_unknown_visitor_is_sent_to_the_sign_in_page_by_every_route(county, case):
    for name, route in ROUTES:
        response = Client().get(address(route, case))
        assert response.status_code == 302, name
        assert response.url.startswith("/desk/login/"), name


@pytest.mark.parametrize(
    "path",
    [
        "users/",
        "users/add/",
        "groups/",
        "bulk/auth/user/delete/",
        "bulk/auth/user/assign_role/",
        "password_reset/",
    ],
)
@pytest.mark.parametrize("kind", ["superuser", "editor", "administrator"])
def test_wagtails_own_doors_to_accounts_are_shut_for_everybody(kind, path, county):
    response = sign_in(Client(), stranger(kind, county)).get(f"/desk/{path}")
    assert response.status_code == 404


@pytest.mark.parametrize(
    "path", ["pages/", "images/", "documents/", "reports/locked/", "choose-page/", "snippets/"]
)
def test_case_staff_find_nothing_of_the_public_sites_rooms(path, clerk, desk):
    assert desk(clerk).get(f"/desk/{path}").status_code == 404


@pytest.mark.parametrize(
    ("role", "first"),
    [("clerk", "/desk/cases/"), ("administrator", "/desk/people/"), ("statistician", "/desk/figures/")],
)
def test_each_role_begins_at_its_own_page(role, first, county, desk):
    assert desk(staff(role, county.commission)).get("/desk/").url == first


def test_groups_and_superuser_status_give_no_case(county, case):
    from triage.models import Case

    user = stranger("superuser", county)
    user.groups.set(Group.objects.all())
    assert not Case.objects.visible_to(user).exists()


def test_the_desk_forbids_scripts_of_other_houses_and_of_the_page_itself(case, clerk, desk):
    policy = desk(clerk).get("/desk/cases/")["Content-Security-Policy"]
    assert "script-src 'self';" in policy + ";"
    assert "unsafe-eval" not in policy
    assert "default-src 'none'" in policy


def test_pages_about_cases_are_kept_by_no_cache(case, clerk, desk):
    assert "no-store" in desk(clerk).get(f"/desk/cases/{case.number}/")["Cache-Control"]


def test_the_small_county_is_made_once():
    assert make_county().zones.keys() == {"east", "west"}
