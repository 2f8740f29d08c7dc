"""Choosing a place without a script: one grouped list for a county, step by step for anything larger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from triage.models import Installation, Place
from triage.places import keys

# So many options still scroll on a telephone and cost few kilobytes; a larger territory is asked in steps.
MOST_OPTIONS = 400
TOWNSHIP = keys.LEVELS.index("township")


@dataclass(frozen=True)
class Option:
    key: str
    label: str


@dataclass(frozen=True)
class Group:
    label: str
    options: list[Option]


@dataclass(frozen=True)
class Step:
    """One select. name: of the field; groups: with one unnamed group for a plain list."""

    name: str
    label: str
    groups: list[Group]
    chosen: str = ""


class PlaceChoice:
    """What was chosen. `key` is the deepest valid choice, "" for "I don't know"; the selects are only made
    when a page shows them."""

    def __init__(self, posted: Mapping[str, str]) -> None:
        self.posted = posted
        self.key = self.error = ""
        if not any(value for name, value in posted.items() if name.startswith("place")):
            return  # most reports say none, and need no look at the tables
        if self.root is None or self.stepwise:
            self._follow_steps()
        elif chosen := posted.get("place", ""):
            self._choose(chosen, self.root)

    @cached_property
    def root(self) -> Place | None:
        return Installation.current().root

    @cached_property
    def stepwise(self) -> bool:
        """A form that was sent says by its fields which kind was shown; only a new one has to be counted out."""
        return self.root is None or (
            "place" not in self.posted and _options(self.root).count() > MOST_OPTIONS
        )

    def _choose(self, chosen: str, root: Place) -> None:
        if _options(root).filter(pk=chosen).exists():
            self.key = chosen
        else:
            self.error = _("Please choose a place from the list.")

    def _follow_steps(self) -> None:
        above = self.root.pk if self.root else None
        for level in keys.LEVELS:
            chosen = self.posted.get(_step_name(level), "")
            if not chosen:
                continue
            if not Place.objects.filter(pk=chosen, parent_id=above).exists():
                # A lower place left over from another choice above it is no mistake, only out of date.
                self.error = "" if self.key else _("Please choose a place from the list.")
                return
            self.key = above = chosen

    @cached_property
    def steps(self) -> list[Step]:
        if self.root is not None and not self.stepwise:
            return [_grouped(self.root, self.key)]
        shown = [*_path_below(self.root, self.key), ""]
        above = [self.root.pk if self.root else None, *shown[:-1]]
        steps = (_step(upper, chosen) for upper, chosen in zip(above, shown, strict=True))
        return [step for step in steps if step is not None]


def _options(root: Place) -> QuerySet[Place]:
    return Place.objects.below(root.pk)


def _path_below(root: Place | None, key: str) -> list[str]:
    if not key:
        return []
    path = [k for k in keys.path_of(key) if root is None or (k != root.pk and keys.covers(root.pk, k))]
    return list(Place.objects.filter(pk__in=path).order_by("depth").values_list("pk", flat=True))


def _step_name(level: str) -> str:
    return f"place_{level}"


def _step(above: str | None, chosen: str) -> Step | None:
    children = _labelled(Place.objects.filter(parent_id=above).order_by("code"))
    if not children:
        return None
    level = keys.LEVELS[children[0][1]]
    options = [Option(key, label) for key, _depth, label in children]
    return Step(_step_name(level), level_labels()[level], [Group("", options)], chosen)


def _grouped(root: Place, chosen: str) -> Step:
    groups: list[Group] = []
    for key, depth, label in _labelled(_options(root).order_by("code", "depth")):
        if depth < TOWNSHIP:
            groups.append(Group(label, [Option(key, _("%(place)s itself") % {"place": label})]))
        elif depth == TOWNSHIP:
            groups.append(Group(label, [Option(key, _("%(place)s (village not known)") % {"place": label})]))
        elif groups:
            groups[-1].options.append(Option(key, label))
    return Step("place", _("Township and village"), groups, chosen)


def level_labels() -> dict[str, str]:
    return {
        "province": _("Province"),
        "city": _("City"),
        "county": _("County"),
        "township": _("Township"),
        "village": _("Village"),
    }


def _labelled(rows: QuerySet[Place]) -> list[tuple[str, int, str]]:
    """(key, depth, name in the reader's language); values only, because a county has hundreds."""
    english = (get_language() or "").startswith("en")
    found = rows.values_list("key", "depth", "name", "name_en")
    return [(key, depth, (name_en if english else "") or name) for key, depth, name, name_en in found]
