"""Where things are: the five levels, the fields of complaint, and what this installation covers."""

from __future__ import annotations

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from triage.places import keys


class PlaceQuerySet(models.QuerySet["Place"]):
    def below(self, key: str) -> PlaceQuerySet:
        """The subtree of a place, itself included."""
        return self.filter(within(key))


def within(key: str, prefix: str = "") -> models.Q:
    """Q for rows whose place (at `prefix`, e.g. "place__") lies in the subtree of `key`."""
    if key == keys.NATION:
        return models.Q(**{f"{prefix}code__gte": ""})
    low, high = keys.code_range(key)
    level = keys.LEVELS.index(key.partition(":")[0])
    return models.Q(**{f"{prefix}code__gte": low, f"{prefix}code__lt": high, f"{prefix}depth__gte": level})


class Place(models.Model):
    """A node of province > city > county > township > village. `key` is `level:code`."""

    key = models.CharField(max_length=24, primary_key=True)
    code = models.CharField(max_length=12, db_index=True)
    depth = models.PositiveSmallIntegerField()  # 0 province … 4 village
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="children", db_index=True)

    objects = PlaceQuerySet.as_manager()

    class Meta:
        ordering = ["code", "depth"]
        verbose_name = _("place")
        verbose_name_plural = _("places")

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name

    @property
    def level(self) -> str:
        return self.key.partition(":")[0]

    @property
    def path(self) -> tuple[str, ...]:
        return keys.path_of(self.key)


class Domain(models.Model):
    """A field of complaint (domain.md section 14.1); the rows come from `triage/domains/`."""

    code = models.CharField(max_length=40, primary_key=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    label_en = models.CharField(_("English label"), max_length=80)
    label_zh = models.CharField(_("Chinese label"), max_length=80)
    description_en = models.TextField(_("English description"), blank=True)
    description_zh = models.TextField(_("Chinese description"), blank=True)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering = ["order", "code"]
        verbose_name = _("domain")
        verbose_name_plural = _("domains")

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return self.label_en if (get_language() or "").startswith("en") else self.label_zh

    @property
    def description(self) -> str:
        return self.description_en if (get_language() or "").startswith("en") else self.description_zh


class Installation(models.Model):
    """The one row that says what this installation covers and who receives.

    root:      the top of the territory; NULL for the whole nation
    invented:  the places stand in no gazetteer (the sample county); the resolver reads them from the table
    receiving: the organ whose inbox this is
    """

    root = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+")
    receiving = models.ForeignKey("triage.Office", models.PROTECT, null=True, related_name="+")
    invented = models.BooleanField(default=False)
    gazetteer = models.CharField(max_length=40, blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"installation of {self.root_id or 'the nation'}"

    @classmethod
    def current(cls) -> Installation:
        return cls.objects.select_related("root", "receiving").get_or_create(pk=1)[0]
