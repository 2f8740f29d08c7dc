"""What a user finds. Every test runs on each engine."""

import pytest

import search
from search.query import FacetCount, Query
from tests.product import QUANPU, XINGHUA, YUNLING, staff, submit_read
from triage import actions
from triage.models import Role
from triage.pipeline.finding import SubjectFound

pytestmark = pytest.mark.usefixtures("engine")


@pytest.fixture
def seer(county):
    """An investigator of the county, who sees all of it."""
    return staff(Role.INVESTIGATOR, county.commission)


def numbers(results):
    return [hit.case.number for hit in results.hits]


def test_a_two_character_word_is_found_in_the_middle_of_a_sentence(seer, indexed):
    case = submit_read("村支书把修路补偿款装进自己口袋。")
    submit_read("低保名额给了亲戚。")
    indexed()
    results = search.find(Query("补偿"), user=seer)
    assert numbers(results) == [case.number]
    assert results.total == 1
    assert results.behind == 0


@pytest.fixture
def three(county, indexed):
    """Three cases: two in the east zone, one in the west."""
    east = submit_read(
        "石桥镇村支书王强贪污修路补偿款5,000元。",
        title="修路的钱",
        to=county.zones["east"],
        subjects=(SubjectFound(name="王强", post="村支书", unit="柳树湾村委会"),),
    )
    other = submit_read(
        "泉铺镇干部 took the subsidy for farmers.",
        to=county.zones["east"],
        place=QUANPU,
        domain="benefit_policies",
        channel="letter",
    )
    west = submit_read("杏花村修路款被挪用,补偿没有发。", to=county.zones["west"], place=XINGHUA)
    indexed()
    return east, other, west


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("补偿", {"east", "west"}),
        ("补偿款", {"east"}),
        ("修路 补偿", {"east", "west"}),
        ("修路 -挪用", {"east"}),
        ("-修路", {"other"}),
        ("王强", {"east"}),
        ("5000", {"east"}),
        ("SUBSIDY", {"other"}),
        ('"subsidy for"', {"other"}),
        ('"for subsidy"', set()),
        ("款", {"east", "west"}),
        ("干部took", {"other"}),
        ("强", {"east"}),
        ("", {"east", "other", "west"}),
    ],
)
def test_words_find_their_cases(seer, three, words, expected):
    results = search.find(Query(words), user=seer)
    named = dict(zip(("east", "other", "west"), three, strict=True))
    assert {n for n, c in named.items() if c.number in numbers(results)} == expected
    assert results.total == len(expected)


def test_a_zones_handler_finds_counts_and_facets_only_the_zones_cases(county, three):
    handler = staff(Role.HANDLER, county.zones["west"])
    results = search.find(Query("修路"), user=handler)
    assert numbers(results) == [three[2].number]
    assert results.total == 1
    assert results.facets["zone"] == (FacetCount("west", 1),)
    assert results.facets["place"] == (FacetCount(YUNLING, 1),)


def test_a_user_without_an_appointment_finds_nothing(three, django_user_model):
    nobody = django_user_model.objects.create_superuser("root")
    assert search.find(Query(), user=nobody).total == 0


def test_a_recusal_holds_while_the_worker_stands_still(county, seer, three):
    east = three[0]
    actions.declare_recusal(east, by=seer, ground="是我的亲戚", officer=seer.officer)
    results = search.find(Query("补偿"), user=seer)
    assert numbers(results) == [three[2].number]
    assert results.total == 1
    assert [(f.value, f.count) for f in results.facets["zone"]] == [("west", 1)]
    assert east.number not in numbers(search.similar(three[2], user=seer))


def test_a_facet_reacts_to_all_filters_but_its_own(seer, three):
    results = search.find(Query(zone="west"), user=seer)
    assert results.total == 1
    assert results.facets["zone"] == (FacetCount("east", 2), FacetCount("west", 1))
    assert results.facets["channel"] == (FacetCount("web", 1),)


def test_similar_cases_share_the_rarer_words(seer, three):
    assert numbers(search.similar(three[0], user=seer))[:1] in ([three[2].number], [])
