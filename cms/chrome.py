"""What stands around every public page: the portal's name and its menu.

Kept in memory for some seconds: the answer to a report needs them, and must not cost four queries more.
It is public text, the same for everybody.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import get_language

SECONDS = 30


@dataclass(frozen=True)
class Link:
    label: str
    address: str


@dataclass(frozen=True)
class Chrome:
    name: str
    links: tuple[Link, ...]
    telephone: str = ""
    office: str = ""


_held: dict[str, tuple[float, Chrome]] = {}


def chrome() -> Chrome:
    """In the reader's language."""
    language = get_language() or settings.LANGUAGE_CODE
    made, found = _held.get(language, (0.0, Chrome("", ())))
    if not found.name or time.monotonic() - made > SECONDS:
        found = _read()
        _held[language] = (time.monotonic(), found)
    return found


def forget(**kwargs: object) -> None:
    """Connected to the publishing of pages: this process shows the change at once."""
    _held.clear()


def _read() -> Chrome:
    from cms.models import HomePage

    home = HomePage.objects.live().order_by("path").first()
    if home is None:
        return Chrome(settings.WAGTAIL_SITE_NAME, ())
    pages = home.get_children().live().in_menu().specific()
    links = tuple(Link(page.title_said, page.url or "/") for page in pages)
    return Chrome(home.county_said, links, home.telephone, home.office_said)
