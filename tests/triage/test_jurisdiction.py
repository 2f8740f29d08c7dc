import pytest

from triage.jurisdiction import Person, Receiving, competent, leads_township_commission, lifting_ground

COUNTY = Receiving("青澜县纪委监委", "青澜县", "county", "郑怀远")
DISTRICT = Receiving("临江区纪委监委", "临江区", "county", "郑怀远")
CITY = Receiving("澜平市纪委监委", "澜平市", "city", "郝长风")
NATION = Receiving("", "", "nation")


def level(unit="", post="", said="unknown", *, name="某人甲乙", receiving=COUNTY, kind="accusation"):
    found = competent([Person(name, unit, post, said)], kind, receiving)
    return found.level, found.ground


@pytest.mark.parametrize(
    ("unit", "post", "said", "expected"),
    [
        ("石磨镇上湾村", "会计", "village", ("township", "village")),
        ("石磨镇上湾村", "村纪检委员", "village", ("township", "village")),
        ("石磨镇民政办", "干部", "township", ("township", "township_staff")),
        ("石磨镇", "镇长", "township", ("county", "township_leader")),
        ("石磨镇", "副镇长", "township", ("county", "township_leader")),
        ("城关街道办事处", "办事处主任", "township", ("county", "township_leader")),
        ("石磨镇", "书记", "township", ("county", "township_leader")),
        ("石磨镇财政所", "所长", "township", ("county", "station_head")),
        ("石磨镇财政所", "副所长", "township", ("township", "township_staff")),
        ("石磨镇监察办公室", "监察员", "township", ("county", "township_inspection")),
        ("青澜县民政局", "局长", "county", ("county", "county_cadre")),
        ("县纪委信访室", "干部", "county", ("county", "own_staff")),
        ("青澜县城投公司", "总经理", "enterprise_institution", ("county", "county_unit")),
        ("石磨镇中心小学", "校长", "enterprise_institution", ("township", "institution")),
        ("青澜县", "县长", "county", ("city", "higher_level")),
        ("", "副县长", "county", ("city", "higher_level")),
        ("青澜县政协", "主席", "county", ("city", "higher_level")),
        ("澜平市教育局", "局长", "city_or_above", ("upper", "higher_level")),
        ("石磨镇税务分局", "干部", "township", ("external", "vertical")),
    ],
)
def test_the_level_follows_from_unit_and_post(unit, post, said, expected):
    assert level(unit, post, said) == expected


@pytest.mark.parametrize(
    ("unit", "post"), [("临江区人民政府", "区长"), ("中共临江区委", "区委书记"), ("临江区人大常委会", "主任")]
)
def test_a_districts_leaders_belong_to_the_city(unit, post):
    assert level(unit, post, "county", receiving=DISTRICT) == ("city", "higher_level")


def test_the_head_of_a_housing_estate_is_no_district_head():
    assert level("阳光小区", "小区长", "unknown", receiving=DISTRICT)[0] == "township"


def test_a_city_takes_its_own_cadres_and_sends_its_leaders_up():
    bureau = competent([Person("甲乙", "澜平市教育局", "局长", "city_or_above")], "accusation", CITY)
    mayor = competent([Person("甲乙", "澜平市人民政府", "市长", "city_or_above")], "accusation", CITY)

    assert (bureau.level, bureau.sealed_up) == ("city", False)
    assert (mayor.level, mayor.sealed_up) == ("upper", True)


def test_a_city_takes_the_leaders_of_its_counties():
    assert level("青澜县人民政府", "县长", "county", receiving=CITY) == ("city", "city_cadre")
    assert level("青澜县纪委", "书记", "county", receiving=CITY) == ("city", "city_cadre")


def test_nothing_lies_above_the_nation():
    assert not competent([Person("甲乙", "某省", "副省长", "city_or_above")], "accusation", NATION).sealed_up


@pytest.mark.parametrize(
    ("unit", "post", "expected"),
    [
        ("某县", "县长", "city"),
        ("某市", "市长", "upper"),
        ("某镇", "镇长", "county"),
        ("某村", "村长", "township"),
    ],
)
def test_in_an_installation_of_the_nation_the_level_still_follows_from_the_post(unit, post, expected):
    assert level(unit, post, receiving=NATION)[0] == expected


@pytest.mark.parametrize(
    ("name", "unit", "post"),
    [
        ("郑怀远", "", ""),
        ("郑怀远", "青澜县纪委监委", "书记"),
        ("", "县纪委", "书记"),
        ("", "", "县纪委书记、县监委主任"),
        ("", "青澜县监察委员会", "主任"),
        ("别的人", "青澜县纪委", "书记"),
    ],
)
def test_a_report_about_the_own_main_head_is_read_by_nobody_below(name, unit, post):
    found = competent([Person(name, unit, post, "county")], "accusation", COUNTY)

    assert (found.sealed_up, found.unread_below) == (True, True)


@pytest.mark.parametrize(
    ("name", "unit", "post"),
    [
        ("郑某", "青澜县纪委", "干部"),
        ("老郑", "", ""),
        ("郑怀远", "马蹄乡蹄岭村", "会计"),
        ("", "石磨镇纪委", "书记"),
        ("", "青澜县纪委办公室", "主任"),
        ("", "青澜县纪委", "副书记"),
        ("", "安墟县纪委", "书记"),
    ],
)
def test_others_are_not_the_own_main_head(name, unit, post):
    assert not competent([Person(name, unit, post)], "accusation", COUNTY).unread_below


def test_a_report_about_several_goes_by_the_highest():
    both = [Person("甲乙", "石磨镇上湾村", "会计", "village"), Person("丙丁", "青澜县", "县长", "county")]

    assert competent(both, "accusation", COUNTY).sealed_up


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("accusation", "township"),
        ("request", "external"),
        ("out_of_scope", "external"),
        ("appeal", "county"),
        ("suggestion", "county"),
    ],
)
def test_without_an_accused_the_kind_decides(kind, expected):
    assert competent([], kind, COUNTY).level == expected


def test_a_request_that_names_a_supervised_person_is_an_accusation():
    assert level("石磨镇上湾村", "会计", "village", kind="request") == ("township", "village")


@pytest.mark.parametrize(
    ("post", "lifted"),
    [
        ("村党支部书记", "village_first_hand"),
        ("支书", "village_first_hand"),
        ("村委会主任", "village_first_hand"),
        ("村党支部副书记", ""),
        ("村委会副主任", ""),
        ("会计", ""),
    ],
)
def test_only_a_villages_first_hand_is_taken_up_by_the_county(post, lifted):
    assert lifting_ground([Person("甲乙", "某村", post, "village")], (), 1) == lifted


def test_signs_and_repetition_take_a_matter_up():
    assert lifting_ground([], ("danger", "collective_visit"), 1) == "collective_visit"
    assert lifting_ground([], ("danger",), 3) == "reported_often"
    assert lifting_ground([], ("danger",), 2) == ""


@pytest.mark.parametrize(
    ("post", "said", "leads"),
    [
        ("党委书记", "township", True),
        ("镇长", "unknown", True),
        ("副镇长", "township", False),
        ("党委书记", "county", False),
    ],
)
def test_the_townships_heads_lead_its_commission(post, said, leads):
    assert leads_township_commission(Person("甲乙", "石磨镇", post, said)) is leads
