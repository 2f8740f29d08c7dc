"""The steps from the form to the index, as a table; a test can have the process die at any of them.

Nothing but a test calls `die_at`. Without it `passing` costs one comparison.
"""

from __future__ import annotations

import os
import signal

STEPS = {
    "form": "the form was checked, nothing is stored",
    "report": "the report's row is written, not committed",
    "reporter": "the identity is sealed, not committed",
    "file": "a file lies sealed on the disk, its row is not committed",
    "case": "the case stands in the queue, not committed",
    "received": "all is committed, no bell has rung",
    "reading": "the worker has taken the case, the model has not run",
    "read": "the model has run, nothing of it is stored",
    "stored": "the reading is stored, not committed",
    "to_route": "the reading is committed, the case waits for its route",
    "routed": "the route is known, not applied",
    "assigned": "the route is applied, not committed",
    "indexing": "the route is committed, the document is not written",
    "indexed": "the document is written, the outbox still holds its row",
    "copying": "the cleaned copy is made, not written",
    "copied": "the cleaned copy lies on the disk, its row does not say so yet",
}

_deadly: str | None = None
_passes_left = 0


def die_at(step: str, passing: int = 1) -> None:
    """From now on this process dies by SIGKILL when it passes the step for the n-th time."""
    global _deadly, _passes_left
    if step not in STEPS:
        raise ValueError(step)
    _deadly, _passes_left = step, passing


def passing(step: str) -> None:
    global _passes_left
    if step != _deadly:
        return
    _passes_left -= 1
    if _passes_left <= 0:
        os.kill(os.getpid(), signal.SIGKILL)
