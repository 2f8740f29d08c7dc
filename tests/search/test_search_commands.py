"""`manage.py find`, `search_rebuild` and `search_verify`, as they are typed."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from search.indexing import current_engine
from search.models import Indexed
from tests.product import LIUSHUWAN, XINGHUA, staff, submit_read
from triage.models import Role

pytestmark = pytest.mark.usefixtures("engine")


def run(*line):
    output = StringIO()
    call_command(*line, stdout=output)
    return output.getvalue()


@pytest.fixture
def seer(county):
    return staff(Role.INVESTIGATOR, county.commission, username="seer")


@pytest.fixture
def cases(county, seer, indexed):
    made = [
        submit_read("村支书挪用修路补偿款。", to=county.zones["east"], external_id="letter-7"),
        submit_read("修路的钱不见了。", to=county.zones["west"], place=XINGHUA, domain="benefit_policies"),
    ]
    indexed()
    return made


def test_find_answers_in_the_promised_json(cases):
    answer = json.loads(run("find", "补偿款", "--as", "seer", "--json"))
    assert answer["total"] == 1
    assert answer["behind"] == 0
    (found,) = answer["cases"]
    assert set(found) == {"number", "external_id", "received", "domain", "place", "zone", "highlights"}
    assert found["number"] == cases[0].number
    assert found["external_id"] == "letter-7"
    assert found["domain"] == "collective_assets"
    assert found["place"] == {
        "code": LIUSHUWAN.partition(":")[2],
        "names": ["岚江省", "洛湾市", "汀川县", "石桥镇", "柳树湾村"],
    }
    assert found["zone"] == "east"
    assert found["highlights"] == ["村支书挪用修路【补偿款】。"]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], {0, 1}),
        (["--domain", "benefit_policies"], {1}),
        (["--zone", "east"], {0}),
        (["--place", "990121102000"], {1}),
        (["--place", "village:990121100201"], {0}),
        (["--since", "2999-01-01"], set()),
        (["--until", "1999-01-01"], set()),
        (["--since", "2000-01-01", "--until", "2999-01-01"], {0, 1}),
    ],
)
def test_find_takes_filters_and_empty_words_mean_all(cases, options, expected):
    answer = json.loads(run("find", "", "--as", "seer", "--json", *options))
    assert {c["number"] for c in answer["cases"]} == {cases[n].number for n in expected}
    assert answer["total"] == len(expected)


def test_find_shows_no_more_than_its_limit_and_counts_all(cases):
    answer = json.loads(run("find", "修路", "--as", "seer", "--limit", "1", "--json"))
    assert (len(answer["cases"]), answer["total"]) == (1, 2)


def test_find_prints_lines_for_people(cases):
    assert "1 found, 1 shown." in run("find", "补偿款", "--as", "seer")


@pytest.mark.parametrize(
    "line",
    [
        ["find", "x", "--as", "nobody"],
        ["find", "???", "--as", "seer"],
        ["find", "x", "--as", "seer", "--place", "000000000001"],
        ["find", "x", "--as", "seer", "--since", "yesterday"],
    ],
)
def test_find_refuses_what_is_no_question(cases, line):
    with pytest.raises(CommandError):
        run(*line)


def test_find_says_when_the_engine_is_down(cases):
    current_engine().delete()
    with pytest.raises(CommandError, match="does not answer"):
        run("find", "x", "--as", "seer")


def test_rebuild_and_verify_say_how_many(cases):
    assert "2 cases indexed" in run("search_rebuild")
    assert "2 cases compared: 0 missing, 0 stale, 0 ghosts" in run("search_verify")


def test_verify_fails_on_a_difference_and_repair_mends_it(cases, seer):
    Indexed.objects.filter(pk=cases[0].pk).update(version=1)
    with pytest.raises(SystemExit) as refused:
        run("search_verify")
    assert refused.value.code == 1
    assert "0 missing, 0 stale" in run("search_verify", "--repair").splitlines()[-1]
    run("search_verify")


def test_repair_makes_a_missing_index(cases):
    current_engine().delete()
    run("search_verify", "--repair")
    assert json.loads(run("find", "", "--as", "seer", "--json"))["total"] == 2
