import pytest

from tests.tables import read_csv
from triage.pipeline.language import language
from triage.pipeline.letter import fold
from triage.pipeline.subjects import subjects


@pytest.mark.parametrize("row", read_csv("reading/subjects.csv"), ids=lambda row: row["text"])
def test_the_accused_is_found_with_post_and_level(row):
    found = subjects(row["text"], fold(row["text"]), language(row["text"]))
    if not row["level"]:
        assert found == ()
        return
    names = [(one.name, one.unit, one.post, one.level) for one in found]
    assert (row["name"], row["unit"], row["post"], row["level"]) in names


def test_a_person_named_twice_is_one_subject():
    text = "东岭村村支书王大山贪污。王大山还打人。村支书王大山不承认。"
    assert [one.name for one in subjects(text, fold(text), "zh")] == ["王大山"]


def test_spans_lead_back_to_the_text():
    text = "我们举报石桥镇东岭村会计李有财和副镇长赵志强。"
    for one in subjects(text, fold(text), "zh"):
        assert one.name in text[one.start : one.end]
