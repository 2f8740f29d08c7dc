"""Under the receipt code: status, mailbox, objection, withdrawal; and wrong codes."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

import intake.actions
from intake import receipts
from intake.models import Message, Report
from tests.product import staff, submit, submit_read
from triage import actions
from triage.models import Case, Role

UID = "1f0d5f54-9b0f-4c73-8a53-0c2a5d2a9a11"


def code_of(case: Case) -> str:
    return receipts.grouped(receipts.code_for(case.report.channel, case.report.external_id))


def page(citizen: Client, case: Case, **fields) -> str:
    response = citizen.post("/follow/", {"code": code_of(case), **fields}, headers={"Accept-Language": "en"})
    return response.content.decode()


def status(html: str) -> str:
    return re.search(r'class="status">.*?<strong>(.*?)</strong>', html, re.S)[1]


@pytest.fixture
def clerk(county):
    return staff(Role.CLERK, county.letters)


def test_a_report_that_nothing_has_read_is_received(citizen):
    assert status(page(citizen, submit())) == "Received"


def test_the_code_may_be_typed_in_any_spacing_and_width(citizen):
    case = submit()
    wide = code_of(case).translate({ord(str(d)): ord("０") + d for d in range(10)}).replace(" ", "-")
    response = citizen.post("/follow/", {"code": wide}, headers={"Accept-Language": "en"})
    assert status(response.content.decode()) == "Received"


def test_the_status_follows_the_case(citizen, county, clerk):
    case = submit_read(to=county.zones["east"])
    assert status(page(citizen, case)) == "Accepted"
    actions.accept(case, by=clerk)
    assert status(page(citizen, case)) == "In hand"
    actions.close(case, by=clerk, outcome="closed", ground="done")
    assert status(page(citizen, case)) == "Concluded"


def test_a_forwarded_report_says_so(citizen, county, clerk):
    case = submit_read(to=county.zones["east"])
    actions.forward(case, body=county.upper, by=clerk, ground="not ours")
    assert status(page(citizen, case)) == "Passed to the competent body"


def test_a_sealed_up_report_looks_like_one_just_received(citizen, county):
    plain, sealed = submit(), submit_read(to=county.zones["east"])
    actions.seal_up(sealed, ground="belongs to a higher level")
    hidden = re.compile(r"value=\"[\d a-f-]+\"")
    assert hidden.sub("", page(citizen, sealed)) == hidden.sub("", page(citizen, plain))


def test_the_page_tells_nothing_of_the_content_the_place_or_the_people(citizen, county, clerk):
    case = submit_read("柳树湾村支书张三贪污。", to=county.zones["east"])
    actions.accept(case, by=clerk, handler=clerk.officer)
    html = page(citizen, case)
    for secret in ("张三", "柳树湾", "贪污", case.number, "east", clerk.officer.name, clerk.username):
        assert secret not in html


def test_a_question_and_its_answer_travel_both_ways(citizen, county, clerk):
    case = submit_read(to=county.zones["east"])
    actions.ask(case, "是哪一年的事？", by=clerk)
    html = page(citizen, case)
    assert "是哪一年的事？" in html
    assert 'value="answer"' in html
    html = page(citizen, case, act="answer", uid=UID, text="2023年")
    answer = Message.objects.get(kind=Message.Kind.ANSWER)
    assert (answer.text, answer.from_office) == ("2023年", False)
    assert "2023年" not in re.sub(r"<time.*?</time>", "", html)
    assert 'value="write"' in html


def test_a_message_with_evidence_is_added_once_however_often_it_is_sent(citizen):
    case = submit()
    for _ in range(2):
        evidence = SimpleUploadedFile("page.pdf", b"%PDF-1.4 page")
        page(citizen, case, act="write", uid=UID, text="新证据", files=[evidence])
    message = Message.objects.get()
    assert (message.kind, message.attachments.count()) == (Message.Kind.ADDITION, 1)


def test_a_changed_message_from_the_same_page_is_not_lost(citizen):
    case = submit()
    page(citizen, case, act="write", uid=UID, text="一")
    page(citizen, case, act="write", uid=UID, text="二")
    assert [m.text for m in Message.objects.all()] == ["一", "二"]


def test_a_refused_file_keeps_the_text_and_the_other_file(citizen):
    case = submit()
    files = [SimpleUploadedFile("ok.pdf", b"%PDF-1.4"), SimpleUploadedFile("bad.exe", b"MZ\0\0")]
    html = page(citizen, case, act="write", uid=UID, text="我的话", files=files)
    assert "我的话" in html
    assert "ok.pdf" in html
    assert not Message.objects.exists()
    page(citizen, case, act="write", uid=UID, text="我的话")
    assert Message.objects.get().attachments.count() == 1


def test_withdrawing_asks_first_says_that_nothing_is_deleted_and_deletes_nothing(citizen):
    case = submit()
    assert "not deleted" in page(citizen, case, act="ask_withdraw", uid=UID)
    assert not Message.objects.exists()
    html = page(citizen, case, act="withdraw", uid=UID, text="")
    assert Message.objects.get().kind == Message.Kind.WITHDRAWAL
    assert Report.objects.exists()
    assert case.events.filter(verb="reporter_withdrawal").exists()
    assert 'value="ask_withdraw"' not in html


def test_one_can_object_once_and_only_after_the_end(citizen, county, clerk):
    case = submit_read(to=county.zones["east"])
    page(citizen, case, act="object", uid=UID, text="不同意")
    assert not Message.objects.exists()
    actions.close(case, by=clerk, outcome="closed", ground="done")
    assert 'value="object"' in page(citizen, case)
    html = page(citizen, case, act="object", uid=UID, text="不同意")
    assert Message.objects.get().kind == Message.Kind.OBJECTION
    assert 'value="object"' not in html
    page(citizen, case, act="object", uid=UID.replace("1f", "2f"), text="还是不同意")
    assert Message.objects.count() == 1


def test_a_wrong_code_and_an_unknown_one_get_the_same_answer(citizen):
    unknown = receipts.grouped(receipts.code_for("web", "nobody has sent this"))
    answers = {
        typed: citizen.post("/follow/", {"code": typed})
        for typed in (unknown, unknown[:-1] + "x", "1", "' OR 1=1")
    }
    assert len({a.status_code for a in answers.values()}) == 1
    shown = {
        a.content.decode().replace(f'value="{typed}"', "").replace('value="&#x27; OR 1=1"', "")
        for typed, a in answers.items()
    }
    assert len(shown) == 1


def test_guessing_codes_is_slowed_down(citizen):
    guess = {"code": "1234 5678 9012 3456 7890 1234 5678"}
    answers = [citizen.post("/follow/", guess, REMOTE_ADDR="198.41.0.4").status_code for _ in range(8)]
    assert answers[:5] == [200] * 5
    assert 429 in answers
    case = submit()
    assert citizen.post("/follow/", {"code": code_of(case)}, REMOTE_ADDR="198.41.0.9").status_code == 200


def test_when_everybody_guesses_a_right_code_is_still_answered(citizen, settings):
    settings.PORTAL_WRONG_CODES_PER_MINUTE = 3
    assert [citizen.post("/follow/", {"code": "1"}).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert status(page(citizen, submit())) == "Received"


def test_the_code_stands_in_no_address(citizen):
    html = page(citizen, submit())
    assert not re.search(r'(href|action)="[^"]*\d{4}[ +%]', html)
    assert citizen.get("/follow/?code=1").status_code == 200


def test_a_case_that_a_failed_receiver_left_out_is_received(citizen):
    case = submit()
    report = case.report
    case.events.all().delete()
    case.delete()
    code = receipts.grouped(receipts.code_for(report.channel, report.external_id))
    html = citizen.post("/follow/", {"code": code}, headers={"Accept-Language": "en"}).content.decode()
    assert status(html) == "Received"


def test_a_letters_receipt_works_like_the_forms(citizen):
    case = submit(channel="letter")
    assert status(page(citizen, case)) == "Received"
    assert intake.actions.find_by_code(code_of(case)) == case.report
