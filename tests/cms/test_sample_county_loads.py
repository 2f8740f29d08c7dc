import pytest

from cms.demo import loading
from triage.models import Appointment, Installation, Office, Officer, Place, Zone

pytestmark = pytest.mark.django_db


def test_the_sample_county_loads_and_a_second_time_changes_nothing():
    def counts():
        return [m.objects.count() for m in (Place, Office, Zone, Officer, Appointment)]

    loading.load_county()
    first = counts()
    loading.load_county()
    assert counts() == first
    assert Zone.objects.count() == 4
    assert sum(z.townships.count() for z in Zone.objects.all()) == 14
    assert Installation.current().receiving.code == "county-commission"


def test_every_post_of_the_sample_county_was_approved_by_a_second_person():
    loading.load_county()
    assert Appointment.objects.in_force().count() == Appointment.objects.count() > 50
