"""What a user finds. Every test runs on each engine."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

import search
from search.finding import find_by_number
from search.query import BadQuery, FacetCount, Query, SearchDown
from tests.product import LIUSHUWAN, QUANPU, SHIQIAO, XINGHUA, YUNLING, finding, staff, submit, submit_read
from triage import actions
from triage.models import Role
from triage.pipeline.finding import AmountFound, SubjectFound

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


@pytest.fixture
def many(county, indexed):
    """Twenty-five cases, one a day; every fifth has the word in its title, too."""
    first = datetime(2025, 3, 1, 9, tzinfo=UTC)
    made = []
    for n in range(25):
        case = submit(
            f"第{n}件,修路的钱没有公开。",
            title="修路" if n % 5 == 0 else "",
            received_at=first + timedelta(days=n),
        )
        actions.read(case, finding(case, amounts=(AmountFound("", float(1000 * n), 0, 1),)))
        actions.assign(case, to=county.zones["east" if n % 2 else "west"])
        made.append(case)
    indexed()
    return made


def pages(query, user):
    """All pages from the first to the last."""
    found = []
    while True:
        results = search.find(query, user=user)
        found.append(results)
        if not results.next:
            return found
        query = replace(query, after=results.next)


@pytest.mark.parametrize("words", ["", "修路"])
@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest"])
def test_pages_show_each_case_once_in_one_order(seer, many, words, sort):
    found = pages(Query(words, sort=sort, limit=4), seer)
    assert [len(p.hits) for p in found] == [4, 4, 4, 4, 4, 4, 1]
    assert {p.total for p in found} == {25}
    shown = [hit.case_id for page in found for hit in page.hits]
    by_date = [c.pk for c in sorted(many, key=lambda c: c.received_at, reverse=sort != "oldest")]
    if sort == "relevance" and words:
        titled = {c.pk for n, c in enumerate(many) if n % 5 == 0}
        by_date = sorted(by_date, key=lambda pk: pk not in titled)
    assert shown == by_date


@pytest.mark.parametrize(
    ("query", "numbers_found"),
    [
        (Query(since=date(2025, 3, 20)), range(19, 25)),
        (Query(until=date(2025, 3, 3)), range(3)),
        (Query("修路", since=date(2025, 3, 3), until=date(2025, 3, 3)), [2]),
        (Query(least=Decimal(23_000)), [23, 24]),
        (Query("修路", most=Decimal(1_000)), [0, 1]),
        (Query("修路", least=Decimal(2_000), most=Decimal(3_000), zone="east"), [3]),
    ],
)
def test_dates_and_sums_narrow(seer, many, query, numbers_found):
    results = search.find(query, user=seer)
    assert sorted(h.case_id for h in results.hits) == sorted(many[n].pk for n in numbers_found)
    assert results.total == len(numbers_found)


def test_facets_add_up_with_and_without_words(seer, many):
    for words in ("", "修路"):
        results = search.find(Query(words), user=seer)
        assert {f.value: f.count for f in results.facets["zone"]} == {"west": 13, "east": 12}
        for name in ("domain", "channel", "state", "kind"):
            assert sum(f.count for f in results.facets[name]) == 25
        assert [(f.value, f.count) for f in results.facets["place"]] == [(SHIQIAO, 25)]


def test_places_are_counted_one_level_below_the_one_asked_for(seer, three):
    results = search.find(Query(place=SHIQIAO), user=seer)
    assert [(f.value, f.count) for f in results.facets["place"]] == [(LIUSHUWAN, 1)]


def test_the_accused_are_found_by_name_unit_and_post(seer, three):
    assert numbers(search.find(Query(accused="王强"), user=seer)) == [three[0].number]
    assert numbers(search.find(Query(accused="村委会"), user=seer)) == [three[0].number]
    assert numbers(search.find(Query("杏花村", accused="王强"), user=seer)) == []


def test_a_case_is_found_by_its_number(seer, three):
    assert numbers(search.find(Query(three[1].number.lower()), user=seer)) == [three[1].number]


def test_marks_stand_on_the_words_in_the_masked_text(seer, three):
    (hit,) = search.find(Query("王强 5000"), user=seer).hits
    title, text = hit.highlights
    assert (title.text, title.marks) == ("修路的钱", ())
    assert [text.text[s:e] for s, e in text.marks] == ["王强", "5,000"]


def test_the_best_pieces_of_a_long_text_are_shown(county, seer, indexed):
    submit_read("开头。" + "无关的话。" * 80 + "这里说到补偿款。" + "别的话。" * 80 + "又是补偿款。")
    indexed()
    (hit,) = search.find(Query("补偿款"), user=seer).hits
    assert [h.text[s:e] for h in hit.highlights for s, e in h.marks] == ["补偿款", "补偿款"]
    assert all(len(h.text) <= 120 for h in hit.highlights)


HOSTILE = [
    '" OR 1=1 --',
    "补偿' OR '1'='1",
    "title:补偿 NEAR(a b) AND *",
    "{title}: 补偿^2",
    "') ; DROP TABLE meta; --",
    "-(a OR b)",
    "\x00补偿\u202e",
    "<script>补偿</script>",
    "%_补偿\\",
]


@pytest.mark.parametrize("words", HOSTILE)
def test_nothing_that_is_typed_is_syntax(seer, three, words):
    assert search.find(Query(words), user=seer).total <= 3
    assert search.find(Query(), user=seer).total == 3


@pytest.mark.parametrize("field", ["domain", "zone", "office", "channel", "state", "kind", "accused"])
@pytest.mark.parametrize("value", ["' OR '1'='1", "x' UNION SELECT 1 --", "|", "%"])
def test_no_filter_is_syntax(seer, three, field, value):
    try:
        assert search.find(Query(**{field: value}), user=seer).total == 0
    except BadQuery:
        assert field == "accused"


@pytest.mark.parametrize(
    "query",
    [
        Query(place="nowhere"),
        Query(place="village:1"),
        Query(sort="by magic"),
        Query(after="x"),
        Query(after="W10"),
        Query(after="WzEsMiwiMyJd"),
        Query(words="x " * 300),
    ],
)
def test_nonsense_is_refused_in_words(seer, three, query):
    with pytest.raises(BadQuery):
        search.find(query, user=seer)


def test_a_page_is_never_longer_than_allowed(seer, three):
    assert len(search.find(Query(limit=10**9), user=seer).hits) == 3
    assert len(search.find(Query(limit=-1), user=seer).hits) == 1


def test_before_there_is_an_index_the_database_finds_a_number(county, seer, engine):
    case = submit_read("还没有索引。", to=county.zones["east"])
    with pytest.raises(SearchDown):
        search.find(Query(), user=seer)
    assert numbers(find_by_number(f" {case.number.lower()} ", user=seer)) == [case.number]
    assert find_by_number(case.number, user=staff(Role.HANDLER, county.zones["west"])).total == 0


@pytest.fixture
def alike(county, indexed):
    return [
        submit_read(text, to=county.zones["east"], subjects=subjects)
        for text, subjects in [
            ("柳树湾村水渠工程虚报材料款,王强用自家公司的发票套取八万六千元。", (SubjectFound(name="王强"),)),
            ("水渠工程的材料款是虚报的,发票是王强自家公司开的。", (SubjectFound(name="王强"),)),
            ("危房改造补助发给了住楼房的人。", ()),
            ("小学食堂的饭菜涨价,账目没有公开。", ()),
        ]
    ]


def test_similar_cases_are_those_that_share_rare_words_and_the_accused(seer, alike, indexed):
    indexed()
    assert numbers(search.similar(alike[0], user=seer)) == [alike[1].number]
    assert numbers(search.similar(alike[1], user=seer)) == [alike[0].number]
    assert numbers(search.similar(alike[3], user=seer)) == []


def test_a_case_one_may_not_see_has_no_similar_ones(county, alike, indexed):
    indexed()
    stranger = staff(Role.HANDLER, county.zones["west"])
    assert search.similar(alike[0], user=stranger).total == 0
