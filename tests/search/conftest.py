"""Engines, a county, and an index that is brought up to date when a test says so."""

from __future__ import annotations

import pytest
from django.utils import translation

from search.backends.sqlite import file
from search.indexing import current_engine
from search.models import Stale
from search.tasks import index_stale
from tests.product import County, make_county

# The contract suite runs on each: one line an engine.
ENGINES = ["sqlite"]


@pytest.fixture(params=ENGINES)
def engine(request, settings, db):
    """The index of this test alone; none at its beginning."""
    settings.FLYPAPER_SEARCH = request.param
    yield request.param
    held = current_engine()
    if held is not None:
        held.delete()
    file.close()


@pytest.fixture(autouse=True)
def _in_english():
    """Sentences are compared in the language of the source."""
    with translation.override("en"):
        yield


@pytest.fixture
def county(db) -> County:
    return make_county()


@pytest.fixture
def indexed(engine):
    """Call it: everything that waits is written into the index."""

    def catch_up() -> int:
        return index_stale(list(Stale.objects.values_list("pk", flat=True)))

    return catch_up
