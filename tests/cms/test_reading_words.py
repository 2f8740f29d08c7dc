from cms.reading_words import SENTENCES
from triage.places import REASONS


def test_every_sentence_of_the_resolver_can_be_translated():
    assert set(SENTENCES) == set(REASONS)
