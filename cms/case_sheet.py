"""What the case page shows of one case, as values that a template only has to lay out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.functional import cached_property
from django.utils.translation import gettext as _

import search
from cms import history_words, place_labels, routing_words
from cms.highlights import Piece, evidence_of, pieces
from cms.staff_access import desk_scope
from intake.models import Attachment
from search.query import SearchDown
from triage.mailbox import Line, mailbox
from triage.models import Case, Correction, Domain, Reading, Role
from triage.pipeline.finding import DomainGuess, Finding, PlaceFound
from triage.places.reasons import parts

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.db.models import QuerySet

SIMILAR = 5
# What a number key may choose among: the machine's best alternatives, and no more than a hand has fingers.
DOMAINS_OFFERED = 4
PLACES_OFFERED = 5


@dataclass(frozen=True)
class Alternative:
    """One thing the machine also thought possible; `key` chooses it."""

    field: str
    value: str
    label: str
    confidence: float
    key: int


@dataclass(frozen=True)
class Reason:
    sentence: str
    weight: int = 0


@dataclass(frozen=True)
class Corrected:
    row: Correction
    before: str
    after: str


@dataclass(frozen=True)
class Similar:
    case: Case
    path: str


class CaseSheet:
    def __init__(self, case: Case, user: User) -> None:
        self.case = case
        self.user = user
        self.scope = desk_scope(user)

    @cached_property
    def reading(self) -> Reading | None:
        return self.case.readings.select_related("domain").first()

    @cached_property
    def finding(self) -> Finding | None:
        return self.reading.finding if self.reading else None

    @cached_property
    def title(self) -> list[Piece]:
        return self._pieces[0] if self.case.title else []

    @cached_property
    def text(self) -> list[Piece]:
        return self._pieces[1]

    @cached_property
    def _pieces(self) -> tuple[list[Piece], list[Piece]]:
        title, text = self.case.title, self.case.text
        if self.finding is None:
            return pieces(title, ()), pieces(text, ())
        whole, spans = self.finding.text, evidence_of(self.finding)
        cut = whole.find("\n") if title else -1
        lines = pieces(whole, spans)
        return _split(lines, cut)

    @cached_property
    def place_path(self) -> str:
        if self.case.outside and self.finding and self.finding.place.best:
            return place_labels.guessed(self.finding.place.best.names)
        return place_labels.path(self.case.place_id)

    @cached_property
    def place_reason(self) -> str:
        return _translated(self.finding.place.reason) if self.finding else ""

    @cached_property
    def place_question(self) -> str:
        return _translated(self.finding.place.question) if self.finding else ""

    @cached_property
    def read_place(self) -> str:
        """The machine's own place, where a person has said another."""
        best = self.finding.place.best if self.finding else None
        return place_labels.guessed(best.names) if best else ""

    @cached_property
    def domains(self) -> list[Alternative]:
        if self.finding is None:
            return []
        guesses = [g for g in self.finding.domain.alternatives if g.code != self.case.domain_id]
        if self.finding.domain.code != self.case.domain_id:
            guesses.insert(0, _own(self.finding))
        known = Domain.objects.in_bulk([g.code for g in guesses])
        offered = [g for g in guesses if g.code in known][:DOMAINS_OFFERED]
        return [
            Alternative("domain", g.code, known[g.code].label, g.confidence, i)
            for i, g in enumerate(offered, 1)
        ]

    @cached_property
    def places(self) -> list[Alternative]:
        if self.finding is None:
            return []
        here = self.case.place_id
        guesses = [g for g in _guesses(self.finding.place) if g.key != here]
        known = place_labels.known(g.key for g in guesses)
        offered = [g for g in guesses if g.key in known][: min(PLACES_OFFERED, 9 - len(self.domains))]
        first = len(self.domains) + 1
        return [
            Alternative("place", g.key, known[g.key], g.confidence, i) for i, g in enumerate(offered, first)
        ]

    @cached_property
    def subjects(self) -> list:
        return list(self.case.subjects.all())

    @cached_property
    def corrections(self) -> list[Corrected]:
        rows = list(self.case.corrections.select_related("by"))
        keys_ = {v for r in rows if r.field == "place" for v in (r.before, r.after) if v}
        paths = place_labels.paths(keys_)
        domains = Domain.objects.in_bulk(
            [v for r in rows if r.field == "domain" for v in (r.before, r.after)]
        )
        kinds = dict(Case.Kind.choices)

        def label(value: str) -> str:
            return str(paths.get(value) or domains.get(value) or kinds.get(value) or value)

        return [Corrected(row, label(row.before), label(row.after)) for row in rows]

    @cached_property
    def proposal(self) -> routing_words.Proposal | None:
        row = self.case.routings.first()
        return routing_words.proposal(row) if row else None

    @cached_property
    def similar(self) -> list[Similar] | None:
        """Earlier cases like this one that the user may see; None while the search engine is down."""
        try:
            hits = search.similar(self.case, user=self.user, limit=SIMILAR).hits
        except SearchDown:
            return None
        found = Case.objects.visible_to(self.user).select_related("domain", "zone")
        rows = found.in_bulk([h.case_id for h in hits])
        cases = [rows[h.case_id] for h in hits if h.case_id in rows]
        labels = place_labels.paths({c.place_id for c in cases})
        return [Similar(c, labels[c.place_id]) for c in cases]

    @cached_property
    def bundle(self) -> list[Case]:
        if not self.case.bundle_id:
            return []
        rows = Case.objects.visible_to(self.user).filter(bundle=self.case.bundle_id).exclude(pk=self.case.pk)
        return list(rows.order_by("-received_at")[:50])

    @cached_property
    def history(self) -> list[history_words.Entry]:
        return history_words.entries(self.case)

    @cached_property
    def attachments(self) -> QuerySet[Attachment]:
        return self.case.report.attachments.all()

    @cached_property
    def mailbox(self) -> list[Line]:
        return mailbox(self.case.report)

    @cached_property
    def deadlines(self) -> list:
        return list(self.case.deadlines.all())

    @property
    def may_verify(self) -> bool:
        return self.scope.may(Role.LETTERS_OFFICER)

    @property
    def may_see_looks(self) -> bool:
        return self.scope.may(Role.MAIN_HEAD, Role.DEPUTY_HEAD, Role.COORDINATOR)

    @property
    def is_open(self) -> bool:
        return self.case.state in Case.OPEN_STATES

    @property
    def waits_to_be_accepted(self) -> bool:
        return self.case.state == Case.State.ASSIGNED

    @property
    def is_done(self) -> bool:
        return self.case.state in (Case.State.CLOSED, Case.State.FORWARDED)


def _translated(sentence: str) -> str:
    """A sentence of the resolver, which is a template that has been filled, in the user's language."""
    if not sentence:
        return ""
    template, values = parts(sentence)
    return _(template) % values if values else _(template)


def _own(finding: Finding) -> DomainGuess:
    return DomainGuess(finding.domain.code, finding.domain.confidence)


def _guesses(found: PlaceFound) -> list:
    return [*([found.best] if found.best else []), *found.alternatives]


def _split(lines: list[Piece], cut: int) -> tuple[list[Piece], list[Piece]]:
    """The pieces before and after one position, which is the line feed after a title; none: all is text."""
    if cut < 0:
        return [], lines
    before: list[Piece] = []
    behind: list[Piece] = []
    at = 0
    for piece in lines:
        end = at + len(piece.text)
        if at < cut:
            before.append(Piece(piece.text[: cut - at], piece.kinds))
        if end > cut + 1:
            behind.append(Piece(piece.text[max(cut + 1 - at, 0) :], piece.kinds))
        at = end
    return before, behind
