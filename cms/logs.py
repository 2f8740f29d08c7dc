"""Log lines without content: what failed and where, never with which values.

An exception's message often quotes what it choked on (a name, a phone number, a row), and a
request's path, body and address say who asked. So the formatter writes the exception's type and
the places in the code, and nothing that came from outside.
"""

from __future__ import annotations

import logging
import traceback
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).resolve().parent.parent
PLACES_SHOWN = 8


class PlaceFormatter(logging.Formatter):
    """`time level logger: message`; of an exception its type and the last places in the code."""

    def formatException(self, ei: tuple) -> str:
        kind, error, trace = ei
        return describe(error, trace) if error is not None else str(kind)

    def format(self, record: logging.LogRecord) -> str:
        # A cached text would be the default formatter's, with the exception's message in it.
        record.exc_text = None
        record.stack_info = None
        return super().format(record)


class RequestFilter(logging.Filter):
    """Django's messages about requests carry the path and the exception's text: neither is kept."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        method = getattr(request, "method", "")
        status = getattr(record, "status_code", "")
        record.msg = f"A request failed ({method} {status})." if method or status else "A request failed."
        record.args = ()
        return True


class TaskFilter(logging.Filter):
    """Celery's messages about a failed task carry its arguments and the exception's text: neither is kept."""

    def filter(self, record: logging.LogRecord) -> bool:
        told = getattr(record, "data", None) or {}
        record.msg = f"A task failed ({told.get('name', 'unknown')}, {told.get('description', 'unknown')})."
        record.args = ()
        return True


def describe(error: BaseException, trace: TracebackType | None = None) -> str:
    """`ValueError at intake/actions.py:41 in receive < …`, innermost first, without the message."""
    frames = traceback.extract_tb(trace or error.__traceback__)[-PLACES_SHOWN:]
    places = [f"{_short(frame.filename)}:{frame.lineno} in {frame.name}" for frame in reversed(frames)]
    kind = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    after = f"; after {type(cause).__qualname__}" if cause is not None else ""
    return f"{kind} at {' < '.join(places) or 'an unknown place'}{after}"


def _short(filename: str) -> str:
    path = Path(filename)
    if path.is_relative_to(ROOT) and ".venv" not in path.parts:
        return str(path.relative_to(ROOT))
    return "/".join(path.parts[-2:])
