import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from triage import domains, pipeline
from triage.pipeline import READ_LIMIT, VERSION, Finding, read
from triage.places import gazetteer

LETTER = (
    "尊敬的领导:我叫张有田,是河北省保定市清苑区石桥镇村民。{y}村支书王大山把村里的鱼塘一百亩以每年八百元包给"
    "小舅子,没有开村民代表会议,收入也不入账。电话13800138000。\n举报人:张有田"
).format(y="2019年3月")


@pytest.fixture(scope="module")
def found() -> Finding:
    return read(LETTER, title="举报村支书", received_on=date(2026, 11, 24))


def test_the_domain_is_named_with_the_words_that_voted(found):
    assert found.domain.code == "collective_assets"
    words = {one.text for one in found.evidence if one.about == "domain:collective_assets"}
    assert {"鱼塘", "不入账"} & words or {"收入", "村民代表会议"} & words


def test_confidence_and_alternatives_are_chances(found):
    chances = [found.domain.confidence, *(guess.confidence for guess in found.domain.alternatives)]
    assert chances == sorted(chances, reverse=True)
    assert 0 < sum(chances) <= 1.0001


def test_the_place_is_the_one_of_the_text(found):
    assert found.place.best is not None
    assert found.place.best.names[2] == "清苑区"


def test_people_sums_and_dates_are_found(found):
    assert [one.name for one in found.subjects] == ["王大山"]
    assert [one.yuan for one in found.amounts] == [800.0]
    assert [(one.first, one.last) for one in found.dates] == [("2019-03-01", "2019-03-31")]


def test_the_reporter_is_masked_and_the_accused_is_not(found):
    hidden = "".join(one.text for one in found.masked)
    assert "张有田" in hidden
    assert "13800138000" in hidden
    assert "王大山" not in hidden


def test_every_span_tells_the_text_it_spans(found):
    for one in (*found.masked, *found.evidence, *found.amounts, *found.dates):
        assert found.text[one.start : one.end] == one.text


def test_a_finding_survives_being_written_down(found):
    assert Finding.from_dict(json.loads(json.dumps(found.as_dict()))) == found


def test_the_same_text_gives_the_same_finding(found):
    assert read(LETTER, title="举报村支书", received_on=date(2026, 11, 24)) == found


def test_an_accusation_with_substance_says_what_it_gives(found):
    assert found.kind == "accusation"
    assert {"who", "act", "when", "how_much"} <= set(found.substance)


def test_the_version_names_rules_model_and_gazetteer(found):
    rules_and_model, _, gazetteer_version = found.version.rpartition("+")
    assert rules_and_model == VERSION
    assert gazetteer_version == gazetteer().version


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("我不服镇纪委给我的党内警告处分决定,现提出申诉,请求复审。", "appeal"),
        ("建议县里给各村统一公示栏,让大家都看得见账目。提个建议。", "suggestion"),
        ("请问办理准生证需要什么材料?想咨询一下。", "request"),
        ("我和丈夫离婚,孩子抚养权归谁,财产怎么分?", "out_of_scope"),
        ("I want to report the village head, who embezzled the relief money.", "accusation"),
    ],
)
def test_what_kind_of_letter_it_is(text, kind):
    assert read(text).kind == kind


def test_two_matters_are_kept_apart():
    text = (
        "一、征地补偿款被截留:修高速公路征收我村土地46亩,补偿款只发了一半,征地款去向不明。\n"
        "二、低保弄虚作假:村主任的母亲有三层楼,还吃低保,真正的五保户拿不到低保金。\n"
    )
    matters = read(text).matters
    assert {one.domain.code for one in matters} == {"land_demolition", "benefit_policies"}
    assert text[matters[1].start : matters[1].end].strip()


def test_one_matter_spans_the_whole_letter(found):
    assert [(one.start, one.end) for one in found.matters] == [(0, len(found.text))]


@pytest.mark.parametrize(
    "broken",
    [
        "征地补\n偿款没发,青苗\n费也没给",
        "征\u200b地补偿款没发,青\u200b苗费也没给",
        "征地補償款沒發,青苗費也沒給",
        "征地补偿款没发，青苗费也没给",
    ],
    ids=["line broken", "zero width", "traditional", "full width"],
)
def test_a_damaged_text_is_read_as_well(broken):
    assert read(broken).domain.code == "land_demolition"


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t ",
        "。。。",
        "😀" * 500,
        "\u202e\u200f\u200b",
        "\x00\x01\x7f",
        "{}[]<script>alert(1)</script>",
        "';DROP TABLE",
    ],
    ids=["empty", "blank", "marks", "emoji", "direction", "control", "html", "sql"],
)
def test_a_text_that_says_nothing_is_left_to_a_person(text):
    found = read(text)
    assert found.text == text
    assert found.domain.abstained


def test_a_text_of_ten_million_characters_is_read_and_masked_to_its_end():
    text = "村支书把征地补偿款私分了。" * 800_000
    found = read(text)
    assert found.domain.code == "land_demolition"
    assert found.masked[-1].end == len(text)
    assert all(one.end <= READ_LIMIT for one in found.evidence)


def test_a_web_process_masks_without_spacy():
    code = (
        "import sys; from triage.pipeline import redact; from triage.domains import domains; domains();"
        "assert redact('我叫张有田'); assert 'spacy' not in sys.modules and 'django' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_committed_model_has_learnt_the_committed_letters_and_words():
    metrics = json.loads((Path(pipeline.__file__).parent / "metrics.json").read_text("utf-8"))
    assert metrics["learnt_from_digest"] == domains.digest(), "run python -m triage.pipeline.train"


def test_the_weighed_answer_beats_the_plainest_ones_on_gold_letters():
    gold = json.loads((Path(pipeline.__file__).parent / "metrics.json").read_text("utf-8"))["gold"]
    best = max(gold[name]["macro_f1"] for name in ("majority", "keyword_vote", "linear_ngrams"))
    assert gold["weighed"]["macro_f1"] > best


def test_every_measured_class_is_a_domain():
    known = set(domains.codes())
    assert {spec.measured_as for spec in domains.domains()} - {"other"} <= known


@pytest.mark.parametrize("spec", domains.domains(), ids=lambda spec: spec.code)
def test_a_domain_is_labelled_in_both_languages(spec):
    assert spec.label_en
    assert spec.label_zh
    assert spec.description_en
    assert spec.description_zh


@pytest.mark.parametrize("code", domains.codes())
def test_gold_letters_are_not_learnt_from(code):
    learnt = {row["voice"] for row in domains.letters(code)}
    gold = {row["voice"] for row in domains.letters(code, "gold")}
    assert gold
    assert learnt.isdisjoint(gold)


@pytest.mark.parametrize("code", domains.codes())
def test_gold_letters_are_read_as_their_domain_or_left_to_a_person(code):
    """Of a domain's gold letters at most a third may be put into another domain without asking."""
    rows = list(domains.letters(code, "gold"))
    wrong = [
        row["id"] for row in rows if (found := read(row["text"]).domain).code != code and not found.abstained
    ]
    assert len(wrong) <= max(1, len(rows) // 3), wrong
