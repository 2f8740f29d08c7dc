"""A citizen reports: the form, what it keeps, and the receipt."""

from __future__ import annotations

import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from intake import drafts, receipts
from intake.models import Message, Report
from tests.product import COUNTY, LIUSHUWAN
from triage.models import Case

TEXT = "柳树湾村支书把修路的钱装进了自己口袋。"
PDF = b"%PDF-1.4 contract"


def form(**fields) -> dict:
    return {"uid": str(uuid.uuid4()), "accused_rows": "1", "act": "send", "text": TEXT, **fields}


def file(name: str = "contract.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def code_in(response) -> str:
    found = re.search(r'<textarea[^>]* id="code"[^>]*>([\d ]+)<', response.content.decode())
    assert found, response.content.decode()[:3000]
    return found[1]


def test_the_text_alone_is_enough(citizen):
    response = citizen.post("/report/", form())
    assert response.status_code == 200
    report = Report.objects.get()
    assert report.text == TEXT
    assert Case.objects.get().report == report
    assert receipts.stored_form(receipts.normalised(code_in(response))) == report.receipt


def test_everything_stated_reaches_the_report(citizen):
    citizen.post(
        "/report/",
        form(
            **{
                "accused_rows": "2",
                "accused-0-name": "张三",
                "accused-0-post": "村支书",
                "accused-0-rank": "village",
                "accused-1-unit": "石桥镇政府",
                "place": LIUSHUWAN,
                "when": "2023年春",
                "amount": "3万元",
            }
        ),
    )
    assert Report.objects.get().stated == {
        "accused": [
            {"name": "张三", "unit": "", "post": "村支书", "rank": "village"},
            {"name": "", "unit": "石桥镇政府", "post": "", "rank": ""},
        ],
        "place": LIUSHUWAN,
        "when": "2023年春",
        "amount": "3万元",
    }


def test_no_cookie_is_set_from_the_form_to_the_status_page(citizen):
    citizen.get("/report/")
    code = code_in(citizen.post("/report/", form()))
    citizen.get("/follow/")
    citizen.post("/follow/", {"code": code})
    assert not citizen.cookies


@pytest.mark.parametrize("path", ["/report/", "/follow/"])
def test_pages_with_a_form_are_kept_by_nobody(citizen, path):
    response = citizen.get(path)
    assert response["Cache-Control"] == "no-store"
    assert response["Referrer-Policy"] == "no-referrer"


def test_a_double_click_is_one_report_with_one_code(citizen):
    sent = form(files=[file()])
    first = code_in(citizen.post("/report/", sent))
    assert code_in(citizen.post("/report/", {**sent, "files": [file()]})) == first
    assert Report.objects.count() == 1
    assert Report.objects.get().attachments.count() == 1


def test_the_same_form_with_another_text_offers_to_add_it(citizen):
    sent = form()
    code = code_in(citizen.post("/report/", sent))
    offered = citizen.post("/report/", {**sent, "text": "还有一件事。"})
    assert Report.objects.count() == 1
    assert not Message.objects.exists()
    assert code in offered.content.decode()
    added = citizen.post("/report/", {**sent, "text": "还有一件事。", "act": "add"})
    assert code_in(added) == code
    assert Message.objects.get().text == "还有一件事。"


def test_adding_twice_is_one_message(citizen):
    sent = form()
    citizen.post("/report/", sent)
    for _ in range(2):
        citizen.post("/report/", {**sent, "text": "还有一件事。", "act": "add"})
    assert Message.objects.count() == 1


def test_a_file_chosen_after_sending_is_not_lost(citizen):
    sent = form()
    citizen.post("/report/", sent)
    citizen.post("/report/", {**sent, "files": [file()]})  # the page offers to add it, and keeps it
    citizen.post("/report/", {**sent, "act": "add"})
    assert Message.objects.get().attachments.count() == 1


def test_the_same_form_can_become_a_new_report(citizen):
    sent = form()
    citizen.post("/report/", sent)
    anew = citizen.post("/report/", {**sent, "text": "另一件事。", "act": "anew"}).content.decode()
    fresh = re.search(r'name="uid" value="([^"]+)"', anew)[1]
    assert fresh != sent["uid"]
    assert "另一件事。" in anew
    citizen.post("/report/", {**sent, "uid": fresh, "text": "另一件事。"})
    assert Report.objects.count() == 2


def test_an_empty_text_keeps_everything_typed_and_every_file(citizen):
    sent = form(
        **{
            "text": "  ",
            "accused-0-name": "张三",
            "place": LIUSHUWAN,
            "when": "去年",
            "who": "named",
            "name": "李四",
            "phone": "13800000000",
            "withheld": "on",
            "files": [file()],
        }
    )
    response = citizen.post("/report/", sent)
    page = response.content.decode()
    assert response.status_code == 422
    assert not Report.objects.exists()
    assert 'href="#id_text"' in page
    for kept in (
        'value="张三"',
        f'value="{LIUSHUWAN}" selected',
        'value="去年"',
        'value="李四"',
        "contract.pdf",
    ):
        assert kept in page
    assert re.search(r'id="id_who_named" value="named" checked', page)
    assert re.search(r'name="withheld" id="id_withheld" value="on" checked', page)
    citizen.post("/report/", {**sent, "text": TEXT, "files": []})
    assert Report.objects.get().attachments.count() == 1


def test_a_kept_file_can_be_taken_back(citizen):
    sent = form(text="", files=[file()])
    citizen.post("/report/", sent)
    token = drafts.listed(sent["uid"])[0].token
    page = citizen.post("/report/", {**sent, "files": [], "act": f"remove:{token}"}).content.decode()
    assert "contract.pdf" not in page
    assert not drafts.listed(sent["uid"])


def test_kept_files_are_sealed_and_go_after_an_hour(citizen, data_folder):
    sent = form(text="", files=[file(content=b"%PDF-1.4 secret words of a letter")])
    citizen.post("/report/", sent)
    stored = [p for p in (data_folder / "drafts").rglob("*") if p.is_file()]
    assert stored
    assert not any(b"secret words" in p.read_bytes() or b"contract" in p.read_bytes() for p in stored)
    assert not any(sent["uid"].replace("-", "") in str(p).replace("-", "") for p in stored)
    assert drafts.sweep() == 0
    assert drafts.sweep(now=stored[0].stat().st_mtime + 2 * drafts.KEPT_SECONDS) >= 1
    assert not drafts.listed(sent["uid"])


def test_another_person_is_added_without_a_script(citizen):
    page = citizen.post("/report/", form(act="person", **{"accused-0-name": "张三"})).content.decode()
    assert 'value="张三"' in page
    assert 'name="accused-1-name"' in page
    assert TEXT in page


def test_the_language_button_keeps_what_was_typed(citizen):
    response = citizen.post("/report/", form(act="language:en"))
    assert TEXT in response.content.decode()
    assert '<html lang="en">' in response.content.decode()
    assert response.cookies["django_language"].value == "en"


def test_an_anonymous_report_stores_no_contact_even_if_the_browser_filled_it_in(citizen):
    citizen.post("/report/", form(who="anonymous", name="李四", phone="13800000000", email="bad"))
    from intake.reporters import Reporter

    assert not Reporter.objects.exists()
    assert not Report.objects.get().named


def test_a_name_needs_a_contact(citizen):
    response = citizen.post("/report/", form(who="named", name="李四"))
    assert response.status_code == 422
    assert 'href="#id_phone"' in response.content.decode()


def test_a_named_report_is_sealed_and_can_be_withheld(citizen):
    citizen.post("/report/", form(who="named", name="李四", phone="138 0000 0000", withheld="on"))
    report = Report.objects.get()
    assert (report.named, report.withheld) == (True, True)


def test_a_place_outside_the_list_is_refused(citizen):
    response = citizen.post("/report/", form(place="village:110101001001"))
    assert response.status_code == 422
    assert 'href="#id_place"' in response.content.decode()
    assert TEXT in response.content.decode()


def test_the_county_itself_is_a_place(citizen):
    citizen.post("/report/", form(place=COUNTY))
    assert Report.objects.get().stated["place"] == COUNTY


def test_a_form_from_another_site_is_refused(citizen):
    response = citizen.post("/report/", form(), headers={"Sec-Fetch-Site": "cross-site"})
    assert response.status_code == 403
    assert not Report.objects.exists()


def test_an_old_browser_that_says_another_origin_is_refused(county):
    assert (
        Client().post("/report/", form(), headers={"Origin": "https://elsewhere.example"}).status_code == 403
    )
    assert Client().post("/report/", form(), headers={"Origin": "null"}).status_code == 200


def test_a_program_that_fills_in_everything_is_asked_again_and_a_person_gets_through(citizen):
    sent = form(website="https://spam.example")
    first = citizen.post("/report/", sent)
    assert first.status_code == 422
    assert not Report.objects.exists()
    assert 'value="https://spam' not in first.content.decode()
    assert citizen.post("/report/", {**sent, "website": ""}).status_code == 200


def test_a_flood_from_one_client_is_stopped_and_loses_nothing(citizen, settings):
    settings.PORTAL_REPORTS_PER_HOUR = 3
    statuses = [citizen.post("/report/", form(), REMOTE_ADDR="198.41.0.4").status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    assert citizen.post("/report/", form(), REMOTE_ADDR="198.41.0.5").status_code == 200
    late = citizen.post("/report/", form(text="我的话"), REMOTE_ADDR="198.41.0.4").content.decode()
    assert "我的话" in late


def test_a_flood_from_everywhere_is_stopped(citizen, settings):
    settings.PORTAL_REPORTS_PER_MINUTE = 5
    assert [citizen.post("/report/", form()).status_code for _ in range(6)].count(429) == 1


def test_a_full_disk_is_said_plainly(citizen, settings):
    settings.PORTAL_DISK_FLOOR = 1 << 60
    assert citizen.get("/report/").status_code == 503
    response = citizen.post("/report/", form())
    assert response.status_code == 503
    assert TEXT in response.content.decode()
    assert not Report.objects.exists()


def test_too_large_a_body_gets_our_own_page(citizen, settings):
    settings.PORTAL_BODY_LIMIT = 1000
    response = citizen.post("/report/", form(text="长" * 1000))
    assert response.status_code == 413
    assert "flypaper.css" in response.content.decode()


def test_no_address_of_the_device_is_stored_anywhere(citizen, data_folder):
    from django.db import connection

    planted = "198.41.0.77"
    headers = {"X-Forwarded-For": planted, "User-Agent": "planted-agent-7731"}
    citizen.post("/report/", form(files=[file()]), REMOTE_ADDR=planted, headers=headers)
    citizen.post("/report/", form(text=""), REMOTE_ADDR=planted, headers=headers)
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                assert planted not in repr(row)
                assert "planted-agent" not in repr(row)
    for path in data_folder.rglob("*"):
        if path.is_file():
            assert planted.encode() not in path.read_bytes()
            assert b"planted-agent" not in path.read_bytes()


def test_a_disk_that_fails_while_storing_loses_nothing(citizen, monkeypatch):
    from intake import attachments

    def fail(path, content):
        raise OSError(28, "No space left on device")

    sent = form(files=[file()])
    with monkeypatch.context() as broken:
        broken.setattr(attachments, "write_sealed", fail)
        response = citizen.post("/report/", sent)
    page = response.content.decode()
    assert response.status_code == 503
    assert TEXT in page
    assert "contract.pdf" in page  # named as not kept
    assert not Report.objects.exists()
    assert citizen.post("/report/", {**sent, "files": [file()]}).status_code == 200


def test_a_database_that_is_busy_too_long_loses_nothing(citizen, monkeypatch):
    from django.db import OperationalError

    import intake.actions

    def wait_too_long(incoming):
        raise OperationalError("locked")

    sent = form(files=[file()])
    with monkeypatch.context() as busy:
        busy.setattr(intake.actions, "receive", wait_too_long)
        response = citizen.post("/report/", sent)
    assert response.status_code == 503
    assert TEXT in response.content.decode()
    assert citizen.post("/report/", {**sent, "files": []}).status_code == 200
    assert Report.objects.get().attachments.count() == 1
