"""Which zone or office may and should take a case: the question, its answer, and the reasons."""

from __future__ import annotations

from dataclasses import asdict

from django.db import transaction

from intake.steps import passing
from search.models import Routing, ToRoute
from search.query import Route
from triage import actions
from triage.models import Case, Office, Zone


def route(case: Case) -> Route:
    """The answer for a case as it stands in the database now."""
    return Route(to=None, mode="", ground="not_asked")


def apply(case: Case, answer: Route) -> None:
    """Keeps the answer and puts the case where it says, in one transaction; None is the unrouted queue."""
    with transaction.atomic():
        Routing.objects.create(
            case=case,
            to_kind=answer.to[0] if answer.to else "",
            to_code=answer.to[1] if answer.to else "",
            mode=answer.mode,
            ground=answer.ground,
            reasons=[asdict(r) for r in answer.reasons],
            runners_up=[asdict(c) for c in answer.runners_up],
        )
        ToRoute.objects.filter(pk=case.pk).delete()
        to = _target(answer)
        if (case.zone, case.office) != (
            to if isinstance(to, Zone) else None,
            to if isinstance(to, Office) else None,
        ):
            actions.assign(case, to=to, mode=answer.mode, facts={"ground": answer.ground})
        passing("assigned")


def _target(answer: Route) -> Zone | Office | None:
    if answer.to is None:
        return None
    kind, code = answer.to
    return Zone.objects.get(code=code) if kind == "zone" else Office.objects.get(code=code)
