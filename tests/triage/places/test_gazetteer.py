"""The national gazetteer as the product ships it."""

import pickle
import threading
import tomllib
from datetime import date

import pytest

from triage.places import Territory, UnknownPlace, gazetteer
from triage.places.tree import HERE

QISHAN = "county:610323000000"


def test_the_five_levels_hold_what_the_source_holds():
    tree = gazetteer()
    counts = [tree.starts[level + 1] - tree.starts[level] for level in range(5)]
    assert counts == [31, 342, 2978, 41352, 620573]


def test_the_source_and_its_cut_off_day_lie_beside_the_data():
    source = tomllib.loads((HERE / "source.toml").read_text(encoding="utf-8"))
    assert (source["cut_off"], source["licence"]) == (date(2023, 6, 30), "WTFPL")


def test_a_path_runs_from_the_province_down():
    assert gazetteer().path("township:610323101000") == (
        "province:610000000000",
        "city:610300000000",
        QISHAN,
        "township:610323101000",
    )


def test_names_below_a_place_are_unknown():
    assert gazetteer().names(QISHAN) == ("陕西省", "宝鸡市", "岐山县", None, None)


def test_children_name_their_parent():
    children = gazetteer().children(QISHAN)
    assert {child.parent_key for child in children} == {QISHAN}


def test_a_subtree_begins_with_the_place_and_ends_with_its_villages():
    nodes = list(gazetteer().subtree(QISHAN))
    assert (nodes[0].key, nodes[1].level, nodes[-1].level) == (QISHAN, "township", "village")


def test_every_node_below_a_city_lies_in_it():
    tree = gazetteer()
    assert all("city:610300000000" in tree.path(node.key) for node in tree.subtree("city:610300000000"))


@pytest.mark.parametrize(
    ("code", "level", "key"),
    [
        ("441900000000", None, "city:441900000000"),
        ("441900000000", "county", "county:441900000000"),
        ("350527000000", None, "county:350527000000"),
        ("350527000000", "village", "village:350527000000"),
        ("620201000000", None, "county:620201000000"),
    ],
)
def test_a_code_on_two_levels_means_the_higher_one_unless_a_level_is_given(code, level, key):
    assert gazetteer().by_code(code, level) == key


@pytest.mark.parametrize(
    "key",
    [
        "",
        "county",
        "county:",
        "county:61",
        "county:999999000000",
        "town:610323000000",
        "county:６10323000000",
        "county:610323000001",
    ],
)
def test_a_key_that_nobody_bears_is_refused(key):
    with pytest.raises(UnknownPlace):
        gazetteer().get(key)


def test_every_thousandth_village_is_found_again_by_its_key():
    tree = gazetteer()
    numbers = range(tree.starts[4], len(tree), 1000)
    assert [tree.number(tree.key(number)) for number in numbers] == list(numbers)


def test_threads_share_one_gazetteer():
    opened = []
    threads = [threading.Thread(target=lambda: opened.append(gazetteer())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(tree) for tree in opened}) == 1


def test_a_territory_contains_what_lies_below_it():
    territory = Territory.of("610323000000")
    assert territory.contains("village:610323101202")


@pytest.mark.parametrize(
    "key", ["city:610300000000", "county:610326000000", "village:990101100201", "nonsense"]
)
def test_a_territory_does_not_contain_what_lies_above_or_beside_it(key):
    assert not Territory.of("610323000000").contains(key)


def test_the_nation_contains_every_place():
    assert Territory.national().contains("village:610323101202")


def test_a_territory_of_an_unknown_code_is_refused():
    with pytest.raises(UnknownPlace):
        Territory.of("999999000000")


ROWS = [
    ("990000000000", "沅江上省", "", "province"),
    ("990100000000", "澧滨市", "990000000000", "city"),
    ("990101000000", "青檀县", "990100000000", "county"),
    ("990101100000", "石磨坊镇", "990101000000", "township"),
]


def test_a_lone_province_and_city_only_stand_above_an_invented_county():
    assert Territory.from_rows(ROWS).roots == ("county:990101000000",)


def test_an_invented_township_may_lie_in_a_real_county():
    territory = Territory.from_rows([("610323999000", "石磨坊镇", "610323000000", "township")])
    assert territory.contains("township:610323999000")
    assert not territory.contains("township:610323101000")


def test_a_row_without_its_parent_is_refused():
    with pytest.raises(UnknownPlace):
        Territory.from_rows([("990101100000", "石磨坊镇", "990101000000", "township")]).contains("x")


def test_territories_are_values():
    one, other = Territory.from_rows(ROWS), Territory.from_rows(ROWS)
    one.contains("county:990101000000")
    assert (one == other, hash(one) == hash(other), pickle.loads(pickle.dumps(one)) == one) == (
        True,
        True,
        True,
    )
