"""Whatever comes: a clear answer in the reader's language, or stored safely as it came; nothing half-done."""

from __future__ import annotations

import uuid
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cms import limits
from intake.models import Attachment, Message, Report
from intake.reporters import Reporter
from tests.product import submit
from triage.models import Case

INJECTIONS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</textarea><h1>mine</h1>",
    "'; DROP TABLE intake_report; --",
    '=HYPERLINK("http://evil.example")',
    "{{ settings.SECRET_KEY }}{% load i18n %}",
    "%s %(n)s {0} \\x00",
    "../../etc/passwd",
]
ODD = [
    "📮🧾 村支书👨‍👩‍👧",
    "\u202eيمين\u202c 左",
    "a\u0301\u200b\ufeff\u2028b",
    "\x01\x02\x1b[31m red",
    "𠀀𪚥 rare characters",
    "\ud800 a lone surrogate".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
]


@pytest.fixture
def citizen(county) -> Client:
    return Client(headers={"Sec-Fetch-Site": "same-origin", "Accept-Language": "en"})


def form(**fields) -> dict:
    return {"uid": str(uuid.uuid4()), "act": "send", "text": "一件事", **fields}


def nothing_stored() -> bool:
    return not (Report.objects.exists() or Case.objects.exists() or Attachment.objects.exists())


@pytest.mark.parametrize("words", INJECTIONS + ODD)
def test_any_words_are_stored_as_they_came_and_shown_as_words(citizen, words):
    fields = {
        "accused-0-name": words,
        "accused-0-unit": words,
        "accused-0-post": words,
        "when": words,
        "amount": words,
        "who": "named",
        "name": words,
        "phone": f"12345 {words}",
    }
    refused = citizen.post("/report/", form(text="", **fields)).content.decode()
    for raw in ("<script>alert", "<img src=x", "<h1>mine"):
        assert raw not in refused
    assert citizen.post("/report/", form(text=words, **fields)).status_code == 200
    report = Report.objects.get()
    assert report.text == words
    stated = report.stated
    assert stated["accused"][0]["name"] == stated["when"] == stated["amount"] == words.strip()
    assert Reporter.objects.get().payload["name"] == words.strip()


@pytest.mark.parametrize("text", ["", " ", "\n\r\n\t", "\u3000\u3000", "\u200b\u2060"])
def test_an_empty_text_is_no_report(citizen, text):
    response = citizen.post("/report/", form(text=text))
    assert response.status_code == 422
    assert "Please write what happened." in response.content.decode()
    assert nothing_stored()


def test_a_null_character_is_said_and_nothing_is_lost(citizen):
    response = citizen.post("/report/", form(text="before\0after", when="last year"))
    assert response.status_code == 422
    assert "after" in response.content.decode()
    assert 'value="last year"' in response.content.decode()
    assert nothing_stored()


def test_a_long_pasted_text_is_taken_whole(citizen):
    text = "村" * 200_000
    assert citizen.post("/report/", form(text=text)).status_code == 200
    assert Report.objects.get().text == text


def test_a_text_beyond_a_million_characters_is_refused_and_kept_on_the_page(citizen):
    text = "村" * 1_000_001
    response = citizen.post("/report/", form(text=text))
    assert response.status_code == 422
    assert text in response.content.decode()
    assert nothing_stored()


def test_ten_megabytes_of_text_get_our_own_page(citizen):
    response = citizen.post("/report/", form(text="x" * 10_000_000))
    assert response.status_code == 413
    assert "too large" in response.content.decode()
    assert nothing_stored()


def test_broken_utf_8_is_stored_with_its_holes(citizen):
    body = b"uid=" + str(uuid.uuid4()).encode() + b"&act=send&text=%FF%FEabc%E6%9D"
    response = citizen.post("/report/", body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 200
    assert Report.objects.get().text == "\ufffd\ufffdabc\ufffd"


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="te'),
        ("application/json", b'{"text": "a"}'),
        ("text/plain", b"\0\1\2"),
    ],
)
def test_a_body_that_is_no_form_stores_nothing(citizen, content_type, body):
    assert citizen.generic("POST", "/report/", body, content_type).status_code in (400, 422)
    assert nothing_stored()


def test_a_thousand_and_one_fields_get_our_own_page(citizen):
    response = citizen.post("/report/", {f"f{i}": "1" for i in range(1500)})
    assert response.status_code == 413
    assert "flypaper.css" in response.content.decode()


@pytest.mark.parametrize(
    "fields",
    [
        {"uid": ""},
        {"uid": "not-a-uuid"},
        {"uid": "../../../etc"},
        {"place": "village:999"},
        {"place": "nonsense"},
        {"place": "county:110101000000"},
        {"accused-0-name": "x" * 201},
        {"accused-0-name": "x", "accused-0-rank": "emperor"},
        {"who": "named", "name": "x", "email": "no address"},
        {"who": "named", "name": "", "phone": "13800000000"},
        {"who": "nobody"},
        {"when": "y" * 201},
    ],
    ids=str,
)
def test_a_wrong_field_is_named_and_nothing_stored(citizen, fields):
    response = citizen.post("/report/", form(**fields))
    assert response.status_code == 422
    assert 'id="summary"' in response.content.decode()
    assert "一件事" in response.content.decode()
    assert nothing_stored()


