"""The words that a person types, as terms, phrases and minus words, in no engine's syntax.

    修路 补偿款        both must occur
    "green belt"       side by side; a run of Chinese characters always is
    -拆迁              must not occur
    村                 one Chinese character: wherever it stands

Nothing typed reaches an engine but the tokens cut from it, which hold letters and digits only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from search.query import BadQuery
from search.tokens import is_han, tokens

LONGEST = 400  # characters
MOST_TERMS = 20

CHUNK = re.compile(
    r"(?P<minus>(?<!\S)[-\uff0d\u2212])?"
    r"(?:(?P<open>[\"“”「『＂])(?P<quoted>[^\"“”」』＂]*)[\"“”」』＂]?|(?P<plain>[^\s\"“「『＂]+))"
)


@dataclass(frozen=True)
class Term:
    """Tokens that must stand side by side; `prefix`: of the last one, only its beginning is known."""

    tokens: tuple[str, ...]
    prefix: bool = False


@dataclass(frozen=True)
class Words:
    terms: tuple[Term, ...] = ()
    minus: tuple[Term, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.terms or self.minus)


def parse(typed: str) -> Words:
    """The terms of what was typed; BadQuery where it is too long or holds nothing to look for."""
    if len(typed) > LONGEST:
        raise BadQuery(_("The search words are too long (at most %(n)d characters).") % {"n": LONGEST})
    terms: dict[Term, None] = {}
    minus: dict[Term, None] = {}
    for match in CHUNK.finditer(typed):
        found = term(match["quoted"] if match["open"] else match["plain"])
        if found:
            (minus if match["minus"] else terms)[found] = None
    if typed.strip() and not (terms or minus):
        raise BadQuery(_("Please type words or numbers to look for."))
    if len(terms) + len(minus) > MOST_TERMS:
        raise BadQuery(_("Please search for at most %(n)d words at once.") % {"n": MOST_TERMS})
    return Words(tuple(terms), tuple(minus))


def term(chunk: str) -> Term | None:
    """One chunk of a query as a phrase; None where nothing in it can be found."""
    cut = tokens(chunk)
    if not cut:
        return None
    if len(cut) == 1 or not is_han(cut[-1]):
        return Term(tuple(cut), prefix=len(cut[-1]) == 1 and is_han(cut[-1]))
    # The last token is the run's last character alone. After a bigram that says nothing new, and the
    # text may go on there; a run of one character is looked for as the beginning of a bigram.
    if len(cut[-2]) == 2 and is_han(cut[-2]) and cut[-2][1] == cut[-1]:
        return Term(tuple(cut[:-1]))
    return Term(tuple(cut), prefix=True)
