"""The case page and what can be done there."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from intake.actions import add_message
from intake.channels import Identity, Upload
from intake.models import Attachment, Message
from tests.product import LIUSHUWAN, SHIQIAO, XINGHUA, staff, submit, submit_read
from triage import actions
from triage.models import Case, Look, Recusal
from triage.pipeline.finding import AmountFound, EvidenceFound, SubjectFound

TEXT = "柳树湾村村支书王有田侵占征地补偿款30万元，请查。"


@pytest.fixture
def case(county):
    return submit_read(
        TEXT,
        title="举报",
        domain="land_demolition",
        to=county.zones["east"],
        subjects=(SubjectFound("王有田", "柳树湾村", "村支书", "village", 10, 13),),
        evidence=(EvidenceFound(15, 20, "征地补偿款", "domain:land_demolition"),),
        amounts=(AmountFound("30万元", 300000.0, 20, 24),),
    )


def url(case, name="") -> str:
    return f"/desk/cases/{case.number}/{name + '/' if name else ''}"


def text(response) -> str:
    return re.sub(r"<[^>]+>", "", response.content.decode())


def test_the_page_shows_the_masked_report_and_what_was_read_with_its_evidence(case, clerk, desk):
    page = desk(clerk).get(url(case)).content.decode()
    assert '<mark class="desk-mark--domain">征地补偿款</mark>' in page
    assert '<mark class="desk-mark--subject">王有田</mark>' in page
    assert '<mark class="desk-mark--amount">30万元</mark>' in page
    for word in ("石桥镇 › 柳树湾村", "村支书", "90 %"):
        assert word in page.replace("Shiqiao Town › Liushuwan Village", "石桥镇 › 柳树湾村")


def test_what_the_citizen_wrote_is_text_and_no_markup(county, clerk, desk):
    case = submit_read("<script>alert(1)</script><b>村支书</b>", to=county.zones["east"])
    page = desk(clerk).get(url(case)).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_reporter_is_masked_on_the_page_and_in_the_mailbox(county, clerk, desk):
    case = submit_read(
        "我是赵小满，电话13912345678，村支书贪污。", identity=Identity(name="赵小满", phone="13912345678")
    )
    add_message(case.report, "补充：还是打 139 1234 5678 找赵小满。", kind=Message.Kind.ADDITION)
    page = desk(clerk).get(url(case)).content.decode()
    assert "赵小满" not in page
    assert "13912345678" not in page
    assert "1234 5678" not in page
    assert "█" in page


def test_opening_the_page_is_written_down(case, clerk, desk):
    desk(clerk).get(url(case))
    assert list(Look.objects.values_list("case", "by", "what")) == [(case.pk, clerk.pk, "case")]


def test_confirming_takes_one_post_and_leads_to_the_next_case(county, case, clerk, desk):
    second = submit_read(to=county.zones["east"], received_at=timezone.now() - timedelta(days=1))
    client = desk(clerk)
    client.get("/desk/cases/")
    response = client.post(url(case, "confirm"))
    assert response.url == url(second)
    case.refresh_from_db()
    assert case.confirmed_by == clerk
    assert case.events.order_by("-seq")[0].verb == "confirmed"


def test_the_next_case_is_the_next_of_the_filtered_list(county, case, clerk, desk):
    submit_read(to=county.zones["east"], received_at=timezone.now() - timedelta(days=1))
    third = submit_read(
        domain="land_demolition", to=county.zones["east"], received_at=timezone.now() - timedelta(days=2)
    )
    client = desk(clerk)
    client.get("/desk/cases/", {"domain": "land_demolition"})
    assert client.post(url(case, "confirm")).url == url(third)


def test_a_confirmation_can_be_taken_back_from_the_next_page(county, case, clerk, desk):
    other = submit_read(to=county.zones["east"], received_at=timezone.now() - timedelta(days=1))
    client = desk(clerk)
    client.post(url(case, "confirm"))
    assert f'action="{url(case, "undo")}"' in client.get(url(other)).content.decode()
    client.post(url(case, "undo"))
    case.refresh_from_db()
    assert case.confirmed_at is None
    assert "nothing to take back" in text(client.post(url(case, "undo"), follow=True))


def test_a_correction_stands_beside_the_reading_and_can_be_taken_back(case, clerk, desk):
    client = desk(clerk)
    client.post(url(case, "correct"), {"domain": "other"})
    case.refresh_from_db()
    assert case.domain_id == "other"
    assert case.readings.get().domain_id == "land_demolition"
    page = client.get(url(case)).content.decode()
    assert "What people said instead" in page
    assert 'value="land_demolition" data-key="1"' in page
    client.post(url(case, "undo"))
    case.refresh_from_db()
    assert case.domain_id == "land_demolition"


@pytest.mark.parametrize(
    "typed", [XINGHUA, "990121102201", "杏花村", "云岭乡 › 杏花村", "Xinghua village", "云岭乡/杏花村"]
)
def test_a_place_is_corrected_as_people_type_it(typed, case, clerk, desk):
    desk(clerk).post(url(case, "correct"), {"place": typed})
    case.refresh_from_db()
    assert case.place_id == XINGHUA


@pytest.mark.parametrize(("typed", "said"), [("上河村", "Several places"), ("桃源村", "There is no place")])
def test_a_place_that_is_not_clear_is_asked_for_again(typed, said, case, clerk, desk):
    response = desk(clerk).post(url(case, "correct"), {"place": typed}, follow=True)
    assert said in text(response)
    case.refresh_from_db()
    assert case.place_id == LIUSHUWAN


def test_a_transfer_needs_a_reason_and_a_wrong_route_counts_a_bounce(county, case, clerk, desk):
    client = desk(clerk)
    assert "This field is required" in text(client.post(url(case, "transfer"), {"to": "zone:west"}))
    client.post(url(case, "transfer"), {"to": "zone:west", "ground": "另一片的事", "bounce": "on"})
    case.refresh_from_db()
    assert (case.zone, case.bounces) == (county.zones["west"], 1)
    assert "另一片的事" in desk(clerk).get(url(case)).content.decode()


def test_whoever_transfers_a_case_out_of_sight_returns_to_the_queue(case, handler, desk):
    response = desk(handler).post(url(case, "transfer"), {"to": "zone:west", "ground": "不归我们管"})
    assert response.url == "/desk/cases/"
    assert desk(handler).get(url(case)).status_code == 404


def test_a_recused_zone_refuses_the_transfer_in_words(county, case, clerk, desk):
    Recusal.objects.create(case=case, zone=county.zones["west"], ground=Recusal.Ground.POOL_ACCUSED)
    response = desk(clerk).post(url(case, "transfer"), {"to": "zone:west", "ground": "试试"})
    assert "must not take this case" in text(response)


def test_a_handler_accepts_asks_and_closes_and_the_case_can_be_reopened(case, handler, desk):
    client = desk(handler)
    client.post(url(case, "accept"), {"handler": handler.officer.pk})
    client.post(url(case, "ask"), {"text": "是哪一年的事？"})
    client.post(url(case, "close"), {"outcome": "unfounded", "ground": "查无此事"})
    case.refresh_from_db()
    assert (case.state, case.handler, case.outcome) == ("closed", handler.officer, "unfounded")
    assert case.report.messages.get().text == "是哪一年的事？"
    client.post(url(case, "reopen"), {"ground": "有新证据"})
    case.refresh_from_db()
    assert case.state == "assigned"


def test_somebody_else_who_was_quicker_is_named_as_the_reason(case, clerk, desk, monkeypatch):
    confirm = actions.confirm

    def too_late(held, *, by):
        Case.objects.filter(pk=held.pk).update(version=99)
        confirm(held, by=by)

    monkeypatch.setattr(actions, "confirm", too_late)
    assert "Somebody else has changed this case" in text(desk(clerk).post(url(case, "confirm"), follow=True))


def test_linking_finds_only_what_the_user_may_see(county, case, handler, desk):
    hidden = submit_read(place=XINGHUA, to=county.zones["west"])
    mine = submit_read(to=county.zones["east"])
    client = desk(handler)
    assert "no case of that number" in text(client.post(url(case, "link"), {"number": hidden.number}))
    client.post(url(case, "link"), {"number": mine.number.lower()})
    case.refresh_from_db()
    assert list(case.bundle.cases.order_by("pk")) == [case, mine]


def test_a_recusal_hides_the_case_from_the_one_recused(case, clerk, handler, desk):
    desk(clerk).post(url(case, "recuse"), {"whom": f"officer:{handler.officer.pk}", "ground": "同村"})
    assert desk(handler).get(url(case)).status_code == 404


def test_the_original_and_the_identity_open_once_for_a_letters_officer_with_a_reason(county, clerk, desk):
    case = submit_read("我是赵小满，村支书贪污。", identity=Identity(name="赵小满", phone="13912345678"))
    officer = staff("letters_officer", county.letters)
    for page in ("original", "identity"):
        assert desk(clerk).get(url(case, page)).status_code == 404
        assert desk(clerk).post(url(case, page), {"ground": "想看"}).status_code == 404
        assert "赵小满" not in desk(officer).get(url(case, page)).content.decode()
        assert "required" in text(desk(officer).post(url(case, page), {"ground": ""}))
        response = desk(officer).post(url(case, page), {"ground": "核实身份"})
        assert "赵小满" in response.content.decode()
        assert "no-store" in response["Cache-Control"]
    assert set(case.looks.values_list("what", flat=True)) == {"original", "identity"}


def test_a_coordinator_opens_what_nothing_has_read_for_half_an_hour(county, desk):
    coordinator = staff("coordinator", county.commission)
    case = submit("村支书贪污。")
    client = desk(coordinator)
    assert "please wait half an hour" in text(client.post(url(case, "open_unread"), follow=True))
    Case.objects.filter(pk=case.pk).update(opened_at=timezone.now() - timedelta(minutes=31))
    assert client.post(url(case, "open_unread")).url == url(case)
    assert client.get(url(case)).status_code == 200


def test_a_clerk_cannot_open_what_nothing_has_read(county, clerk, desk):
    case = submit("村支书贪污。")
    Case.objects.filter(pk=case.pk).update(opened_at=timezone.now() - timedelta(minutes=31))
    assert desk(clerk).post(url(case, "open_unread")).status_code == 404


def test_the_main_head_alone_opens_what_is_sealed_up(county, case, clerk, desk):
    actions.seal_up(case, ground="上级管理干部")
    head = staff("main_head", county.commission)
    assert desk(clerk).get("/desk/cases/sealed/").status_code == 404
    assert desk(clerk).post(url(case, "open_sealed")).status_code == 404
    page = desk(head).get("/desk/cases/sealed/").content.decode()
    assert case.number in page
    assert "征地" not in page
    assert "征地补偿款" in desk(head).post(url(case, "open_sealed")).content.decode()
    assert desk(head).get(url(case)).status_code == 404


@pytest.fixture
def attachment(county):
    from intake.attachments import path_of, write_sealed

    case = submit_read(uploads=(Upload("证据.txt", "转账记录".encode()),), to=county.zones["east"])
    kept = case.report.attachments.get()
    if not path_of(kept, "copy").exists():
        write_sealed(path_of(kept, "copy"), "转账记录".encode())
    Attachment.objects.filter(pk=kept.pk).update(state=Attachment.State.CLEANED)
    return case, kept


def test_a_file_comes_as_a_download_under_a_name_that_says_nothing(attachment, clerk, desk):
    case, kept = attachment
    response = desk(clerk).get(url(case, f"files/{kept.token}"))
    assert response.content.decode() == "转账记录"
    assert response["Content-Disposition"].startswith(f'attachment; filename="{case.number}-')
    assert response["X-Content-Type-Options"] == "nosniff"
    assert case.looks.get().what == "attachment"


def test_a_file_of_another_zones_case_or_of_no_case_does_not_exist(attachment, other_handler, clerk, desk):
    case, kept = attachment
    assert desk(other_handler).get(url(case, f"files/{kept.token}")).status_code == 404
    assert desk(clerk).get(url(case, "files/" + "0" * 32)).status_code == 404
    Attachment.objects.filter(pk=kept.pk).update(state=Attachment.State.SEALED_ONLY)
    assert desk(clerk).get(url(case, f"files/{kept.token}")).status_code == 404


def test_similar_earlier_cases_are_only_those_that_the_user_may_see(county, handler, desk, index):
    hidden = submit_read(TEXT, place=XINGHUA, domain="land_demolition", to=county.zones["west"])
    known = submit_read(TEXT + "第二次反映。", domain="land_demolition", to=county.zones["east"])
    case = submit_read(TEXT, domain="land_demolition", to=county.zones["east"])
    index()
    page = desk(handler).get(url(case)).content.decode()
    assert known.number in page
    assert hidden.number not in page


def test_without_a_search_engine_the_page_stands_and_says_so(case, clerk, desk):
    response = desk(clerk).get(url(case))
    assert response.status_code == 200
    assert "search engine does not answer" in text(response)


def test_routing_again_asks_the_question_anew(case, clerk, desk):
    from search.models import ToRoute

    desk(clerk).post(url(case, "reroute"))
    assert ToRoute.objects.filter(pk=case.pk).exists()
    assert case.events.order_by("-seq")[0].verb == "reroute_asked"


def test_the_read_log_of_a_case_is_for_heads(county, case, clerk, desk):
    head = staff("deputy_head", county.commission)
    desk(clerk).get(url(case))
    assert desk(clerk).get(url(case, "looks")).status_code == 404
    assert clerk.username in desk(head).get(url(case, "looks")).content.decode()


def test_a_history_that_was_changed_says_so(case, clerk, desk):
    event = case.events.order_by("seq")[1]
    event.payload = {"ground": "写过的", "facts": {}}
    event.save()
    assert "the history was changed" in text(desk(clerk).get(url(case)))


def test_a_case_at_a_township_shows_its_path(county, clerk, desk):
    case = submit_read(place=SHIQIAO, to=county.zones["east"])
    assert "Shiqiao Town" in desk(clerk).get(url(case)).content.decode()


def test_what_somebody_typed_wrongly_comes_back_as_text(case, clerk, desk):
    page = (
        desk(clerk).post(url(case, "correct"), {"place": "<script>x</script>"}, follow=True).content.decode()
    )
    assert "<script>x" not in page
    assert "&lt;script&gt;x" in page
