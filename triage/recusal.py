"""Who must not know that a case exists, derived from whom it accuses."""

from __future__ import annotations

from triage.models import Case, Officer, Recusal


def derive(case: Case) -> bool:
    """Makes the case's derived recusals anew from its subjects; True when they have changed."""
    wanted = {(officer, Recusal.Ground.ACCUSED) for officer in _accused_officers(case)}
    held = set(case.recusals.filter(derived=True, officer__isnull=False).values_list("officer_id", "ground"))
    if wanted == held:
        return False
    case.recusals.filter(derived=True).delete()
    Recusal.objects.bulk_create(Recusal(case=case, officer_id=o, ground=g) for o, g in wanted)
    return True


def _accused_officers(case: Case) -> set[int]:
    names = {s.name for s in case.subjects.all() if s.name}
    return set(Officer.objects.filter(name__in=names).values_list("pk", flat=True))
