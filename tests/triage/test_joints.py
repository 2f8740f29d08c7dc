import pytest

import intake.actions
from intake.channels import Accused, Identity
from intake.models import Report
from intake.refusals import Refused
from tests.product import SHIQIAO, appoint, staff, submit, submit_read
from triage import actions
from triage.claims import broken_lines
from triage.models import Case, Event, Recusal, Role
from triage.pipeline.finding import SubjectFound
from triage.scope import scope_of

pytestmark = pytest.mark.django_db


def test_a_report_is_a_case_before_anything_has_read_it(county):
    case = submit()
    assert case.state == Case.State.UNREAD
    assert case.inbox_id == "county:990121000000"


def test_the_same_form_sent_twice_is_one_report_with_one_code(county):
    from intake.channels import Incoming

    first, second = (intake.actions.receive(Incoming("web", "same", "村里的账不公开")) for _ in range(2))
    assert (first.code, first.report.pk) == (second.code, second.report.pk)
    assert (first.created, second.created, second.same) == (True, False, True)
    assert Report.objects.count() == Case.objects.count() == 1


def test_an_unread_case_is_seen_by_nobody_but_waits_for_the_clerk(county):
    clerk = staff(Role.CLERK, county.letters)
    case = submit()
    assert not Case.objects.visible_to(clerk).exists()
    assert list(scope_of(clerk).waiting(Case.objects.all())) == [case]


def test_a_read_case_is_seen_by_clerk_and_its_zone_and_by_no_other_zone(county):
    clerk = staff(Role.CLERK, county.letters)
    east, west = (staff(Role.HANDLER, county.zones[z]) for z in ("east", "west"))
    case = submit_read(to=county.zones["east"])
    seen = [Case.objects.visible_to(u).filter(pk=case.pk).exists() for u in (clerk, east, west)]
    assert seen == [True, True, False]


def test_an_appointment_that_shows_content_counts_only_when_a_second_person_approved_it(county):
    user = staff(Role.STATISTICIAN, county.commission)
    row = appoint(user.officer, Role.INVESTIGATOR, county.commission)
    row.approved_by = None
    row.save()
    submit_read()
    assert not Case.objects.visible_to(user).exists()


def test_an_administrator_sees_no_case(county):
    administrator = staff(Role.ADMINISTRATOR, county.commission)
    administrator.is_superuser = True
    administrator.save()
    submit_read()
    assert not Case.objects.visible_to(administrator).exists()


def test_whom_the_form_accuses_is_recused_in_the_receiving_transaction(county):
    handler = staff(Role.HANDLER, county.zones["east"], name="甄有财")
    case = submit(accused=(Accused(name="甄有财", post="镇纪委副书记"),))
    assert Recusal.objects.filter(case=case, officer=handler.officer).exists()


def test_a_case_that_is_to_be_kept_from_a_person_does_not_exist_for_that_person(county):
    clerk = staff(Role.CLERK, county.letters, name="甄有财")
    case = submit_read(subjects=(SubjectFound(name="甄有财", level="county"),))
    assert not Case.objects.visible_to(clerk).filter(pk=case.pk).exists()


def test_the_reporters_own_name_and_number_are_masked_in_all_that_others_see(county):
    case = submit_read(
        "我叫钱多宝,电话 138 0000 1234,村支书拿了钱。", identity=Identity(name="钱多宝", phone="13800001234")
    )
    assert "钱多宝" not in case.text
    assert "0000 1234" not in case.text
    assert "村支书拿了钱" in case.text
    assert "钱多宝" not in str(case.readings.get().payload)


def test_a_claim_is_refused_when_somebody_else_was_quicker(county):
    clerk = staff(Role.CLERK, county.letters)
    case = submit_read(to=county.zones["east"])
    mine = Case.objects.get(pk=case.pk)
    actions.confirm(case, by=clerk)
    with pytest.raises(Refused):
        actions.transfer(mine, to=county.zones["west"], by=clerk, ground="wrong zone")
    assert Event.objects.filter(case=case, verb="transferred").count() == 0


def test_a_changed_line_of_history_is_found(county):
    case = submit_read()
    assert broken_lines(case) == []
    event = case.events.get(seq=1)
    event.payload = {"ground": "something else", "facts": {}}
    event.save()
    assert broken_lines(case) == [1]


def test_a_missing_line_of_history_is_found(county):
    case = submit_read(to=county.zones["east"])
    case.events.get(seq=2).delete()
    assert broken_lines(case) == [3]


def test_a_correction_stands_beside_the_reading(county):
    from triage.models import Place

    clerk = staff(Role.CLERK, county.letters)
    case = submit_read()
    actions.correct(case, by=clerk, place=Place.objects.get(pk=SHIQIAO))
    case.refresh_from_db()
    assert case.place_id == SHIQIAO
    assert case.readings.get().place_key == "village:990121100201"
    (correction,) = case.corrections.all()
    actions.undo_correction(correction, by=clerk)
    case.refresh_from_db()
    assert case.place_id == "village:990121100201"


def test_an_error_in_triage_leaves_the_report_standing(county, monkeypatch):
    from triage import tasks

    def broken(report):
        raise RuntimeError("bug upstairs")

    with monkeypatch.context() as patch:
        patch.setattr(actions, "open_case", broken)
        from intake.channels import Incoming

        received = intake.actions.receive(Incoming("web", "x", "村里的账不公开"))
    assert received.created
    assert not Case.objects.exists()
    tasks.catch_up()
    assert Case.objects.filter(report=received.report).exists()


def test_a_report_to_the_nation_is_read_without_a_context(db):
    from triage.actions.territory import load_domains
    from triage.models import Installation, Place
    from triage.places import keys
    from triage.tasks import read_case

    load_domains()
    Place.objects.create(key=keys.NATION, code="000000000000", depth=0, name="全国")
    Installation.current()
    case = submit("岐山县凤鸣镇的村支书贪污了修路的钱。")
    assert read_case(case.pk)
    case.refresh_from_db()
    assert case.readings.get().place_key.startswith("township:610323")


def test_a_reporter_who_fills_the_own_name_into_the_wrong_field_is_masked_there_too(county):
    case = submit(
        identity=Identity(name="钱多宝", phone="13800001234"),
        accused=(Accused(name="钱多宝", unit="柳树湾村"),),
    )
    subject = case.subjects.get()
    assert (subject.name, subject.unit) == ("███", "柳树湾村")