@pytest.mark.parametrize("rows", ["", "-1", "0", "999999", "1e9", "²", "many"])
def test_a_wrong_number_of_people_does_no_harm(citizen, rows):
    assert citizen.post("/report/", form(accused_rows=rows)).status_code == 200


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("empty.jpg", b"", "is empty"),
        ("photo.jpg", b"MZ\x90\0\0\0 a program", "cannot be taken"),
        ("page.html.pdf", b"\0\0\0\0", "cannot be taken"),
        ("big.pdf", b"%PDF-1.4" + b"0" * (21 << 20), "too large"),
        ("archive.zip", b"PK\x03\x04" + b"\0" * 100, "cannot be taken"),
    ],
)
def test_a_file_that_cannot_be_taken_is_named_and_the_rest_is_kept(citizen, name, content, sentence):
    good = SimpleUploadedFile("good.pdf", b"%PDF-1.4 good")
    sent = form(files=[SimpleUploadedFile(name, content), good])
    page = citizen.post("/report/", sent).content.decode()
    assert sentence in page
    assert name in page
    assert "good.pdf" in page
    assert nothing_stored()


def test_a_file_beyond_all_measure_does_not_take_the_letter_with_it(citizen, data_folder):
    video = SimpleUploadedFile("video.mp4", b"\0\0\0\x18ftypisom" + bytes(45 << 20))
    good = SimpleUploadedFile("good.pdf", b"%PDF-1.4 good")
    page = citizen.post("/report/", form(files=[video, good])).content.decode()
    assert "“video.mp4” is too large" in page
    assert "一件事" in page
    assert "good.pdf" in page
    assert not list((data_folder / "incoming").iterdir())


def test_four_files_within_their_limit_may_be_too_large_together(citizen):
    files = [SimpleUploadedFile(f"{i}.pdf", b"%PDF-1.4" + bytes([i]) * (19 << 20)) for i in range(4)]
    page = citizen.post("/report/", form(files=files)).content.decode()
    assert "too large together" in page
    assert "2.pdf" in page
    assert nothing_stored()


def test_eleven_files_are_too_many(citizen):
    files = [SimpleUploadedFile(f"{i}.pdf", b"%PDF" + b"-1.4" * (i + 1)) for i in range(11)]
    page = citizen.post("/report/", form(files=files)).content.decode()
    assert "At most 10 files" in page
    assert nothing_stored()


@pytest.mark.parametrize(
    "name", ["../../evil.pdf", "村账\r\nX-Header: 1.pdf", "a" * 400 + ".pdf", "<b>.pdf", "\u202egpj.pdf"]
)
def test_a_files_name_is_only_a_word(citizen, name, data_folder):
    body = (
        b'--x\r\nContent-Disposition: form-data; name="uid"\r\n\r\n'
        + str(uuid.uuid4()).encode()
        + b'\r\n--x\r\nContent-Disposition: form-data; name="text"\r\n\r\nabc'
        + b"\r\n--x\r\nContent-Disposition: form-data; name=\"files\"; filename*=UTF-8''"
        + quote(name).encode()
        + b"\r\nContent-Type: text/html\r\n\r\n%PDF-1.4 x\r\n--x--\r\n"
    )
    assert citizen.generic("POST", "/report/", body, "multipart/form-data; boundary=x").status_code == 200
    attachment = Attachment.objects.get()
    assert attachment.payload["type"] == "application/pdf"
    assert len(attachment.payload["name"]) <= 200
    assert not [p for p in data_folder.rglob("*") if "evil" in p.name or "村账" in p.name]


@pytest.mark.parametrize("words", INJECTIONS + ODD)
def test_any_words_in_the_mailbox_are_stored_as_they_came(citizen, words):
    from intake import receipts

    case = submit()
    code = receipts.code_for(case.report.channel, case.report.external_id)
    citizen.post("/follow/", {"code": code, "act": "write", "uid": str(uuid.uuid4()), "text": words})
    assert Message.objects.get().text == words


@pytest.mark.parametrize("code", [*INJECTIONS, "", "0" * 5000, "١٢٣٤", "２８" * 14, "-1", "\x01"])
def test_any_words_as_a_code_find_nothing_and_break_nothing(citizen, code):
    limits.forget()
    response = citizen.post("/follow/", {"code": code})
    assert response.status_code == 200
    assert 'role="alert"' in response.content.decode()
    assert "<script>alert" not in response.content.decode()


@pytest.mark.parametrize(
    "act", ["", "nonsense", "remove:../../x", "remove:*", "language:xx", "write:x", "add"]
)
def test_an_unknown_button_does_no_harm(citizen, act):
    assert citizen.post("/report/", form(act=act)).status_code in (200, 422)


def test_a_method_that_is_no_form_is_refused(citizen):
    assert citizen.put("/report/", b"x").status_code == 405
    assert citizen.delete("/follow/").status_code == 405


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil"]
)
def test_the_language_link_leads_nowhere_else(citizen, back):
    assert citizen.get("/language/en/", {"next": back})["Location"] == "/"


def test_the_language_link_remembers_and_leads_back(citizen):
    response = citizen.get("/language/zh-hans/?next=/follow/")
    assert response["Location"] == "/follow/"
    assert '<html lang="zh-Hans">' in citizen.get("/follow/").content.decode()
