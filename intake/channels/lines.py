"""Reads a JSON object, as `import_reports` and staff forms bring it, into an Incoming.

Keys: id (needed), text, title, received (ISO 8601), inbox or context_place (12 digits or level:code),
place (the same), accused [{name, unit, post, rank}], when, amount, withheld, language,
identity {name, phone, email, address, id_number, other}. A line needs a title or a text.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from intake.channels.incoming import Accused, Identity, Incoming, Unreadable


def read_line(raw: dict[str, Any], channel: str) -> Incoming:
    if not isinstance(raw, dict):
        raise Unreadable(_("A report must be a JSON object."))
    external_id = raw.get("id")
    if not isinstance(external_id, str | int) or not str(external_id).strip():
        raise Unreadable(_("A report needs an id."))
    title, text = _text(raw, "title"), _text(raw, "text")
    if not (title.strip() or text.strip()):
        raise Unreadable(_("A report needs a text."))
    return Incoming(
        channel=channel,
        external_id=str(external_id)[:200],
        title=title,
        text=text,
        received_at=_moment(raw.get("received") or raw.get("time")),
        inbox=_text(raw, "inbox") or _text(raw, "context_place"),
        place=_text(raw, "place") if isinstance(raw.get("place"), str) else "",
        accused=tuple(_accused(a) for a in raw.get("accused") or ()),
        when=_text(raw, "when"),
        amount=_text(raw, "amount"),
        identity=_identity(raw.get("identity") or {}),
        withheld=bool(raw.get("withheld")),
        language=_text(raw, "language") or _text(raw, "lang") or "zh-hans",
    )


def _text(raw: dict[str, Any], key: str) -> str:
    value = raw.get(key)
    if value is None:
        return ""
    if not isinstance(value, str | int | float):
        raise Unreadable(_("“%(key)s” must be text.") % {"key": key})
    return str(value)


def _moment(value: Any) -> datetime | None:
    if not value:
        return None
    moment = _parsed(str(value))
    if moment is None:
        raise Unreadable(_("“%(value)s” is not a date.") % {"value": str(value)[:40]})
    if timezone.is_naive(moment):
        moment = timezone.make_aware(moment)
    if moment > timezone.now():
        raise Unreadable(_("A report cannot have come in the future."))
    return moment.astimezone(UTC)


def _parsed(text: str) -> datetime | None:
    try:
        if moment := parse_datetime(text):
            return moment
        day = parse_date(text)
    except ValueError:
        return None
    return datetime(day.year, day.month, day.day) if day else None


def _accused(raw: Any) -> Accused:
    if not isinstance(raw, dict):
        raise Unreadable(_("“%(key)s” must be text.") % {"key": "accused"})
    return Accused(**{k: _text(raw, k) for k in ("name", "unit", "post", "rank")})


def _identity(raw: Any) -> Identity:
    if not isinstance(raw, dict):
        raise Unreadable(_("“%(key)s” must be text.") % {"key": "identity"})
    return Identity(**{k: _text(raw, k) for k in ("name", "phone", "email", "address", "id_number", "other")})
