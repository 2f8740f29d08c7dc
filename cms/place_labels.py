"""Places as people read them: the path below the territory's own place."""

from __future__ import annotations

from collections.abc import Iterable

from triage.models import Installation, Place
from triage.places import keys

ARROW = " › "


def paths(wanted: Iterable[str]) -> dict[str, str]:
    """{key: "Township › Village"} for many keys in one query; what is not in the table stays a key."""
    wanted = set(wanted)
    top = top_depth()
    lines = {key: [k for k in keys.path_of(key) if _depth(k) >= top] or [key] for key in wanted}
    rows = Place.objects.in_bulk({k for line in lines.values() for k in line})
    return {
        key: ARROW.join(rows[k].label for k in line if k in rows) or key.partition(":")[2]
        for key, line in lines.items()
    }


def path(key: str) -> str:
    return paths([key])[key]


def top_depth() -> int:
    """The first level worth naming: below the territory's root, or all of them for the nation."""
    root = Installation.current().root
    return root.depth + 1 if root else 0


def guessed(names: Iterable[str | None]) -> str:
    """The path of a place that need not stand in the table (a guess beyond the territory)."""
    found = list(names)[top_depth() :]
    return ARROW.join(n for n in found if n) or ARROW.join(n for n in names if n)


def _depth(key: str) -> int:
    return keys.LEVELS.index(key.partition(":")[0])


def known(wanted: Iterable[str]) -> dict[str, str]:
    """The paths of those keys that stand in the territory's table."""
    wanted = list(wanted)
    held = set(Place.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    return {key: label for key, label in paths(held).items() if key in held}
