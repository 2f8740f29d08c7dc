"""Which earlier cases are about the same accused, or the same field in the same village."""

from __future__ import annotations

from dataclasses import dataclass, field

from triage.models import Case, Subject
from triage.names import full_name
from triage.places import keys


@dataclass(frozen=True)
class Siblings:
    """zones: primary keys of those that hold one. times_reported: cases against the same person, this included."""

    zones: frozenset[int] = field(default_factory=frozenset)
    times_reported: int = 1


def siblings_of(case: Case, names: set[str], *, looked_through: int) -> Siblings:
    """Of the township's newest cases, and no more of them than that: names lie sealed and are opened one by one."""
    township = keys.ancestor(case.place_id, "township")
    if township is None:
        return Siblings()
    rows = Case.objects.readable().within(township).exclude(pk=case.pk).order_by("-received_at", "-pk")
    near = list(rows.values_list("pk", "zone_id", "place_id", "domain_id")[:looked_through])
    same_person = _accusing(names, [pk for pk, *_rest in near]) if names else set()
    village = case.place_id if case.place_id.startswith("village:") else None
    zones = {
        zone
        for pk, zone, place, domain in near
        if zone and (pk in same_person or (village and place == village and domain == case.domain_id))
    }
    return Siblings(frozenset(zones), len(same_person) + 1)


def _accusing(names: set[str], pks: list[int]) -> set[int]:
    return {s.case_id for s in Subject.objects.filter(case__in=pks) if full_name(s.name) in names}
