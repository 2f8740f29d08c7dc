"""What is indexed of a case: its masked words and what decides who finds it. Never who reported.

`MADE_FROM` lists every table that a document is made from, so that none can change unnoticed; a test edits
each of its fields and compares with a rebuild.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from search.query import Document
from triage.models import Case, Matter, Office, Subject, Zone
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

COLUMNS = ("uid", "key_id", *MADE_FROM["triage.Case"])

SEPARATOR = "；"  # between the parts of one accused and between two: no phrase runs across it


def documents(pks: Iterable[int], versions: dict[int, int]) -> Iterator[Document]:
    """Documents of those cases among `pks` that may be in an index, as they stand in the database now.

    Five queries, however many cases: Django's prefetching would take a sixth of the time of a rebuild.
    """
    cases = list(Case.objects.readable().filter(pk__in=list(pks)).only(*COLUMNS))
    held = [case.pk for case in cases]
    zones = dict(Zone.objects.values_list("pk", "code"))
    offices = dict(Office.objects.values_list("pk", "code"))
    matters: dict[int, list[tuple[str | None, str | None]]] = defaultdict(list)
    for pk, domain, place in Matter.objects.filter(case__in=held).values_list("case", "domain", "place"):
        matters[pk].append((domain, place))
    subjects: dict[int, list[Subject]] = defaultdict(list)
    for subject in Subject.objects.filter(case__in=held).only("case", "uid", "key_id", "sealed"):
        subjects[subject.case_id].append(subject)
    for case in cases:
        yield Document(
            version=versions[case.pk],
            zone=zones[case.zone_id] if case.zone_id else "",
            office=offices[case.office_id] if case.office_id else "",
            accused=accused(subjects[case.pk]),
            **_of_case(case),
            **_of_matters(case, matters[case.pk]),
        )


def document(case: Case) -> Document:
    """The document of one readable case."""
    (made,) = documents([case.pk], {case.pk: 0})
    return made


def _of_case(case: Case) -> dict[str, Any]:
    return {
        "case_id": case.pk,
        "number": case.number,
        "title": case.title,
        "text": case.text,
        "seen_by": tuple(case.seen_by()),
        "place": case.place_id,
        "domain": case.domain_id or "",
        "channel": case.channel,
        "state": case.state,
        "kind": case.kind,
        "received": case.received_at,
        "largest_sum": case.largest_sum,
    }


def _of_matters(case: Case, matters: list[tuple[str | None, str | None]]) -> dict[str, Any]:
    """Domains and places of the case and all its matters, places with their ancestors."""
    domains = [case.domain_id, *(domain for domain, _place in matters)]
    places = [case.place_id, *(place for _domain, place in matters)]
    return {
        "domains": tuple(dict.fromkeys(d for d in domains if d)),
        "places": tuple(dict.fromkeys(key for place in places if place for key in path_of(place))),
    }


def accused(subjects: Iterable[Subject]) -> str:
    """Names, units and posts of all that are accused, once each."""
    parts = dict.fromkeys(p for s in subjects for p in (s.name, s.unit, s.post) if p)
    return SEPARATOR.join(parts)
