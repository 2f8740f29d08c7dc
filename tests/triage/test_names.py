import pytest

from triage.names import full_name, parts, share_a_word, surname_of


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("江一帆", "江一帆"),
        (" 江 一 帆 ", "江一帆"),
        ("江一帆书记", "江一帆"),
        ("江一帆同志", "江一帆"),
        ("欧阳明", "欧阳明"),
        ("Gao Peng", "gaopeng"),
        ("GAO  PENG", "gaopeng"),
        ("Director Gao Peng", "gaopeng"),
    ],
)
def test_a_full_name_is_the_same_however_it_is_written(written, name):
    assert full_name(written) == name


@pytest.mark.parametrize(
    "written",
    [
        "",
        "王",
        "王某",
        "王某某",
        "王某甲",
        "老王",
        "小王",
        "王书记",
        "王主任",
        "王××",
        "王*",
        "王x",
        "欧阳",
        "欧阳某",
        "Gao",
        "Mr Gao",
    ],
)
def test_a_surname_alone_is_nobodys_name(written):
    assert full_name(written) == ""


@pytest.mark.parametrize(
    ("written", "surname"),
    [("王书记", "王"), ("老王", "王"), ("王某", "王"), ("欧阳某", "欧阳"), ("", ""), ("Gao Peng", "")],
)
def test_the_surname_of_what_is_written_can_speak_against_a_post(written, surname):
    assert surname_of(written) == surname


def test_units_fit_where_two_neighbouring_characters_do():
    assert share_a_word("石磨镇政府", "石磨镇纪委")
    assert not share_a_word("白鹭镇财政所", "石磨镇纪委")


def test_one_person_may_hold_several_posts():
    assert parts("村党支部书记、 村委会主任") == ["村党支部书记", "村委会主任"]
