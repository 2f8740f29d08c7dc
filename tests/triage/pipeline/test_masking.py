import itertools

import pytest

from tests.tables import read_csv
from triage.pipeline.masking import REDACT_LIMIT, redact


def covered(text: str, part: str) -> bool:
    start = text.index(part)
    hidden = {i for one in redact(text) for i in range(one.start, one.end)}
    return set(range(start, start + len(part))) <= hidden


@pytest.mark.parametrize("row", read_csv("reading/masked.csv"), ids=lambda row: row["text"])
def test_what_tells_the_reporter_is_masked(row):
    assert covered(row["text"], row["hidden"])


@pytest.mark.parametrize("row", read_csv("reading/masked.csv"), ids=lambda row: row["text"])
def test_a_mask_says_why(row):
    start = row["text"].index(row["hidden"])
    reasons = {
        one.reason
        for one in redact(row["text"])
        if one.start < start + len(row["hidden"]) and one.end > start
    }
    assert row["reason"] in reasons


@pytest.mark.parametrize("row", read_csv("reading/shown.csv"), ids=lambda row: row["text"])
def test_what_the_case_is_about_stays_readable(row):
    start = row["text"].index(row["shown"])
    hidden = {i for one in redact(row["text"]) for i in range(one.start, one.end)}
    assert hidden.isdisjoint(range(start, start + len(row["shown"])))


def test_a_name_given_once_is_masked_wherever_it_stands():
    text = "村支书问:是不是张有田告的?我叫张有田,请保密。"
    assert [one.text for one in redact(text) if one.text == "张有田"] == ["张有田", "张有田"]


def test_the_accused_stays_readable_where_a_reporter_signs():
    text = "被举报人:王大山。举报人:李小明。王大山贪污。"
    assert not any("王大山" in one.text for one in redact(text))


def test_masks_do_not_overlap_and_tell_their_own_text():
    text = "我父亲张五住石桥镇三组12号,电话13800138000,我是三组的会计。" * 3
    found = redact(text)
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))
    assert all(one.text == text[one.start : one.end] for one in found)


def test_what_lies_beyond_the_rules_reach_is_masked_as_a_whole():
    text = "好" * REDACT_LIMIT + "我叫张有田"
    assert redact(text)[-1].end == len(text)
