import pytest
from django.core.management import call_command

from intake.refusals import Refused
from tests.product import staff, submit
from triage.actions.territory import load_territory
from triage.models import Case, Installation, Office, Place, Role, Zone
from triage.places import keys

pytestmark = pytest.mark.django_db
QISHAN = "610323000000"


def test_one_command_makes_a_county_the_territory():
    call_command("load_territory", QISHAN, verbosity=0)
    here = Installation.current()
    assert here.root_id == f"county:{QISHAN}"
    assert here.receiving.place_id == here.root_id
    townships = Place.objects.filter(depth=3).below(here.root_id)
    assert Office.objects.filter(kind=Office.Kind.TOWNSHIP).count() == townships.count() > 5
    assert sorted(t.pk for z in Zone.objects.all() for t in z.townships.all()) == sorted(
        townships.values_list("pk", flat=True)
    )


def test_a_second_time_keeps_what_was_edited():
    load_territory(QISHAN)
    Zone.objects.update(name="东片")
    before = [m.objects.count() for m in (Place, Office, Zone)]
    load_territory(QISHAN)
    assert [m.objects.count() for m in (Place, Office, Zone)] == before
    assert Zone.objects.filter(name="东片").count() == before[2]


@pytest.mark.parametrize("code", ["999999999999", "", "610323", "county:999999999999", "x" * 400])
def test_an_unknown_code_is_refused_and_nothing_is_half_done(code):
    with pytest.raises(Refused):
        load_territory(code)
    assert not Place.objects.exists()


def test_the_territory_is_not_moved_under_cases():
    load_territory(QISHAN)
    submit()
    with pytest.raises(Refused):
        load_territory("610324000000")


def test_whoever_serves_the_nation_sees_the_cases_of_every_county(monkeypatch):
    load_territory(QISHAN)
    here = Installation.current()
    case = submit()
    Case.objects.filter(pk=case.pk).update(state=Case.State.UNROUTED)
    nation = Office.objects.create(code="n", name="n", kind="commission", place_id=keys.NATION)
    assert here.root_id in Case.objects.get().seen_by()
    assert Case.objects.visible_to(staff(Role.INVESTIGATOR, nation)).count() == 1
