"""Searches as one user would, under that user's rights."""

from __future__ import annotations

import json
from argparse import ArgumentTypeError
from datetime import date
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

import search
from search.query import BadQuery, Highlight, Query, Results, SearchDown
from triage.models import Place
from triage.places import keys
from triage.territory import known_place

MARKS = "【", "】"


class Command(BaseCommand):
    help = (
        "Find cases by words, as a user may see them. Words side by side must all occur, "
        '"quoted ones" as a phrase, -minus words not at all. Empty words: all that the user may see.'
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("words", nargs="?", default="")
        parser.add_argument("--as", dest="user", required=True, metavar="USER", help="whose rights apply")
        parser.add_argument("--domain", default="", help="code of a domain")
        parser.add_argument("--place", default="", help="12-digit code or level:code, with all below it")
        parser.add_argument("--zone", default="", help="code of a zone")
        parser.add_argument("--office", default="", help="code of an office")
        parser.add_argument("--channel", default="")
        parser.add_argument("--state", default="")
        parser.add_argument("--accused", default="", help="words among names, units and posts of the accused")
        parser.add_argument("--since", type=_day, metavar="YYYY-MM-DD", help="received on this day or later")
        parser.add_argument(
            "--until", type=_day, metavar="YYYY-MM-DD", help="received on this day or earlier"
        )
        parser.add_argument("--sort", choices=("relevance", "newest", "oldest"), default="relevance")
        parser.add_argument("--limit", type=int, default=20)
        parser.add_argument("--json", action="store_true", help="the answer as one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            results = search.find(_query(options), user=_user(options["user"]))
        except BadQuery as error:
            raise CommandError(str(error)) from None
        except SearchDown as error:
            raise CommandError(_("The search engine does not answer: %(why)s.") % {"why": error}) from None
        answer = _answer(results)
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=1))
        else:
            self._print(answer)

    def _print(self, answer: dict[str, Any]) -> None:
        for case in answer["cases"]:
            place = " ".join(n for n in case["place"]["names"] if n)
            self.stdout.write(f"{case['number']}  {case['received'][:10]}  {case['domain'] or '-'}  {place}")
            for piece in case["highlights"]:
                self.stdout.write("    " + " ".join(piece.split()))
        self.stdout.write(
            _("%(total)d found, %(shown)d shown.") % {"total": answer["total"], "shown": len(answer["cases"])}
        )
        if answer["behind"]:
            self.stdout.write(
                self.style.WARNING(
                    _("%(n)d cases are not indexed as they stand now.") % {"n": answer["behind"]}
                )
            )


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise ArgumentTypeError(_("“%(typed)s” is no day (YYYY-MM-DD).") % {"typed": typed}) from None


def _user(name: str) -> Any:
    user = get_user_model().objects.filter(username=name).first()
    if user is None:
        raise CommandError(_("There is no user “%(name)s”.") % {"name": name})
    return user


def _query(options: dict[str, Any]) -> Query:
    place = options["place"]
    if place:
        row = known_place(place)
        if row is None:
            raise CommandError(_("The territory has no place “%(place)s”.") % {"place": place})
        place = row.key
    named = (
        "words",
        "domain",
        "zone",
        "office",
        "channel",
        "state",
        "accused",
        "since",
        "until",
        "sort",
        "limit",
    )
    return Query(place=place, facets=False, **{name: options[name] for name in named})


def _answer(results: Results) -> dict[str, Any]:
    cases = [(hit, hit.case) for hit in results.hits if hit.case]
    names = _place_names(case for _hit, case in cases)
    return {
        "total": results.total,
        "behind": results.behind,
        "cases": [
            {
                "number": case.number,
                "external_id": case.report.external_id,
                "received": timezone.localtime(case.received_at).isoformat(),
                "domain": case.domain_id,
                "place": {
                    "code": keys.split_key(case.place_id)[1],
                    "names": _path(case.place_id, names),
                },
                "zone": case.zone.code if case.zone else None,
                "highlights": [_marked(h) for h in hit.highlights],
            }
            for hit, case in cases
        ],
    }


def _place_names(cases: Any) -> dict[str, str]:
    wanted = {key for case in cases for key in keys.path_of(case.place_id)}
    return dict(Place.objects.filter(pk__in=wanted).values_list("pk", "name"))


def _path(key: str, names: dict[str, str]) -> list[str | None]:
    """Names from province to village, None below the level that is known."""
    path = [names.get(k) for k in keys.path_of(key)]
    return path + [None] * (len(keys.LEVELS) - len(path))


def _marked(highlight: Highlight) -> str:
    pieces, last = [], 0
    for start, end in highlight.marks:
        pieces += [highlight.text[last:start], MARKS[0], highlight.text[start:end], MARKS[1]]
        last = end
    return "".join([*pieces, highlight.text[last:]])
