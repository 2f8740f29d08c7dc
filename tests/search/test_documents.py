"""What a document is made from: each field, edited by the product's verbs, reaches the index by itself."""

from dataclasses import replace
from decimal import Decimal

import pytest

import search
from search import documents as making
from search.indexing import current_engine
from search.models import Stale
from search.query import Query
from search.rebuilding import rebuild
from tests.product import QUANPU, XINGHUA, Identity, finding, staff, submit, submit_read
from triage import actions
from triage.models import Case, Domain, Office, Place, Role, Zone
from triage.pipeline.finding import (
    AmountFound,
    DomainFound,
    MaskFound,
    MatterFound,
    SubjectFound,
)

pytestmark = pytest.mark.usefixtures("engine")

TEXT = "村支书王强挪用修路补偿款三万元,还有李四。"


@pytest.fixture
def seer(county):
    return staff(Role.INVESTIGATOR, county.commission)


@pytest.fixture
def case(county, indexed):
    case = submit_read(
        TEXT, to=county.zones["east"], subjects=(SubjectFound(name="王强", post="村支书", unit="村委会"),)
    )
    indexed()
    return case


def index_as_it_stands():
    """All that the index holds of all cases, comparable; the versions apart."""
    with current_engine().file.reading() as connection:
        connection.execute(
            "CREATE VIRTUAL TABLE IF NOT EXISTS temp.held USING fts5vocab(main, words, instance)"
        )
        words = sorted(connection.execute("SELECT doc, col, offset, term FROM temp.held"))
        meta = sorted(
            connection.execute(
                "SELECT m.id, received, largest_sum, zone, office, places, seen_by, domains, channel, state, kind"
                " FROM meta m JOIN wheres ON wheres.id = where_id JOIN whats ON whats.id = what_id"
            )
        )
    return words, meta


def read_again(case, **parts):
    actions.read(case, replace(finding(case), **parts))


def recorrected(case, by, **what):
    actions.correct(case, by=by, **what)


def rename(row, code):
    row.code = code
    row.save()


# By (table, field): what changes it, as it is changed in the product. `seer` is somebody who may.
EDITS = {
    ("triage.Case", "sealed"): lambda c, seer: read_again(c, masked=(MaskFound(7, 12, "", "giveaway"),)),
    ("triage.Case", "state"): lambda c, seer: actions.accept(c, by=seer),
    ("triage.Case", "kind"): lambda c, seer: recorrected(c, seer, kind="appeal"),
    ("triage.Case", "place"): lambda c, seer: recorrected(c, seer, place=Place.objects.get(pk=XINGHUA)),
    ("triage.Case", "domain"): lambda c, seer: recorrected(
        c, seer, domain=Domain.objects.get(pk="benefit_policies")
    ),
    ("triage.Case", "zone"): lambda c, seer: actions.transfer(
        c, to=Zone.objects.get(code="west"), by=seer, ground="x"
    ),
    ("triage.Case", "office"): lambda c, seer: actions.transfer(
        c, to=Office.objects.get(code="room-1"), by=seer, ground="x"
    ),
    ("triage.Case", "largest_sum"): lambda c, seer: read_again(
        c, amounts=(AmountFound("三万元", 30000.0, 13, 16),)
    ),
    ("triage.Matter", "place"): lambda c, seer: read_again(
        c, matters=(*finding(c).matters, *finding(c, place=QUANPU).matters)
    ),
    ("triage.Matter", "domain"): lambda c, seer: read_again(
        c,
        matters=(
            *finding(c).matters,
            MatterFound(DomainFound("land_demolition", 0.8), finding(c).place),
        ),
    ),
    ("triage.Subject", "sealed"): lambda c, seer: read_again(c, subjects=(SubjectFound(name="李四"),)),
    ("triage.Zone", "code"): lambda c, seer: rename(c.zone, "north"),
    ("triage.Office", "code"): lambda c, seer: (
        actions.transfer(c, to=Office.objects.get(code="room-1"), by=seer, ground="x"),
        rename(Office.objects.get(code="room-1"), "room-one"),
    ),
}


@pytest.mark.parametrize("edited", EDITS, ids=".".join)
def test_an_edit_of_what_a_document_is_made_from_equals_a_rebuild(case, seer, indexed, edited):
    before = index_as_it_stands()
    EDITS[edited](case, seer)
    assert Stale.objects.filter(pk=case.pk).exists()
    indexed()
    live = index_as_it_stands()
    assert live != before
    rebuild()
    assert index_as_it_stands() == live


def test_each_field_that_can_change_is_edited_here():
    listed = {(model, f) for model, fields in making.MADE_FROM.items() for f in fields}
    assert listed == set(EDITS) | {("triage.Case", f) for f in making.WRITTEN_ONCE}


def test_every_verb_of_a_case_makes_it_stale(case, seer, indexed):
    for verb in (
        lambda c: actions.confirm(c, by=seer),
        lambda c: actions.undo_confirm(c, by=seer),
        lambda c: actions.accept(c, by=seer),
        lambda c: actions.close(c, by=seer, outcome="shelved", ground="x"),
        lambda c: actions.reopen(c, by=seer, ground="x"),
    ):
        verb(case)
        assert Stale.objects.filter(pk=case.pk).exists()
        indexed()


def test_a_document_holds_masked_words_only(county, seer, indexed):
    submitted = submit(
        "我是赵一鸣,住九组,电话13800001234。村支书挪用补偿款。",
        identity=Identity(name="赵一鸣", phone="13800001234", address="九组"),
    )
    actions.read(submitted, finding(submitted))
    made = making.document(Case.objects.get(pk=submitted.pk))
    for piece in ("赵一鸣", "一鸣", "13800001234", "九组"):
        assert piece not in " ".join(str(v) for v in vars(made).values())
    indexed()
    for words in ("赵一鸣", "13800001234", "九组"):
        assert search.find(Query(words), user=seer).total == 0
    assert search.find(Query("补偿款"), user=seer).total == 1


def test_a_document_says_who_may_see_it_as_the_case_does(case):
    case = Case.objects.get(pk=case.pk)
    made = making.document(case)
    assert set(made.seen_by) == set(case.seen_by())
    assert made.largest_sum is None or made.largest_sum > Decimal(0)
