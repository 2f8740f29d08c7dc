"""The facts of a person, and who leads what: what is entered keeps away at once, what is deleted no more."""

from __future__ import annotations

import pytest

from tests.product import LIUSHUWAN, SHIQIAO, XINGHUA, staff, submit_read
from triage.actions import people
from triage.models import Case, FormerPost, Kin, Officer, Place, StaffEvent
from triage.pipeline.finding import SubjectFound

PEOPLE = "/desk/people/"
EMPTY = {
    f"{rows}-{key}": value
    for rows in ("former_posts", "kin")
    for key, value in (("TOTAL_FORMS", "3"), ("INITIAL_FORMS", "0"))
}


@pytest.fixture
def administrator(county):
    return staff("administrator", county.commission)


@pytest.fixture
def tell(administrator, desk):
    """tell(officer, home=…, **rows): the facts screen, sent as a browser sends it."""

    def send(officer: Officer, **said: str):
        fields = {"name": officer.name, "name_en": "", "post": officer.post, "skills": "", "home": ""}
        rows = {key.replace("__", "-"): value for key, value in said.items()}
        return desk(administrator).post(f"{PEOPLE}{officer.pk}/facts/", {**EMPTY, **fields, **rows})

    return send


@pytest.fixture
def change(administrator, desk):
    """change(zone or office, **fields): its screen of the reference tables."""

    def send(row, **said: str):
        kind = f"{row._meta.model_name}s"
        fields = {"name": row.name, "active": "on"}
        if kind == "zones":
            fields |= {"townships": list(row.townships.values_list("pk", flat=True)), "knows": []}
        response = desk(administrator).post(f"/desk/{kind}/edit/{row.pk}/", {**fields, **said})
        assert response.status_code == 302, response.content.decode()

    return send


def sees(user) -> set[int]:
    return set(Case.objects.visible_to(user).values_list("pk", flat=True))


@pytest.mark.parametrize("typed", ["石桥镇", "shiqiao town", "990121100000", "石桥镇 › 柳树湾村"])
def test_a_home_town_that_is_entered_keeps_its_cases_away_at_once(county, clerk, tell, typed):
    there = submit_read(place=LIUSHUWAN)
    elsewhere = submit_read(place=XINGHUA)
    assert sees(clerk) == {there.pk, elsewhere.pk}

    assert tell(clerk.officer, home=typed).status_code == 302

    assert sees(clerk) == {elsewhere.pk}


def test_a_relative_who_is_entered_keeps_the_cases_away_that_accuse_them(county, clerk, tell):
    accused = submit_read(subjects=(SubjectFound("郝石头", "柳树湾村", "会计"),))
    other = submit_read(subjects=(SubjectFound("郝木头", "柳树湾村", "会计"),))

    tell(clerk.officer, kin__0__relation="兄", kin__0__name="郝石头")

    assert sees(clerk) == {other.pk}
    assert accused.recusals.get(officer=clerk.officer).ground == "kin"


def test_a_former_post_that_is_entered_keeps_the_cases_of_its_township_away(county, clerk, tell):
    there = submit_read(place=LIUSHUWAN)

    tell(
        clerk.officer,
        former_posts__0__unit="经管站",
        former_posts__0__place="石桥镇",
        former_posts__0__first="2015-03-01",
        former_posts__0__last="2019-08-31",
    )

    assert there.pk not in sees(clerk)
    post = FormerPost.objects.get(officer=clerk.officer)
    assert (post.unit, post.place_id, str(post.first)) == ("经管站", SHIQIAO, "2015-03-01")


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ({"home": "桃源村"}, "There is no place"),
        ({"home": "上河村"}, "Several places"),
        ({"home": "999999999999"}, "There is no place"),
        ({"former_posts-0-unit": "经管站", "former_posts-0-place": "桃源村"}, "There is no place"),
        ({"former_posts-0-place": "石桥镇"}, "This field is required"),
        (
            {
                "former_posts-0-unit": "经管站",
                "former_posts-0-first": "2019-01-01",
                "former_posts-0-last": "2015-01-01",
            },
            "It would end before it begins",
        ),
        ({"kin-0-relation": "兄"}, "This field is required"),
        ({"kin-TOTAL_FORMS": "many"}, "ManagementForm data is missing"),
    ],
)
def test_what_cannot_be_meant_is_asked_for_again_and_nothing_is_saved(county, clerk, tell, said, answer):
    response = tell(clerk.officer, **{"name": "改了的名字", **said})

    assert response.status_code == 200
    assert answer in response.content.decode()
    assert Officer.objects.get(pk=clerk.officer.pk).name == clerk.officer.name
    assert not FormerPost.objects.exists()
    assert not Kin.objects.exists()
    assert not StaffEvent.objects.exists()


