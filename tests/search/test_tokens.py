"""How text is cut, and what is made of what a person types."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.query import BadQuery
from search.tokens import cut, merged, occurrences, spaced, tokens
from search.words import LONGEST, MOST_TERMS, Term, parse

ANY_TEXT = st.text(
    alphabet=st.one_of(st.sampled_from('村民委会 -"“”*^():█,3０Ａé\n'), st.characters()), max_size=60
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("村民大会", "村民 民大 大会 会"),
        ("村", "村"),
        ("ＡＢＣ Ｄé", "abc de"),
        ("e\u0301cole ÉCOLE", "ecole ecole"),
        ("修路50万元", "修路 路 50 万元 元"),
        ("3，000元 12,345.60", "3000 元 12345 60"),
        ("村 民\n大会", "村民 民大 大会 会"),
        ("张三██李四", "张三 三 李四 四"),
        ("snake_case", "snake case"),
        ("🙂 \u202eabc\x00", "abc"),
        ("", ""),
    ],
)
def test_text_is_cut_into_folded_words_and_bigrams(text, expected):
    assert spaced(text) == expected


@given(ANY_TEXT)
def test_the_tokens_of_a_highlight_are_the_tokens_of_the_index(text):
    assert [t.text for t in cut(text)] == tokens(text)


@given(ANY_TEXT)
def test_a_token_holds_nothing_that_an_engine_could_take_for_syntax(text):
    assert not any(c.isspace() or (c.isascii() and not c.isalnum()) for t in tokens(text) for c in t)


@given(st.text(alphabet="村民委员会修路补偿abc12 ,。", min_size=2, max_size=40), st.data())
def test_every_piece_of_a_chinese_run_is_a_phrase_of_its_text(text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    piece = text[start : start + data.draw(st.integers(1, 6))]
    if not piece.strip(" ,。") or not all(c >= "\u4e00" for c in piece):
        return
    (term,) = parse(piece).terms
    assert any(
        text[s:e].replace(" ", "") == piece for s, e in occurrences(cut(text), term.tokens, term.prefix)
    )


@pytest.mark.parametrize(
    ("typed", "terms", "minus"),
    [
        ("修路 补偿款", [("修路",), ("补偿", "偿款")], []),
        ('"green belt" -拆迁', [("green", "belt")], [("拆迁",)]),
        ("“张三” －李四", [("张三",)], [("李四",)]),
        ("K7Q4-9X2M", [("k7q4", "9x2m")], []),
        ('"没有关上', [("没有", "有关", "关上")], []),
        ("修路 修路", [("修路",)], []),
        ("-", [], []),
    ],
)
def test_what_is_typed_becomes_terms_and_minus_words(typed, terms, minus):
    if not (terms or minus):
        with pytest.raises(BadQuery):
            parse(typed)
        return
    words = parse(typed)
    assert [t.tokens for t in words.terms] == terms
    assert [t.tokens for t in words.minus] == minus


def test_a_single_character_is_the_beginning_of_a_bigram():
    assert parse("村").terms == (Term(("村",), prefix=True),)
    assert parse("修50村").terms == (Term(("修", "50", "村"), prefix=True),)


@pytest.mark.parametrize(
    "typed", ["x" * (LONGEST + 1), " ".join(f"w{n}" for n in range(MOST_TERMS + 1)), "!?"]
)
def test_nonsense_is_a_bad_query(typed):
    with pytest.raises(BadQuery):
        parse(typed)


def test_no_words_are_no_nonsense():
    assert not parse("  ")


def refused(typed):
    try:
        parse(typed)
    except BadQuery:
        return True
    return False


@given(ANY_TEXT)
def test_anything_typed_is_a_query_unless_nothing_in_it_can_be_found(typed):
    assert refused(typed) == (bool(typed.strip()) and not tokens(typed))


def test_overlapping_marks_are_one():
    assert merged([(3, 5), (0, 2), (4, 7), (2, 3)]) == [(0, 7)]
