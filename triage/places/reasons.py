"""The sentences in which a place is explained: templates to translate, filled when a place is found."""

from __future__ import annotations

import re

NAMED = "The text names %(place)s together with a place above it."
ONLY = "The text names %(place)s, and there is only one of that name."
ANCHORED = "The text names %(name)s; of the places so called, the one in %(anchor)s was taken, which the text names too."
IN_TERRITORY = "The text names %(name)s; of the places so called, the one in this territory was taken."
IN_CONTEXT = (
    "The text names %(name)s; of the places so called, the one nearest to this inbox (%(anchor)s) was taken."
)
REFERS_BACK = "The text says “%(words)s”: the place of this inbox was taken."
LOCAL = "The text names %(words)s, which this office has listed as lying in %(place)s."
STATED = "The reporter chose %(place)s; the text names no other place."
STATED_AND_TEXT = "The reporter chose %(stated)s, and the text names %(place)s there."
COURT_ONLY = "Only a court or prosecutor's office is named; its seat, %(place)s, was taken."
ADDRESS_ONLY = "Only the reporter's own address, or the office written to, is named: %(place)s."
OUTSIDE = "The text names %(place)s, which lies outside this territory."
SHARED = "The text names several places alike; only what they share, %(place)s, was taken."
SHARED_NAME = "%(count)s places are called %(name)s; all lie in %(place)s, which was taken."
UNLISTED = "The text names %(written)s in %(place)s; the gazetteer does not know it there."
NOTHING = "The text names no place."
WEAK = "The text names places, but none of them as the place of the matter."
AMBIGUOUS = "%(count)s places are called %(name)s, and nothing in the text tells them apart."

REASONS = (
    NAMED,
    ONLY,
    ANCHORED,
    IN_TERRITORY,
    IN_CONTEXT,
    REFERS_BACK,
    LOCAL,
    STATED,
    STATED_AND_TEXT,
    COURT_ONLY,
    ADDRESS_ONLY,
    OUTSIDE,
    SHARED,
    SHARED_NAME,
    UNLISTED,
    NOTHING,
    WEAK,
    AMBIGUOUS,
)

WHICH = "Which %(name)s is meant: %(choices)s?"
WHICH_PLACE = "Which place is meant: %(choices)s?"
IN_WHICH_COUNTY = "In which county or district is %(name)s?"
QUESTIONS = (WHICH, WHICH_PLACE, IN_WHICH_COUNTY)

_SLOT = re.compile(r"%\((\w+)\)s")


def _pattern(template: str) -> re.Pattern[str]:
    parts = _SLOT.split(template)
    source = "".join(
        re.escape(part) if index % 2 == 0 else f"(?P<{part}>.*)" for index, part in enumerate(parts)
    )
    return re.compile(source + r"\Z", re.DOTALL)


_PATTERNS = tuple((template, _pattern(template)) for template in (*REASONS, *QUESTIONS))


def parts(sentence: str) -> tuple[str, dict[str, str]]:
    """The template of a filled sentence and what fills it, so that a screen can translate: _(template) % values."""
    for template, pattern in _PATTERNS:
        if match := pattern.match(sentence):
            return template, match.groupdict()
    return sentence, {}
