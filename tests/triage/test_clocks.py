from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from intake.channels import Identity
from tests.product import staff, submit_read
from triage import actions
from triage.models import Case, Role

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)
NAMED = Identity(name="钱多宝", phone="13800001234")


def test_an_anonymous_report_is_due_one_month_after_receipt(county):
    assert submit_read(received_at=MONDAY).due_on.isoformat() == "2026-04-02"


def test_a_named_report_is_due_when_its_acceptance_must_be_told(county):
    # 15 working days after Monday 2 March 2026: no day off in between.
    assert submit_read(received_at=MONDAY, identity=NAMED).due_on.isoformat() == "2026-03-23"


def test_telling_the_reporter_stops_that_clock_and_the_next_one_counts(county):
    clerk = staff(Role.CLERK, county.letters)
    case = submit_read(received_at=MONDAY, identity=NAMED)
    actions.answer(case, "已受理", by=clerk)
    case.refresh_from_db()
    assert case.due_on.isoformat() == "2026-04-02"


def test_a_case_past_its_due_date_is_overdue_until_it_is_closed(county):
    clerk = staff(Role.CLERK, county.letters)
    case = submit_read(received_at=MONDAY, to=county.zones["east"])
    assert case in Case.objects.overdue()
    actions.close(case, by=clerk, outcome="unfounded", ground="checked")
    assert case not in Case.objects.overdue()
