"""What comes with a place: evidence, reason, question, and what any text may do to the resolver."""

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.places import REASONS, Territory, UnknownPlace, resolve
from triage.places.reasons import QUESTIONS, parts

NATION = Territory.national()
QISHAN = "610323000000"


def test_evidence_shows_the_words_of_the_text_as_it_came():
    text = "舉報：岐山縣　蔡家坡鎮零胡村支書"
    [evidence] = resolve(text, territory=NATION).evidence
    assert (evidence.text, text[evidence.start : evidence.end]) == ("岐山縣　蔡家坡鎮零胡村",) * 2


def test_evidence_points_into_the_text_where_a_line_was_broken():
    text = (
        "情况反映\n我们一直相信组织会给我们做主的现在把岐山县蔡家\n坡镇零胡村支书多报青苗费的事情写在这里请查"
    )
    [evidence] = resolve(text, territory=NATION).evidence
    assert evidence.text == "岐山县蔡家\n坡镇零胡村"


def test_evidence_is_about_the_place_taken():
    found = resolve("岐山县蔡家坡镇", territory=NATION)
    assert found.evidence[0].about == f"place:{found.place.best.key}"


def test_an_inbox_is_no_evidence():
    assert resolve("村支书贪污", territory=NATION, context_place=QISHAN).evidence == ()


def test_two_villages_of_one_name_are_asked_about():
    rows = [("990101000000", "青檀县", "", "county")]
    rows += [(f"99010110{n}000", f"石磨{n}坊镇", "990101000000", "township") for n in "12"]
    rows += [(f"99010110{n}201", "和平村", f"99010110{n}000", "village") for n in "12"]
    place = resolve("和平村支书", territory=Territory.from_rows(rows)).place
    assert place.question == "Which 和平村 is meant: 青檀县石磨1坊镇和平村 / 青檀县石磨2坊镇和平村?"
    assert [guess.level for guess in place.alternatives] == ["village", "village"]


@pytest.mark.parametrize(
    ("text", "context"),
    [
        ("岐山县蔡家坡镇零胡村支书", None),
        ("岐山县林业局长", None),
        ("岐山县人民检察院指控", None),
        ("我县民政局长", QISHAN),
        ("零胡村支书", QISHAN),
        ("朝阳区城管", None),
        ("村支书", None),
        ("太原大地公司", None),
        ("我家住蔡家坡镇零胡村", None),
    ],
)
def test_a_reason_is_one_of_the_templates_filled_in(text, context):
    reason = resolve(text, territory=NATION, context_place=context).place.reason
    template, values = parts(reason)
    assert template in REASONS
    assert template % values == reason


def test_a_question_can_be_taken_apart_for_translation():
    template, values = parts("Which 和平村 is meant: A / B?")
    assert (template in QUESTIONS, values) == (True, {"name": "和平村", "choices": "A / B"})


def test_an_unknown_inbox_is_refused():
    with pytest.raises(UnknownPlace):
        resolve("岐山县", territory=NATION, context_place="999999999999")


def test_a_local_name_stands_for_its_place():
    territory = Territory.of(QISHAN).with_names([("渭北干渠路", "township:610323101000")])
    place = resolve("渭北干渠路半夜施工", territory=territory).place
    assert place.best.key == "township:610323101000"


def test_a_reporters_choice_is_kept_where_the_text_names_nothing():
    place = resolve("村支书贪污", territory=NATION, stated=QISHAN).place
    assert (place.best.code, place.reason) == (
        QISHAN,
        "The reporter chose 岐山县; the text names no other place.",
    )


def test_a_placeholder_of_the_source_is_no_name():
    best = resolve("北京市东城区东华门街道", territory=NATION).place.best
    assert best.names == ("北京市", None, "东城区", "东华门街道", None)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["岐山县", "蔡家坡镇", "零胡村", "和平村", "朝阳区", "我县", "本村", "人民检察院", "公司", "，", "。", "\n", "：", "Village", " of ",
             "Shiqiao Town", "市", "镇", "村", "東", "某", "\x00", "‮", "😀", "的", "从", "到", "、", "(", "尊敬的"]
        ),
        max_size=40,
    ).map("".join)
)  # fmt: skip
def test_no_order_of_words_breaks_the_resolver_or_its_offsets(text):
    found = resolve(text, territory=NATION, context_place=QISHAN)
    assert all(text[m.start : m.end] == m.text for m in found.mentions)
    assert found.place.best is None or 0 < found.place.best.confidence < 1


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300))
def test_any_text_can_be_read(text):
    found = resolve(text, territory=NATION)
    assert all(text[e.start : e.end] == e.text for e in found.evidence)


def test_neither_django_nor_spacy_is_loaded_to_resolve():
    code = (
        "import sys; from triage.places import Territory, resolve; resolve('岐山县', territory=Territory.national());"
        "print([name for name in ('django', 'spacy', 'wagtail', 'rjieba', 'numpy') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
