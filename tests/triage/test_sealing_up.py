import io
import json
import zipfile

import pytest
from django.core.management import call_command

from intake.channels import Identity, Upload
from intake.handing_up import new_exchange_key, open_sealed_file, sealed_for_superior
from intake.refusals import Refused
from tests.product import staff, submit_read
from triage import actions
from triage.models import Case, Look, Matter, Role, Subject
from triage.scope import sealed_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def sealed(county):
    case = submit_read("副县长收了开发商的房子。", identity=Identity(name="钱多宝", phone="13800001234"))
    actions.seal_up(case, ground="RULE 15")
    return case


@pytest.mark.parametrize("role", [r for r in Role.values if r != Role.MAIN_HEAD])
def test_a_sealed_up_case_exists_for_nobody_but_the_main_head(county, sealed, role):
    user = staff(role, county.commission)
    assert not Case.objects.visible_to(user).exists()
    assert not sealed_for(user).exists()


def test_the_main_head_opens_it_and_the_look_is_written_down(county, sealed):
    head = staff(Role.MAIN_HEAD, county.commission)
    assert not Case.objects.visible_to(head).exists()
    assert actions.open_sealed(sealed, by=head)[1] == "副县长收了开发商的房子。"
    assert Look.objects.filter(case=sealed, by=head, what=Look.What.ORIGINAL).count() == 1


def test_what_concerns_the_receiving_organs_own_head_is_opened_by_nobody_below(county):
    case = submit_read()
    actions.seal_up(case, ground="RULE 15", for_upper=True)
    head = staff(Role.MAIN_HEAD, county.commission)
    with pytest.raises(Refused):
        actions.open_sealed(case, by=head)


def test_what_the_reading_made_of_it_is_deleted(county, sealed):
    sealed.refresh_from_db()
    assert not sealed.readings.exists()
    assert not Matter.objects.filter(case=sealed).exists()
    assert not Subject.objects.filter(case=sealed).exists()
    assert (sealed.title, sealed.text, sealed.domain_id) == ("", "", None)


def test_it_goes_up_whole_in_a_file_that_only_the_superior_opens(county, tmp_path):
    case = submit_read(
        "副县长收了房子。",
        identity=Identity(name="钱多宝", phone="1"),
        uploads=(Upload("a.txt", "证据".encode()),),
    )
    actions.seal_up(case, ground="RULE 15")
    private, public = new_exchange_key()
    (tmp_path / "pub").write_bytes(public)
    call_command("send_up", str(tmp_path / "out"), "--key", str(tmp_path / "pub"))
    content = (tmp_path / "out" / f"{case.number}.sealed").read_bytes()
    assert "副县长".encode() not in content
    with zipfile.ZipFile(io.BytesIO(open_sealed_file(content, private))) as whole:
        told = json.loads(whole.read("report.json"))
        assert (told["text"], told["reporter"]["name"]) == ("副县长收了房子。", "钱多宝")
        assert whole.read("files/01.text") == "证据".encode()
    assert case.events.filter(verb="sent_up").exists()


def test_another_key_or_a_changed_byte_opens_nothing(county, sealed):
    private, public = new_exchange_key()
    content = sealed_for_superior(sealed.report, public)
    with pytest.raises(Refused):
        open_sealed_file(content, new_exchange_key()[0])
    with pytest.raises(Refused):
        open_sealed_file(content[:-1] + bytes([content[-1] ^ 1]), private)