def test_a_deleted_home_town_lifts_the_recusal(county, clerk, tell):
    there = submit_read(place=LIUSHUWAN)
    tell(clerk.officer, home="石桥镇")
    assert there.pk not in sees(clerk)

    tell(clerk.officer, home="")

    assert there.pk in sees(clerk)


def test_a_deleted_relative_and_former_post_lift_the_recusal_and_another_ground_stays(county, clerk, tell):
    there = submit_read(subjects=(SubjectFound("郝石头", "柳树湾村", "会计"),))
    tell(
        clerk.officer,
        home="石桥镇",
        kin__0__relation="兄",
        kin__0__name="郝石头",
        former_posts__0__unit="经管站",
        former_posts__0__place="石桥镇",
    )
    assert set(there.recusals.values_list("ground", flat=True)) == {"home", "kin", "former_post"}
    kin, post = Kin.objects.get(), FormerPost.objects.get()
    gone = {
        "kin__INITIAL_FORMS": "1",
        "kin__0__id": str(kin.pk),
        "kin__0__DELETE": "on",
        "former_posts__INITIAL_FORMS": "1",
        "former_posts__0__id": str(post.pk),
        "former_posts__0__DELETE": "on",
    }

    tell(clerk.officer, home="石桥镇", **gone)

    assert not Kin.objects.exists()
    assert not FormerPost.objects.exists()
    assert there.recusals.get().ground == "home"
    assert there.pk not in sees(clerk)


def test_a_hand_put_recusal_outlives_a_deleted_fact(county, clerk, tell):
    there = submit_read(place=LIUSHUWAN)
    there.recusals.create(officer=clerk.officer, ground="declared", derived=False)
    tell(clerk.officer, home="石桥镇")

    tell(clerk.officer, home="")

    assert there.pk not in sees(clerk)


def test_the_staff_history_names_the_facts_that_changed_and_not_what_they_say(
    county, clerk, tell, administrator, desk
):
    tell(clerk.officer, home="石桥镇", kin__0__relation="兄", kin__0__name="郝石头")

    event = StaffEvent.objects.get()
    assert (event.verb, event.facts) == ("facts_changed", {"fields": ["home", "kin"]})
    page = desk(administrator).get(PEOPLE).content.decode()
    assert "Facts were changed. home town, relatives" in page
    assert "郝石头" not in page


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_screen_that_is_sent_back_as_it_was_shown_changes_nothing(
    county, clerk, tell, administrator, desk, language
):
    twin = Place.objects.create(
        key="village:990121100203", code="990121100203", depth=4, name="柳树湾村", parent_id=SHIQIAO
    )
    tell(
        clerk.officer,
        home=twin.code,
        kin__0__relation="兄",
        kin__0__name="郝石头",
        former_posts__0__unit="经管站",
        former_posts__0__place="石桥镇",
        former_posts__0__first="2015-03-01",
    )
    client = desk(administrator)
    url = f"{PEOPLE}{clerk.officer.pk}/facts/"
    context = client.get(url, headers={"accept-language": language}).context
    shown = {
        bound.html_name: bound.field.widget.format_value(bound.value()) or ""
        for form in [
            context["form"],
            *(f for rows in context["formsets"] for f in [rows.management_form, *rows]),
        ]
        for bound in form
        if bound.name != "DELETE"
    }
    assert shown["former_posts-0-first"] == "2015-03-01"

    assert client.post(url, shown, headers={"accept-language": language}).status_code == 302

    assert StaffEvent.objects.count() == 1
    clerk.officer.refresh_from_db()
    assert clerk.officer.home_id == twin.pk


def test_the_places_of_the_page_are_listed_once(county, clerk, administrator, desk):
    page = desk(administrator).get(f"{PEOPLE}{clerk.officer.pk}/facts/").content.decode()
    assert page.count("<datalist") == 1
    assert page.count('list="id_home_places"') == 4


