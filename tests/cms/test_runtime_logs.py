import io
import logging

import pytest
from django.test import RequestFactory

from cms.logs import PlaceFormatter, RequestFilter, describe

SECRET = "举报人 13800000000"


def fail():
    raise ValueError(SECRET)


@pytest.fixture
def caught():
    with pytest.raises(ValueError, match=SECRET) as info:
        fail()
    return info


def test_of_an_exception_the_log_keeps_type_and_places(caught):
    record = logging.LogRecord("flypaper", logging.ERROR, __file__, 1, "It failed.", (), caught._excinfo)
    line = PlaceFormatter().format(record)
    assert line.startswith("It failed.\nValueError at ")
    assert "in fail < " in line
    assert SECRET not in line


def test_an_exception_formatted_before_is_formatted_anew(caught):
    record = logging.LogRecord("flypaper", logging.ERROR, __file__, 1, "It failed.", (), caught._excinfo)
    logging.Formatter().format(record)
    assert SECRET in record.exc_text
    assert SECRET not in PlaceFormatter().format(record)


def test_of_a_request_the_log_keeps_the_method_and_the_status():
    record = logging.LogRecord(
        "django.request", logging.ERROR, "", 1, "Not Found: %s", ("/follow/?code=1",), None
    )
    record.request, record.status_code = RequestFactory().get("/follow/?code=1"), 404
    assert RequestFilter().filter(record)
    assert record.getMessage() == "A request failed (GET 404)."


def test_a_cause_is_named_by_its_type_alone():
    def translate():
        try:
            fail()
        except ValueError as error:
            raise KeyError(SECRET) from error

    with pytest.raises(KeyError) as info:
        translate()
    assert describe(info.value).endswith("; after ValueError")
    assert SECRET not in describe(info.value)


@pytest.mark.django_db
def test_a_page_that_breaks_logs_nothing_of_what_was_sent(client, monkeypatch):
    def broken(request):
        raise RuntimeError(SECRET)

    monkeypatch.setattr("cms.views.follow._under_code", broken)
    said = io.StringIO()
    monkeypatch.setattr(logging.getLogger("django.request").handlers[0], "stream", said)
    client.raise_request_exception = False
    answer = client.post("/follow/", {"code": SECRET}, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 500
    assert "RuntimeError at " in said.getvalue()
    assert SECRET not in said.getvalue()
    assert "/follow/" not in said.getvalue()
