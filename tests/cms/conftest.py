"""People of the small county, a desk signed in for each, and a citizen at the portal."""

from __future__ import annotations

import pytest
from django.test import Client

from cms import limits
from search.backends.sqlite import file
from search.indexing import current_engine
from tests.cms.desk import sign_in
from tests.product import staff


@pytest.fixture(autouse=True)
def _fresh_counts():
    limits.forget()


@pytest.fixture
def citizen(county) -> Client:
    """A browser with no cookie, that says where it comes from as browsers do."""
    return Client(headers={"Sec-Fetch-Site": "same-origin"})


@pytest.fixture
def clerk(county):
    return staff("clerk", county.letters)


@pytest.fixture
def handler(county):
    return staff("handler", county.zones["east"])


@pytest.fixture
def other_handler(county):
    return staff("handler", county.zones["west"])


@pytest.fixture
def desk():
    """desk(user): a client that is signed in."""
    return lambda user: sign_in(Client(headers={"accept-language": "en"}), user)


@pytest.fixture
def index(db):
    """Call it: what waits is written into an index of this test alone."""
    from search.models import Stale
    from search.tasks import index_stale

    yield lambda: index_stale(list(Stale.objects.values_list("pk", flat=True)))
    if held := current_engine():
        held.delete()
    file.close()
