"""The installation's territory, as the pipeline wants it: a value, read once per change of the table."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from triage.models import Installation, Place
from triage.places import keys

if TYPE_CHECKING:
    from triage.places import Territory


def territory() -> Territory:
    here = Installation.current()
    return _territory(here.root_id, here.invented, here.changed_at.isoformat())


@lru_cache(maxsize=2)
def _territory(root: str | None, invented: bool, changed: str) -> Territory:
    from triage.places import Territory

    if root is None:
        return Territory.national()
    if not invented:
        return Territory.of(root)
    rows = Place.objects.order_by("depth", "code").values_list("code", "name", "parent__code", "depth")
    return Territory.from_rows(
        [(code, name, parent or "", keys.LEVELS[depth]) for code, name, parent, depth in rows], roots=[root]
    )


def default_inbox() -> str:
    """Key of the place where a report belongs that names none: the receiving organ's own."""
    row = Installation.objects.filter(pk=1).values_list("receiving__place_id", "root_id").first()
    return next(filter(None, row or ()), keys.NATION)


def is_ours(key: str) -> bool:
    """Does a place key lie in the installation's territory?"""
    root = Installation.current().root_id
    return root is None or keys.covers(root, key)


def known_place(key_or_code: str) -> Place | None:
    """The row of a `level:code` key or a 12-digit code (the highest level that bears it), or None."""
    if not key_or_code:
        return None
    if ":" in key_or_code:
        return Place.objects.filter(pk=key_or_code).first()
    return Place.objects.filter(code=key_or_code).order_by("depth").first()


def place_key(key_or_code: str) -> str | None:
    """The key of a known place, or None."""
    place = known_place(key_or_code)
    return place.pk if place else None
