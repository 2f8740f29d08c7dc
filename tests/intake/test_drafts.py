"""Files of a form that could not be sent yet."""

from __future__ import annotations

import shutil

import pytest

from intake import drafts, sealing
from intake.channels import Upload

FORM = "b9a3a4a6-0b6d-4d2c-9d0b-9a7d0f7c2f11"
PAGE = Upload("page.pdf", b"%PDF-1.4 page")


@pytest.fixture(autouse=True)
def _no_drafts(data_folder):
    shutil.rmtree(data_folder / "drafts", ignore_errors=True)


def test_what_is_kept_comes_back_in_its_order():
    other = Upload("other.pdf", b"%PDF-1.4 other")
    drafts.keep(FORM, PAGE)
    drafts.keep(FORM, other)
    assert drafts.uploads(FORM) == (PAGE, other)


def test_the_same_file_chosen_again_is_kept_once():
    assert drafts.keep(FORM, PAGE) == drafts.keep(FORM, PAGE)
    assert len(drafts.listed(FORM)) == 1


def test_another_form_sees_nothing():
    drafts.keep(FORM, PAGE)
    assert drafts.listed("another") == []


@pytest.mark.parametrize("token", ["../*", "*", "", "../../keys/ring"])
def test_a_name_that_was_never_given_removes_nothing(token, keys):
    drafts.keep(FORM, PAGE)
    drafts.remove(FORM, token)
    assert len(drafts.listed(FORM)) == 1
    assert sealing.ring() == keys


def test_all_drafts_together_have_a_limit(monkeypatch):
    monkeypatch.setattr(drafts, "MOST_BYTES", 40)
    assert drafts.keep(FORM, PAGE)
    assert drafts.keep("another", Upload("big.pdf", b"%PDF" + b"0" * 40)) is None
    assert drafts.listed("another") == []


def test_a_file_swept_or_unsealable_meanwhile_is_not_there_and_breaks_nothing(data_folder):
    draft = drafts.keep(FORM, PAGE)
    file = next((data_folder / "drafts").glob(f"*/{draft.token}.file"))
    file.write_bytes(b"k1\n" + b"0" * 60)
    assert drafts.uploads(FORM) == ()
    file.unlink()
    assert drafts.uploads(FORM) == ()


def test_a_dropped_form_leaves_nothing_on_the_disk(data_folder):
    drafts.keep(FORM, PAGE)
    drafts.drop(FORM)
    assert not [p for p in (data_folder / "drafts").rglob("*") if p.is_file()]
