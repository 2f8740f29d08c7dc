"""A case that a user may not see never changes what the user gets; asked of every function, on each engine."""

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

import search
from search.export import export
from search.query import Query
from tests.product import LIUSHUWAN, QUANPU, SHIQIAO, XINGHUA, staff, submit_read
from triage import actions
from triage.models import Case, Office, Role
from triage.pipeline.finding import SubjectFound

pytestmark = pytest.mark.usefixtures("engine")

WORDS = ["修路", "补偿款", "低保", "王强", "村支书", "挪用", "集体土地", "subsidy", "5000", "亲戚"]
PLACES = [LIUSHUWAN, SHIQIAO, QUANPU, XINGHUA]
DOMAINS = ["collective_assets", "benefit_policies", "land_demolition"]
CHANNELS = ["web", "letter", "phone"]


def everything(user, query, seen):
    """All that a user can learn from search, comparable: scores too, and the order."""
    results = search.find(query, user=user)
    alike = search.similar(seen, user=user) if seen else None
    exported = b"".join(export(query, user=user, format="csv")).split(b"\r\n\r\n")[0]
    return (
        [(hit.case_id, hit.score, hit.highlights) for hit in results.hits],
        results.total,
        results.facets,
        results.behind,
        results.next,
        alike and [(hit.case_id, hit.score) for hit in alike.hits],
        exported,
    )


CASES = st.fixed_dictionaries(
    {
        "text": st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map("，".join),
        "title": st.sampled_from(["", "修路的事", "低保"]),
        "place": st.sampled_from(PLACES),
        "domain": st.sampled_from(DOMAINS),
        "channel": st.sampled_from(CHANNELS),
        "to": st.sampled_from(["", "east", "west"]),
        "accused": st.sampled_from(["", "王强", "李四"]),
    }
)
QUERIES = st.builds(
    Query,
    words=st.sampled_from(["", "修路", "补偿款 挪用", "低保 -亲戚", "强", "subsidy", "-修路"]),
    place=st.sampled_from(["", "", SHIQIAO, XINGHUA]),
    domain=st.sampled_from(["", "", *DOMAINS]),
    zone=st.sampled_from(["", "", "east", "west"]),
    channel=st.sampled_from(["", "", *CHANNELS]),
    accused=st.sampled_from(["", "", "王强"]),
    sort=st.sampled_from(["relevance", "newest", "oldest"]),
    limit=st.sampled_from([2, 20]),
)
USERS = st.sampled_from(["seer", "east", "west", "township"])
HIDDEN = st.sampled_from(["recused", "recused, not indexed", "sealed_up"])


def made(county, spec):
    spec = dict(spec)
    to, accused = spec.pop("to"), spec.pop("accused")
    subjects = (SubjectFound(name=accused, post="村支书"),) if accused else ()
    return submit_read(**spec, to=county.zones[to] if to else None, subjects=subjects)


@pytest.fixture
def users(county):
    township = Office.objects.get(kind=Office.Kind.TOWNSHIP, place=SHIQIAO)
    return {
        "seer": staff(Role.INVESTIGATOR, county.commission),
        "east": staff(Role.HANDLER, county.zones["east"]),
        "west": staff(Role.HANDLER, county.zones["west"]),
        "township": staff(Role.CLERK, township),
    }


def hide(case, user, how, other, indexed):
    """Makes the case one that this user may not see."""
    if how == "sealed_up":
        actions.seal_up(case, ground="higher level")
    else:
        actions.declare_recusal(case, by=other, ground="declared", officer=user.officer)
    if how != "recused, not indexed":
        indexed()


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    allowed=st.lists(CASES, min_size=1, max_size=4),
    forbidden=st.lists(CASES, min_size=1, max_size=3),
    query=QUERIES,
    who=USERS,
    how=HIDDEN,
)
def test_a_forbidden_case_changes_nothing(county, users, indexed, allowed, forbidden, query, who, how):
    user = users[who]
    before = list(Case.objects.values_list("pk", flat=True))
    for spec in allowed:
        made(county, spec)
    indexed()
    seen = Case.objects.visible_to(user).order_by("-pk").first()
    without = everything(user, query, seen)

    for spec in forbidden:
        hidden = made(county, spec)
        if how == "recused, not indexed":
            indexed()  # the index knows it as it was before the recusal, and is told nothing since
        hide(hidden, user, how, users["seer"], indexed)
    assert not Case.objects.visible_to(user).filter(pk__in=_since(before, allowed)).exists()
    assert everything(user, query, seen) == without


def _since(before, allowed):
    """Keys of the forbidden cases of this example: those after the allowed ones."""
    fresh = Case.objects.exclude(pk__in=before).order_by("pk").values_list("pk", flat=True)
    return list(fresh[len(allowed) :])


@pytest.fixture
def four(county, users, indexed):
    cases = [
        submit_read("村支书王强挪用修路补偿款。", to=county.zones["east"], title="修路"),
        submit_read("王强挪用修路补偿款,又一次。", to=county.zones["east"]),
        submit_read("修路补偿款没有发。", to=county.zones["west"], place=XINGHUA),
        submit_read("低保给了亲戚。", to=county.zones["east"], place=QUANPU),
    ]
    indexed()
    return cases


@pytest.mark.parametrize(
    "withdraw",
    ["recused", "zone recused", "sealed up", "transferred away"],
)
def test_rights_withdrawn_hold_at_once_while_the_worker_stands_still(county, users, four, withdraw):
    user, case = users["east"], four[0]
    if withdraw == "recused":
        actions.declare_recusal(case, by=users["seer"], ground="x", officer=user.officer)
    elif withdraw == "zone recused":
        actions.declare_recusal(case, by=users["seer"], ground="x", zone=county.zones["east"])
    elif withdraw == "sealed up":
        actions.seal_up(case, ground="higher level")
    else:
        actions.transfer(case, to=county.zones["west"], by=users["seer"], ground="belongs there")
    results = search.find(Query("修路"), user=user)
    assert [hit.case_id for hit in results.hits] == [four[1].pk]
    assert results.total == 1
    assert {f.count for counts in results.facets.values() for f in counts} == {1}
    assert case.pk not in [hit.case_id for hit in search.similar(four[1], user=user).hits]
    assert case.number.encode() not in b"".join(export(Query("修路"), user=user, format="csv"))


def test_what_the_index_shows_too_much_the_database_refuses(users, four, monkeypatch):
    """Should an exclusion be missing, the row is still not shown and neither total nor facet counts it."""
    user, case = users["east"], four[0]
    actions.declare_recusal(case, by=users["seer"], ground="x", officer=user.officer)
    monkeypatch.setattr("search.finding._stale_rights", frozenset)
    monkeypatch.setattr("search.finding._away", lambda scope: frozenset())
    results = search.find(Query("修路", facets=True), user=user)
    assert [hit.case_id for hit in results.hits] == [four[1].pk]
    assert results.total == 1
    assert {f.count for counts in results.facets.values() for f in counts} == {1}


def test_behind_counts_only_what_the_user_may_see(county, users, four):
    actions.confirm(four[2], by=users["seer"])
    assert search.find(Query(), user=users["west"]).behind == 1
    assert search.find(Query(), user=users["east"]).behind == 0


def test_an_index_and_the_orm_know_the_same_rights(county, users, four, indexed):
    for user in users.values():
        visible = set(Case.objects.visible_to(user).values_list("pk", flat=True))
        assert {hit.case_id for hit in search.find(Query(), user=user).hits} == visible
