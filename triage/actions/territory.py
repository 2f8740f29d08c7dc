"""Makes a part of the national gazetteer, or a table of invented places, the installation's territory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import batched

from django.db import transaction
from django.utils.translation import gettext as _

from intake.refusals import Refused
from triage.domains import domains
from triage.models import Case, Domain, Installation, Office, Place, Zone
from triage.places import Node, UnknownPlace, gazetteer, keys

BATCH = 5_000
# Qishan has 14 townships in 4 zones; the counties of domain.md section 12 lie around 3 to 4 a zone.
TOWNSHIPS_PER_ZONE = 3.5

Progress = Callable[[int], None]


def load_domains() -> int:
    """Writes the fields of complaint of `triage/domains/`; labels that an office has edited are kept."""
    for spec in domains():
        Domain.objects.get_or_create(
            code=spec.code,
            defaults={
                "order": spec.order,
                "label_en": spec.label_en,
                "label_zh": spec.label_zh,
                "description_en": spec.description_en,
                "description_zh": spec.description_zh,
            },
        )
    return Domain.objects.count()


def load_territory(code: str, *, progress: Progress = lambda n: None) -> Installation:
    """Turns a county, city, province (12-digit code or key) or "national" into the territory.

    Places are loaded with their ancestors; each county gets a commission, each township an office,
    and zones by rule of thumb. What was edited since an earlier run stays. Raises Refused for an
    unknown code, and when cases exist of another territory.
    """
    root = None if code == "national" else _root(code)
    _refuse_a_move(root)
    with transaction.atomic():
        load_domains()
        _save(_nodes(root), progress)
        _found_offices(root)
        here = Installation.current()
        here.root_id = root
        here.receiving = _receiving(root)
        here.invented = False
        here.gazetteer = gazetteer().version
        here.save()
    return here


def _root(code: str) -> str:
    tree = gazetteer()
    try:
        return tree.get(code).key if ":" in code else tree.by_code(code)
    except UnknownPlace:
        raise Refused(_("%(code)s is no code of the gazetteer.") % {"code": code}) from None


def _refuse_a_move(root: str | None) -> None:
    here = Installation.current()
    if (here.receiving_id or here.root_id) and here.root_id != root and Case.objects.exists():
        raise Refused(_("There are cases already; the territory cannot be moved under them."))


def _nodes(root: str | None) -> Iterator[Node]:
    tree = gazetteer()
    if root is None:
        for province in tree.provinces():
            yield from tree.subtree(province.key)
        return
    for key in tree.path(root)[:-1]:
        yield tree.get(key)
    yield from tree.subtree(root)


def _save(nodes: Iterable[Node], progress: Progress) -> None:
    Place.objects.get_or_create(
        key=keys.NATION,
        defaults={"code": "000000000000", "depth": 0, "name": "全国", "name_en": "The nation"},
    )
    # Level by level within each subtree, so that a parent is there before its children.
    for batch in batched(nodes, BATCH):
        Place.objects.bulk_create(
            [
                Place(
                    key=n.key,
                    code=n.code,
                    depth=keys.LEVELS.index(n.level),
                    name=n.name,
                    parent_id=n.parent_key or keys.NATION,
                )
                for n in batch
            ],
            ignore_conflicts=True,
        )
        progress(len(batch))


def _found_offices(root: str | None) -> None:
    """A commission for each division down to the county, an office for each township, zones."""
    rows = Place.objects.filter(depth__lte=3).exclude(key=keys.NATION)
    if root:
        rows = rows.below(root) | Place.objects.filter(pk__in=keys.path_of(root))
    held = set(Office.objects.values_list("code", flat=True))
    places = [p for p in rows.order_by("depth", "code") if p.key.replace(":", "-") not in held]
    Office.objects.bulk_create([_office(p, root) for p in places], batch_size=BATCH)
    _subordinate()
    for county in rows.filter(depth=2, zones=None):
        _found_zones(county)


def _office(place: Place, root: str | None) -> Office:
    above = root is not None and not keys.covers(root, place.key)
    kind = (
        Office.Kind.UPPER if above else Office.Kind.TOWNSHIP if place.depth == 3 else Office.Kind.COMMISSION
    )
    suffix = ("纪检监察组织", "Commission") if kind == Office.Kind.TOWNSHIP else ("纪委监委", "Commission")
    return Office(
        code=place.key.replace(":", "-"), name=f"{place.name}{suffix[0]}", name_en="", kind=kind, place=place
    )


def _subordinate() -> None:
    by_place = dict(
        Office.objects.filter(kind__in=[Office.Kind.COMMISSION, Office.Kind.UPPER]).values_list(
            "place_id", "pk"
        )
    )
    loose = list(Office.objects.filter(parent=None).select_related("place"))
    for office in loose:
        office.parent_id = by_place.get(office.place.parent_id or "")
    Office.objects.bulk_update(loose, ["parent"], batch_size=1_000)


def _found_zones(county: Place) -> None:
    townships = list(county.children.filter(depth=3).order_by("code"))
    if not townships:
        return
    count = max(1, round(len(townships) / TOWNSHIPS_PER_ZONE))
    for number in range(count):
        part = townships[number * len(townships) // count : (number + 1) * len(townships) // count]
        zone = Zone.objects.create(
            code=f"{county.code[:6]}-{number + 1}",
            name=f"{county.name}第{number + 1}协作区",
            name_en=f"Zone {number + 1} of {county.code[:6]}",
            county=county,
        )
        zone.townships.set(part)


def _receiving(root: str | None) -> Office | None:
    """The organ whose inbox the installation is: the root's commission, for the nation one of its own."""
    if root is None:
        return Office.objects.get_or_create(
            code=keys.NATION.replace(":", "-"),
            defaults={
                "name": "全国受理机关",
                "name_en": "National receiving organ",
                "kind": Office.Kind.COMMISSION,
                "place_id": keys.NATION,
            },
        )[0]
    return Office.objects.filter(code=root.replace(":", "-")).first()


def load_invented(rows: Iterable[tuple[str, str, str, str, str]], root: str) -> Installation:
    """Makes places that stand in no gazetteer the territory: (code, name, parent code, level, English name).

    Rows outside `root` (its ancestors, a neighbouring county) are known as places outside.
    """
    _refuse_a_move(root)
    with transaction.atomic():
        load_domains()
        for code, name, _parent, level, name_en in sorted(
            rows, key=lambda r: (keys.LEVELS.index(r[3]), r[0])
        ):
            key = keys.make_key(level, code)
            path = keys.path_of(key)
            Place.objects.update_or_create(
                key=key,
                defaults={
                    "code": code,
                    "depth": keys.LEVELS.index(level),
                    "name": name,
                    "name_en": name_en,
                    "parent_id": path[-2] if len(path) > 1 else None,
                },
            )
        here = Installation.current()
        here.root_id, here.invented = root, True
        here.save()
    return here