def test_an_unsaved_part_leaves_no_other_saved(county, clerk, tell, monkeypatch):
    """The last step fails: neither the facts nor the line of the history stand."""

    def fail(officer):
        raise OSError("the disk is full")

    monkeypatch.setattr(people, "recuse_anew", fail)
    with pytest.raises(OSError, match="full"):
        tell(clerk.officer, home="石桥镇", kin__0__relation="兄", kin__0__name="郝石头")

    clerk.officer.refresh_from_db()
    assert clerk.officer.home_id is None
    assert not Kin.objects.exists()
    assert not StaffEvent.objects.exists()


def test_nobody_lifts_their_own_recusals(county, administrator, tell):
    response = tell(administrator.officer, home="石桥镇")

    assert "Nobody changes the facts about themselves" in response.content.decode()
    administrator.officer.refresh_from_db()
    assert administrator.officer.home_id is None


def test_rows_of_another_person_cannot_be_taken_away_here(county, clerk, handler, tell):
    tell(handler.officer, kin__0__relation="兄", kin__0__name="郝石头")
    row = Kin.objects.get()
    stolen = {"kin__INITIAL_FORMS": "1", "kin__0__id": str(row.pk), "kin__0__relation": "x"}

    tell(clerk.officer, kin__0__name="x", **stolen)

    row.refresh_from_db()
    assert (row.officer, row.name) == (handler.officer, "郝石头")


def test_only_an_administrator_finds_the_facts_and_no_case_in_them(county, clerk, administrator, desk):
    case = submit_read(to=county.zones["east"])
    url = f"{PEOPLE}{clerk.officer.pk}/facts/"
    page = desk(administrator).get(url)
    assert case.number not in page.content.decode()
    assert sees(administrator) == set()
    for user in (clerk, staff("main_head", county.commission)):
        assert desk(user).get(url).status_code == 404


def test_a_new_zone_leader_with_a_ground_keeps_the_zone_away_and_the_next_one_brings_it_back(
    county, handler, other_handler, tell, change
):
    there = submit_read(place=LIUSHUWAN, to=county.zones["east"])
    from_there = staff("zone_leader", county.zones["west"])
    tell(from_there.officer, home="石桥镇")
    assert there.pk in sees(handler)

    change(county.zones["east"], leader=str(from_there.officer.pk), guiding_office=str(county.rooms[0].pk))
    assert there.recusals.filter(zone=county.zones["east"], ground="leader_ground").exists()
    assert there.pk not in sees(handler)

    change(county.zones["east"], leader=str(other_handler.officer.pk), guiding_office=str(county.rooms[0].pk))
    assert not there.recusals.filter(zone=county.zones["east"]).exists()


def test_a_zone_that_an_accused_office_comes_to_guide_is_out(county, change):
    staff("investigator", county.rooms[1], name="江一帆")
    about = submit_read(place=LIUSHUWAN, subjects=(SubjectFound("江一帆"),))
    east = county.zones["east"]
    assert not about.recusals.filter(zone=east).exists()

    change(east, guiding_office=str(county.rooms[1].pk))
    assert about.recusals.filter(zone=east, ground="guide_accused").exists()

    change(east, guiding_office=str(county.rooms[0].pk))
    assert not about.recusals.filter(zone=east).exists()


def test_a_new_head_who_is_accused_keeps_the_office_away_and_the_next_one_brings_it_back(county, change):
    head = staff("investigator", county.rooms[0], name="江一帆").officer
    next_head = staff("investigator", county.rooms[1]).officer
    under = staff("investigator", county.rooms[0])
    about = submit_read(subjects=(SubjectFound("江一帆"),))
    assert about.pk in sees(under)

    change(county.rooms[0], parent=str(county.commission.pk), head=str(head.pk))
    assert about.pk not in sees(under)

    change(county.rooms[0], parent=str(county.commission.pk), head=str(next_head.pk))
    assert about.pk in sees(under)


def test_an_empty_township_commission_stays_led_by_its_accused_secretary(county, clerk, tell):
    about = submit_read(subjects=(SubjectFound("", "石桥镇", "党委书记"),))
    led = about.recusals.filter(office__code="990121100000", ground="led_by_accused")
    assert led.exists()

    tell(clerk.officer, home="石桥镇")

    assert led.exists()
