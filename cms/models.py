"""The public pages. Each holds its words in both languages; which are shown follows the reader."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page

WORDS = ["h2", "h3", "bold", "ol", "ul", "link"]


def in_english() -> bool:
    return (get_language() or "").startswith("en")


class PublicPage(Page):
    """Title, lead and body in Chinese (Wagtail's own title) and English; English falls back to Chinese."""

    title_en = models.CharField(_("English title"), max_length=255, blank=True)
    lead = models.TextField(_("lead"), blank=True)
    lead_en = models.TextField(_("English lead"), blank=True)
    body = RichTextField(_("text"), features=WORDS, blank=True)
    body_en = RichTextField(_("English text"), features=WORDS, blank=True)

    content_panels: ClassVar[list] = [
        *Page.content_panels,
        FieldPanel("title_en"),
        FieldPanel("lead"),
        FieldPanel("lead_en"),
        FieldPanel("body"),
        FieldPanel("body_en"),
    ]
    settings_panels: ClassVar[list] = []
    search_fields: ClassVar[list] = []  # Wagtail's search finds nothing inside a run of Chinese characters

    class Meta:
        abstract = True

    @property
    def title_said(self) -> str:
        return (self.title_en if in_english() else "") or self.title

    @property
    def lead_said(self) -> str:
        return (self.lead_en if in_english() else "") or self.lead

    @property
    def body_said(self) -> str:
        return (self.body_en if in_english() else "") or self.body

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().serve(request, *args, **kwargs)
        response["Referrer-Policy"] = "no-referrer"
        return response


class HomePage(PublicPage):
    """The county's portal."""

    county = models.CharField(_("county"), max_length=120)
    county_en = models.CharField(_("English name of the county"), max_length=120, blank=True)
    office = models.CharField(_("organ"), max_length=160, blank=True)
    office_en = models.CharField(_("English name of the organ"), max_length=160, blank=True)
    telephone = models.CharField(_("telephone"), max_length=60, blank=True)
    address = models.CharField(_("address for letters and visits"), max_length=200, blank=True)
    address_en = models.CharField(_("English address"), max_length=200, blank=True)

    template = "public/home.html"
    parent_page_types: ClassVar[list] = ["wagtailcore.Page"]
    max_count = 1
    content_panels: ClassVar[list] = [
        *PublicPage.content_panels,
        MultiFieldPanel(
            [
                FieldPanel(n)
                for n in ("county", "county_en", "office", "office_en", "telephone", "address", "address_en")
            ],
            heading=_("The organ"),
        ),
    ]

    @property
    def county_said(self) -> str:
        return (self.county_en if in_english() else "") or self.county

    @property
    def office_said(self) -> str:
        return (self.office_en if in_english() else "") or self.office

    @property
    def address_said(self) -> str:
        return (self.address_en if in_english() else "") or self.address

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict:
        news = ArticlePage.objects.live().descendant_of(self).filter(kind=ArticlePage.Kind.NEWS)
        return {**super().get_context(request, *args, **kwargs), "news": news.order_by("-date", "-pk")[:3]}


class TextPage(PublicPage):
    """Before you report, how we protect you, and whatever else is only read."""

    template = "public/text.html"
    parent_page_types: ClassVar[list] = ["cms.HomePage"]
    subpage_types: ClassVar[list] = []


class FormPage(PublicPage):
    """The words above a form; the form itself answers at the address of the same name."""

    class Form(models.TextChoices):
        REPORT = "report", _("Make a report")
        FOLLOW = "follow", _("Follow your report")

    preview_modes: ClassVar[list] = []  # the form is no page of Wagtail's

    form = models.CharField(_("form"), max_length=8, choices=Form, unique=True)

    parent_page_types: ClassVar[list] = ["cms.HomePage"]
    subpage_types: ClassVar[list] = []
    content_panels: ClassVar[list] = [*PublicPage.content_panels, FieldPanel("form")]

    def get_url_parts(self, *args: Any, **kwargs: Any) -> tuple:
        from django.urls import reverse

        parts = super().get_url_parts(*args, **kwargs)
        return parts and (parts[0], parts[1], reverse(f"public:{self.form}"))

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        from django.shortcuts import redirect

        return redirect(f"public:{self.form}")


class ArticleIndexPage(PublicPage):
    """News, or discipline education: a list of articles, newest first."""

    PER_PAGE = 20

    template = "public/article_index.html"
    parent_page_types: ClassVar[list] = ["cms.HomePage"]
    subpage_types: ClassVar[list] = ["cms.ArticlePage"]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict:
        from django.core.paginator import Paginator

        articles = ArticlePage.objects.live().child_of(self).order_by("-date", "-pk")
        page = Paginator(articles, self.PER_PAGE).get_page(request.GET.get("page"))
        return {**super().get_context(request, *args, **kwargs), "articles": page}


class ArticlePage(PublicPage):
    class Kind(models.TextChoices):
        NEWS = "news", _("News")
        EDUCATION = "education", _("Discipline education")

    date = models.DateField(_("date"), default=timezone.localdate)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.NEWS)

    template = "public/article.html"
    parent_page_types: ClassVar[list] = ["cms.ArticleIndexPage"]
    subpage_types: ClassVar[list] = []
    content_panels: ClassVar[list] = [FieldPanel("date"), FieldPanel("kind"), *PublicPage.content_panels]


class FiguresPage(PublicPage):
    """Published figures, with small numbers suppressed."""

    template = "public/figures.html"
    parent_page_types: ClassVar[list] = ["cms.HomePage"]
    subpage_types: ClassVar[list] = []
    max_count = 1

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict:
        from cms.figures import figures_shown

        return {**super().get_context(request, *args, **kwargs), "figures": figures_shown()}
