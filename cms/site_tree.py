"""The tree of public pages of a new portal, with its first texts."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import transaction
from wagtail.coreutils import get_supported_content_language_variant
from wagtail.models import Locale, Page, Site

from cms import chrome
from cms.models import ArticleIndexPage, ArticlePage, FiguresPage, FormPage, HomePage, PublicPage, TextPage

TEXTS = Path(__file__).parent / "site_texts.toml"
KINDS = {
    "text": TextPage,
    "form": FormPage,
    "articles": ArticleIndexPage,
    "article": ArticlePage,
    "figures": FiguresPage,
}


@transaction.atomic
def plant(
    county_name_zh: str,
    county_name_en: str = "",
    *,
    office_zh: str = "",
    office_en: str = "",
    telephone: str = "",
    address_zh: str = "",
    address_en: str = "",
    with_articles: bool = True,
) -> HomePage:
    """Makes the pages that are not there yet and gives the home page; what somebody has edited stays."""
    texts = tomllib.loads(TEXTS.read_text(encoding="utf-8"))
    names = {"county": county_name_zh, "county_en": county_name_en or county_name_zh}
    names["office"] = office_zh or f"{county_name_zh}纪委监委"
    names["office_en"] = office_en or f"Commission for Discipline Inspection, {names['county_en']}"
    home = HomePage.objects.first() or _make_home(texts["home"], names, telephone, address_zh, address_en)
    for spec in texts["page"]:
        page = _make_under(home, spec, names)
        for article in spec.get("article", ()) if with_articles else ():
            _make_under(page, {"kind": "article", **article}, names)
    chrome.forget()
    return home


def _make_home(
    spec: dict, names: dict[str, str], telephone: str, address_zh: str, address_en: str
) -> HomePage:
    Locale.objects.get_or_create(language_code=get_supported_content_language_variant(settings.LANGUAGE_CODE))
    root = Page.get_first_root_node() or Page.add_root(title="Root", slug="root")
    home = HomePage(
        slug="portal",
        telephone=telephone,
        address=address_zh,
        address_en=address_en,
        **names,
        **_words(spec, names),
    )
    root.add_child(instance=home)
    site = Site.objects.filter(is_default_site=True).first()
    if site is None:
        Site.objects.create(
            hostname="localhost", root_page=home, is_default_site=True, site_name=names["county"]
        )
    else:
        welcome = site.root_page
        site.root_page = home
        site.site_name = names["county"]
        site.save()
        if type(welcome.specific) is Page and not welcome.is_root() and not welcome.get_children().exists():
            welcome.delete()  # the page that Wagtail's own migration makes
    return home


def _make_under(parent: PublicPage, spec: dict, names: dict[str, str]) -> PublicPage:
    model = KINDS[spec["kind"]]
    held = model.objects.child_of(parent).filter(slug=spec["slug"]).first()
    if held is not None:
        return held
    page = model(slug=spec["slug"], show_in_menus=spec["kind"] != "article", **_words(spec, names))
    if isinstance(page, FormPage):
        page.form = spec["form"]
    if isinstance(page, ArticlePage):
        page.date, page.kind = date.fromisoformat(str(spec["date"])), spec["of"]
    parent.add_child(instance=page)
    return page


def _words(spec: dict, names: dict[str, str]) -> dict[str, str]:
    fields = ("title", "title_en", "lead", "lead_en", "body", "body_en")
    words = {name: spec[name].strip() for name in fields if name in spec}
    for key, name in names.items():
        words = {k: v.replace(f"[{key}]", name) for k, v in words.items()}
    return words
