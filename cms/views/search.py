"""The investigator's search page. What is asked travels in POST bodies and sealed addresses only."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

import search
from cms import place_labels
from cms.forms.desk_search import SearchForm, narrowed, opened, sealed
from cms.highlights import Piece, Span, pieces
from cms.staff_access import StaffRequest
from cms.views.desk import SeesContent
from intake.models import Channel
from search.export import FORMATS, export
from search.finding import find_by_number
from search.query import BadQuery, FacetCount, Hit, Query, Results, SearchDown
from triage.models import Case, Domain, Office, Zone

NUMBER = re.compile(r"\s*[2-9A-HJ-NP-Za-hj-np-z]{4}-[2-9A-HJ-NP-Za-hj-np-z]{4}\s*")
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
FACET_LABELS = {
    "domain": _("Domain"),
    "place": _("Place"),
    "zone": _("Zone"),
    "office": _("Office"),
    "channel": _("Channel"),
    "state": _("State"),
    "kind": _("Kind"),
}


@dataclass(frozen=True)
class FacetLink:
    label: str
    count: int
    word: str  # the sealed query it leads to
    chosen: bool


@dataclass(frozen=True)
class Found:
    case: Case
    path: str
    lines: list[list[Piece]]


class SearchView(SeesContent, WagtailAdminTemplateMixin, TemplateView):
    """POST takes the question and leads to its sealed address; GET answers it."""

    request: StaffRequest
    page_title = _("Search")
    header_icon = "search"
    template_name = "desk/search.html"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.page_title}]

    def post(self, request: StaffRequest) -> HttpResponse:
        form = SearchForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form, query=None))
        return redirect(f"{reverse('search:index')}?q={sealed(form.query(), request.user)}")

    @cached_property
    def query(self) -> Query:
        word = self.request.GET.get("q", "")
        return (opened(word, self.request.user) if word else None) or Query()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if "form" in kwargs:
            return super().get_context_data(narrow=True, **kwargs)
        query = self.query
        context = super().get_context_data(
            form=SearchForm(initial=SearchForm.initial_of(query)),
            narrow=replace(query, words="", after="") != Query(),
            **kwargs,
        )
        try:
            context.update(self._answered(query))
        except BadQuery as error:
            context["refusal"] = str(error)
        except SearchDown:
            context["down"] = True
            context.update(self._by_number(query))
        return context

    def _answered(self, query: Query) -> dict[str, Any]:
        if NUMBER.fullmatch(query.words):
            by_number = self._by_number(query)
            if by_number["found"]:
                return by_number
        results = search.find(query, user=self.request.user)
        following = sealed(replace(query, after=results.next), self.request.user) if results.next else ""
        return {
            "results": results,
            "found": _found(results),
            "facets": [
                (FACET_LABELS.get(name, name), self._facet(name, counts))
                for name, counts in results.facets.items()
                if counts
            ],
            "next": following,
            "first": sealed(narrowed(query), self.request.user) if query.after else "",
            "word": sealed(narrowed(query), self.request.user),
            "formats": FORMATS,
        }

    def _by_number(self, query: Query) -> dict[str, Any]:
        results = find_by_number(query.words, user=self.request.user)
        return {"results": results, "found": _found(results), "by_number": True}

    def _facet(self, name: str, counts: tuple[FacetCount, ...]) -> list[FacetLink]:
        labels = _facet_labels(name, [c.value for c in counts])
        held = getattr(self.query, name, "")
        links = []
        for each in counts:
            chosen = held == each.value
            asked = narrowed(self.query, **{name: "" if chosen else each.value})
            word = sealed(asked, self.request.user)
            links.append(FacetLink(labels.get(each.value, each.value), each.count, word, chosen))
        return links


class ExportView(SeesContent, View):
    """The results as a file; each case's read log says so."""

    http_method_names = ["post"]

    def post(self, request: StaffRequest) -> HttpResponseBase:
        query = opened(request.POST.get("q", ""), request.user)
        format = request.POST.get("format", "")
        if query is None or format not in FORMATS:
            raise Http404
        try:
            search.find(replace(query, limit=1, facets=False), user=request.user)
        except (SearchDown, BadQuery):
            return redirect("search:index")
        response = StreamingHttpResponse(
            export(query, user=request.user, format=format), content_type=TYPES[format]
        )
        day = timezone.localdate().isoformat()
        response["Content-Disposition"] = f'attachment; filename="cases-{day}.{format}"'
        response["X-Content-Type-Options"] = "nosniff"
        return response


def _found(results: Results) -> list[Found]:
    cases = [(hit, hit.case) for hit in results.hits if hit.case]
    paths = place_labels.paths({case.place_id for _hit, case in cases})
    return [Found(case, paths[case.place_id], _lines(hit)) for hit, case in cases]


def _lines(hit: Hit) -> list[list[Piece]]:
    return [
        pieces(light.text, [Span(start, end, "match") for start, end in light.marks])
        for light in hit.highlights
    ]


def _facet_labels(name: str, values: list[str]) -> dict[str, str]:
    if name == "domain":
        return {d.pk: d.label for d in Domain.objects.filter(pk__in=values)}
    if name == "place":
        return place_labels.paths(values)
    if name == "zone":
        return {z.code: z.label for z in Zone.objects.filter(code__in=values)}
    if name == "office":
        return {o.code: o.label for o in Office.objects.filter(code__in=values)}
    choices = {"channel": Channel.choices, "state": Case.State.choices, "kind": Case.Kind.choices}
    return {value: str(label) for value, label in choices.get(name, [])}
