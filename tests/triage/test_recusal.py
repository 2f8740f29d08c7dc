"""What the routing contract does not say of recusal: when it is derived, kept, and taken back."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model

from search.models import Stale, ToRoute
from tests.product import XINGHUA, Accused, appoint, finding, staff, submit, submit_read
from triage import actions, recusal
from triage.actions import people
from triage.models import Case, FormerPost, Kin, Officer, Recusal, Role, Zone
from triage.pipeline.finding import SubjectFound
from triage.scope import scope_of, sealed_for

pytestmark = pytest.mark.django_db


def subject(name="", unit="", post="", level="village"):
    return SubjectFound(name, unit, post, level)


def grounds(case):
    return set(case.recusals.values_list("ground", flat=True))


def test_what_the_form_says_recuses_before_anything_is_read(county):
    clerk = staff(Role.CLERK, county.commission, name="江一帆")

    case = submit(accused=(Accused(name="江一帆", rank="county"),))

    assert case.pk in scope_of(clerk).recused
    assert not scope_of(clerk).waiting(Case.objects.all()).exists()


def test_a_form_that_accuses_nobody_recuses_nobody(county):
    staff(Role.CLERK, county.commission, name="江一帆")

    assert not submit().recusals.exists()


def test_an_accused_officer_does_not_see_the_case_and_a_colleague_does(county):
    accused = staff(Role.INVESTIGATOR, county.commission, name="江一帆")
    colleague = staff(Role.INVESTIGATOR, county.commission, name="别的人")

    case = submit_read(subjects=(subject("江一帆"),))

    assert not Case.objects.visible_to(accused).exists()
    assert Case.objects.visible_to(colleague).get() == case


def test_the_people_of_an_office_do_not_see_a_report_about_its_head(county):
    head = staff(Role.INVESTIGATOR, county.rooms[0], name="江一帆")
    under = staff(Role.INVESTIGATOR, county.rooms[0])
    county.rooms[0].head = head.officer
    county.rooms[0].save()

    submit_read(subjects=(subject("江一帆"),))

    assert not Case.objects.visible_to(under).exists()


def test_a_head_without_an_appointment_to_the_office_is_kept_away_with_it(county):
    handler = staff(Role.HANDLER, county.zones["west"], name="江一帆")
    township = county.places["township:990121102000"].offices.get()
    township.head = handler.officer
    township.save()

    case = submit_read(place=XINGHUA, subjects=(subject("甲乙丙", "云岭乡", "乡长", "township"),))

    assert case.pk in scope_of(handler).recused


@pytest.mark.parametrize("role", [Role.HANDLER, Role.ZONE_LEADER])
def test_a_zone_is_out_when_one_of_its_people_is_accused(county, role):
    staff(role, county.zones["west"], name="江一帆")
    other = staff(Role.HANDLER, county.zones["west"])

    case = submit_read(subjects=(subject("江一帆"),), to=None)

    assert Recusal.Ground.POOL_ACCUSED in grounds(case)
    assert case.pk in scope_of(other).recused


def test_a_zone_is_out_when_somebody_of_its_guiding_office_is_accused(county):
    staff(Role.INVESTIGATOR, county.rooms[1], name="江一帆")

    case = submit_read(subjects=(subject("江一帆"),))

    assert case.recusals.filter(zone=county.zones["west"]).exists()


def test_a_home_village_means_its_township(county):
    handler = staff(Role.HANDLER, county.zones["east"])
    handler.officer.home_id = "village:990121100202"
    handler.officer.save()

    case = submit_read()  # of another village of that township

    assert grounds(case) == {Recusal.Ground.HOME}


def test_a_home_in_the_county_town_excludes_from_nothing(county):
    handler = staff(Role.HANDLER, county.zones["east"])
    handler.officer.home_id = "county:990121000000"
    handler.officer.save()

    assert not submit_read().recusals.exists()


def test_a_former_post_in_a_county_bureau_excludes_only_where_the_bureau_is_accused(county):
    handler = staff(Role.HANDLER, county.zones["east"])
    FormerPost.objects.create(officer=handler.officer, unit="汀川县交通局", place_id="county:990121000000")

    elsewhere = submit_read(subjects=(subject("甲乙丙", "汀川县民政局", "科员", "county"),))
    there = submit_read(subjects=(subject("甲乙丙", "县交通局", "科员", "county"),))

    assert not elsewhere.recusals.exists()
    assert grounds(there) == {Recusal.Ground.FORMER_POST}


def test_the_ground_of_a_zones_leader_puts_the_zone_out(county):
    leader = staff(Role.ZONE_LEADER, county.zones["east"])
    Kin.objects.create(officer=leader.officer, relation="兄", name="江一凡")

    case = submit_read(subjects=(subject("江一凡"),))

    assert grounds(case) == {Recusal.Ground.KIN, Recusal.Ground.LEADER_GROUND}


def test_a_handlers_ground_leaves_the_zone_in(county):
    handler = staff(Role.HANDLER, county.zones["east"])
    Kin.objects.create(officer=handler.officer, relation="兄", name="江一凡")

    case = submit_read(subjects=(subject("江一凡"),))

    assert not case.recusals.exclude(officer=handler.officer).exists()


@pytest.mark.parametrize("written", ["江某", "老江", "江书记", "江"])
def test_a_surname_alone_recuses_nobody(county, written):
    staff(Role.CLERK, county.commission, name="江一帆")

    assert not submit_read(subjects=(subject(written),)).recusals.exists()


def test_a_post_without_a_unit_is_meant_of_the_township_and_of_nobody_higher(county):
    head = staff(Role.MAIN_HEAD, county.commission)
    head.officer.post = "县委常委、县纪委书记"
    head.officer.save()
    county.commission.head = head.officer
    county.commission.save()
    local = staff(Role.HANDLER, county.zones["east"])
    local.officer.post = "石桥镇纪委书记"
    local.officer.save()

    case = submit_read(subjects=(subject(post="纪委书记", level="township"),))

    assert case.pk in scope_of(local).recused
    assert case.pk not in scope_of(head).recused


def test_a_post_with_the_countys_unit_means_its_holder(county):
    clerk = staff(Role.COORDINATOR, county.commission)
    clerk.officer.post = "县纪委监委案件监督管理室主任"
    clerk.officer.save()

    case = submit_read(subjects=(subject(unit="汀川县纪委监委案件监督管理室", post="主任", level="county"),))

    assert case.pk in scope_of(clerk).recused


def test_a_later_reading_takes_back_what_no_longer_holds(county):
    clerk = staff(Role.CLERK, county.commission, name="江一帆")
    case = submit_read(subjects=(subject("江一帆"),))

    actions.read(case, finding(case))

    assert case.pk not in scope_of(clerk).recused


def test_a_declared_recusal_outlives_every_reading(county):
    clerk = staff(Role.CLERK, county.commission)
    case = submit_read()
    actions.declare_recusal(case, by=clerk, ground="own motion", officer=clerk.officer)

    actions.read(case, finding(case))

    assert case.recusals.filter(derived=False, officer=clerk.officer).exists()


def test_a_corrected_place_recuses_anew(county):
    clerk = staff(Role.CLERK, county.commission)
    native = staff(Role.HANDLER, county.zones["west"])
    native.officer.home_id = "township:990121102000"
    native.officer.save()
    case = submit_read()

    actions.correct(case, by=clerk, place=county.places[XINGHUA])

    assert case.pk in scope_of(native).recused


def test_the_receiving_commission_as_a_body_is_not_shut_out_of_its_own_inbox(county):
    clerk = staff(Role.CLERK, county.commission)

    submit_read(subjects=(subject(unit="县纪委", level="county"),))

    assert Case.objects.visible_to(clerk).exists()


def test_nothing_is_written_where_nothing_has_changed(county):
    staff(Role.CLERK, county.commission, name="江一帆")
    case = submit_read(subjects=(subject("江一帆"),))
    before = list(case.recusals.values_list("pk", flat=True))

    assert recusal.derive(case) is False
    assert list(case.recusals.values_list("pk", flat=True)) == before


def test_an_ended_appointment_no_longer_puts_the_zone_out(county):
    former = Officer.objects.create(name="江一帆")
    appointment = appoint(former, Role.HANDLER, county.zones["east"])
    appointment.last = appointment.granted_at.date().replace(year=2020)
    appointment.save()

    case = submit_read(subjects=(subject("江一帆"),))

    assert not case.recusals.filter(zone__in=Zone.objects.all()).exists()


def test_what_belongs_to_a_higher_level_is_sealed_up_in_the_transaction_that_read_it(county):
    seen = staff(Role.COORDINATOR, county.commission)

    case = submit_read("县长卖了地。", subjects=(subject("甲乙丙", "汀川县人民政府", "县长", "county"),))

    assert (case.state, case.for_upper, case.text) == (Case.State.SEALED_UP, False, "")
    assert not Case.objects.visible_to(seen).exists()
    assert list(case.events.values_list("verb", flat=True)) == ["opened", "read", "sealed_up"]


def test_a_report_about_the_own_head_is_opened_by_nobody_below(county):
    head = staff(Role.MAIN_HEAD, county.commission, name="江一帆")
    county.commission.head = head.officer
    county.commission.save()

    case = submit_read(subjects=(subject("江一帆"),))

    assert case.for_upper
    assert not sealed_for(head).exists()


def test_opening_an_unread_report_about_the_own_head_seals_it_up_instead(county, time_machine):
    head = staff(Role.MAIN_HEAD, county.commission, name="江一帆")
    county.commission.head = head.officer
    county.commission.save()
    coordinator = staff(Role.COORDINATOR, county.commission)
    case = submit(accused=(Accused(name="江一帆", unit="县纪委", post="书记"),))
    time_machine.move_to(case.opened_at + timedelta(minutes=31))

    actions.open_unread(case, by=coordinator)

    case.refresh_from_db()
    assert (case.state, case.for_upper, case.text) == (Case.State.SEALED_UP, True, "")


def test_who_is_appointed_later_is_kept_away_from_the_cases_that_exist(county):
    named = submit_read(subjects=(subject("江一帆"),))
    kin = submit_read(subjects=(subject("江一凡", "石桥镇柳树湾村", "会计"),))
    local = submit_read()
    elsewhere = submit_read(place=XINGHUA)
    officer = Officer.objects.create(
        user=get_user_model().objects.create_user("late"), name="江一帆", home_id="village:990121100202"
    )
    Kin.objects.create(officer=officer, relation="兄", name="江一凡")

    people.appoint_at_the_console(officer, role=Role.CLERK, to=county.commission)

    assert scope_of(officer.user).recused == {named.pk, kin.pk, local.pk}
    assert list(Case.objects.visible_to(officer.user)) == [elsewhere]


def test_an_appointment_that_recuses_stands_in_the_history_and_marks_the_index(county):
    case = submit_read(subjects=(subject("江一帆"),))
    Stale.objects.all().delete()
    officer = Officer.objects.create(user=get_user_model().objects.create_user("late"), name="江一帆")

    people.appoint_at_the_console(officer, role=Role.CLERK, to=county.commission)

    assert case.events.last().verb == "recused"
    assert Stale.objects.get().rights


def test_a_handler_who_joins_a_pool_while_accused_puts_the_zone_out_and_the_case_is_routed_anew(county):
    case = submit_read(subjects=(subject("江一帆"),))
    officer = Officer.objects.create(user=get_user_model().objects.create_user("late"), name="江一帆")

    people.appoint_at_the_console(officer, role=Role.HANDLER, to=county.zones["east"])

    assert case.recusals.filter(zone=county.zones["east"]).exists()
    assert ToRoute.objects.filter(pk=case.pk).exists()
