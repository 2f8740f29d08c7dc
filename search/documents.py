"""What is indexed of a case: its masked words and what decides who finds it. Never who reported.

`MADE_FROM` lists every table that a document is made from, so that none can change unnoticed; a test edits
each of its fields and compares with a rebuild.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from search.query import Document
from triage.models import Case
from triage.places.keys import path_of

# By table: the fields that stand in a document. Changes of the first three come through `claim` and its
# signal, those of the others through their rows' signals (`search.receivers`).
MADE_FROM: dict[str, tuple[str, ...]] = {
    "triage.Case": (
        "number",
        "sealed",
        "state",
        "kind",
        "channel",
        "received_at",
        "inbox",
        "place",
        "domain",
        "zone",
        "office",
        "largest_sum",
    ),
    "triage.Matter": ("domain", "place"),
    "triage.Subject": ("sealed",),
    "triage.Zone": ("code",),
    "triage.Office": ("code",),
}
WRITTEN_ONCE = ("number", "channel", "received_at", "inbox")  # of a case; no verb changes them

SEPARATOR = "；"  # between the parts of one accused and between two: no phrase runs across it


def documents(pks: Iterable[int], versions: dict[int, int]) -> Iterator[Document]:
    """Documents of those cases among `pks` that may be in an index, as they stand in the database now."""
    rows = (
        Case.objects.readable()
        .filter(pk__in=list(pks))
        .select_related("zone", "office")
        .prefetch_related("matters", "subjects")
    )
    return (document(case, versions[case.pk]) for case in rows)


def document(case: Case, version: int = 0) -> Document:
    matters = list(case.matters.all())
    places = dict.fromkeys(
        key for held in (case.place_id, *(m.place_id for m in matters)) if held for key in path_of(held)
    )
    domains = dict.fromkeys(d for d in (case.domain_id, *(m.domain_id for m in matters)) if d)
    return Document(
        case_id=case.pk,
        version=version,
        number=case.number,
        title=case.title,
        text=case.text,
        accused=accused(case),
        seen_by=tuple(case.seen_by()),
        places=tuple(places),
        place=case.place_id,
        domain=case.domain_id or "",
        domains=tuple(domains),
        zone=case.zone.code if case.zone else "",
        office=case.office.code if case.office else "",
        channel=case.channel,
        state=case.state,
        kind=case.kind,
        received=case.received_at,
        largest_sum=case.largest_sum,
    )


def accused(case: Case) -> str:
    """Names, units and posts of all that are accused, once each."""
    parts = dict.fromkeys(p for s in case.subjects.all() for p in (s.name, s.unit, s.post) if p)
    return SEPARATOR.join(parts)
