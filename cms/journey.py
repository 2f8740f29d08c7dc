"""Walks everything that waits to its queue and into the index, in this process.

The worker does the same from its bell; what both take at once is done once (claims decide).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator

from intake.models import Attachment
from intake.tasks import catch_up as clean_attachments
from search.models import Stale, ToRoute
from search.tasks import catch_up as route_and_index
from triage.models import Case
from triage.tasks import catch_up as read_waiting

PATIENCE_SECONDS = 120  # without any progress, before what is left is reported as left
AT_ONCE = 500  # what one question to the database names


def waiting(cases: Iterable[int] | None = None) -> int:
    """How many steps are still to do (of these cases, or of all): to read, to route, to index, to copy a file."""
    if cases is None:
        copies = Attachment.objects.filter(state=Attachment.State.WAITING).count()
        return (
            3 * Case.objects.unread().count() + 2 * ToRoute.objects.count() + Stale.objects.count() + copies
        )
    keys = list(cases)
    return sum(_waiting(keys[i : i + AT_ONCE]) for i in range(0, len(keys), AT_ONCE))


def _waiting(pks: list[int]) -> int:
    unread = Case.objects.unread().filter(pk__in=pks).count()
    to_route = ToRoute.objects.filter(pk__in=pks).count()
    copies = Attachment.objects.filter(report__case__in=pks, state=Attachment.State.WAITING).count()
    return 3 * unread + 2 * to_route + Stale.objects.filter(pk__in=pks).count() + copies


def walk(*, progress: Callable[[int], None] = lambda left: None, cases: list[int] | None = None) -> int:
    """Does the steps until none is left, or nothing has moved for `PATIENCE_SECONDS`; what is left."""
    last_move, left = time.monotonic(), waiting(cases)
    for done in _rounds():
        before, left = left, waiting(cases)
        progress(left)
        if not left:
            break
        if done or left != before:
            last_move = time.monotonic()
        elif time.monotonic() - last_move > PATIENCE_SECONDS:
            break
        else:
            time.sleep(0.2)
    return left


def _rounds() -> Iterator[int]:
    while True:
        yield clean_attachments() + read_waiting() + route_and_index()
