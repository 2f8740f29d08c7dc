"""Places written in Latin letters: Shiqiao Township, the village of Xinglong, Qishan County, shiqiao zhen."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from triage.places.mentions import Reading, Span
from triage.places.names import CITY, COUNTY, TOWNSHIP, VILLAGE, each_of
from triage.places.territory import Field

_LEVELS = {
    "province": 0b00001,
    "autonomous region": 0b00001,
    "sheng": 0b00001,
    "prefecture": 0b00010,
    "autonomous prefecture": 0b00010,
    "city": 0b00111,
    "shi": 0b00111,
    "county": 0b00100,
    "autonomous county": 0b00100,
    "district": 0b00100,
    "banner": 0b00100,
    "xian": 0b00100,
    "qu": 0b00100,
    "township": 0b01000,
    "town": 0b01000,
    "subdistrict": 0b01000,
    "sub-district": 0b01000,
    "street": 0b01000,
    "zhen": 0b01000,
    "xiang": 0b01000,
    "jiedao": 0b01000,
    "village": 0b10000,
    "community": 0b10000,
    "neighbourhood": 0b10000,
    "neighborhood": 0b10000,
    "cun": 0b10000,
    "shequ": 0b10000,
}
_ENDINGS = "|".join(sorted((word.replace(" ", r"\s+") for word in _LEVELS), key=len, reverse=True))
_ENDING = re.compile(rf"\b(?P<ending>{_ENDINGS})\b(?P<of>\s+of\s+)?", re.IGNORECASE)
_TOKEN = re.compile(r"[A-Za-z][A-Za-z'’]*")
_BEFORE_TOWN = re.compile(r"\s*(?:,|\(|in|of)\s*(?:in |of )?")
_HYPHEN = re.compile(r"[-'’\s]+")
# Names that English spells in its own way.
_EXONYMS = {
    "shaanxi": "陕西",
    "innermongolia": "内蒙古",
    "tibet": "西藏",
    "lhasa": "拉萨",
    "hohhot": "呼和浩特",
    "urumqi": "乌鲁木齐",
    "harbin": "哈尔滨",
    "qiqihar": "齐齐哈尔",
    "ordos": "鄂尔多斯",
    "turpan": "吐鲁番",
    "kashgar": "喀什",
    "hulunbuir": "呼伦贝尔",
    "xilingol": "锡林郭勒",
    "karamay": "克拉玛依",
    "hotan": "和田",
    "aksu": "阿克苏",
    "shigatse": "日喀则",
    "hainan": "海南",
}
# Spellings that are also English words or Chinese ones that tell nothing.
_NOT_BARE = frozenset(
    each_of(
        "shanxi hai an long dan he shan dong nan bei xi song ran tong lie men ban fan man pan sang sun gong"
    )
)
# How far a name without its own county may look for the township that it stands in.
_UPPERS = 60


@dataclass(slots=True)
class _Found:
    start: int
    end: int
    spelling: str
    bits: int
    ending: str
    cores: tuple[str, ...] = ()  # for a bare name: those of its cores that are meant


def has_latin(text: str) -> bool:
    return bool(re.search(r"[A-Za-z]{3}", text))


def find_latin_spans(text: str, field: Field, near: tuple[int, ...]) -> list[Span]:
    """Spans whose readings are the Chinese cores so spelled, in the order of the text."""
    found = _with_endings(text, field)
    found += _bare(text, field, near, found)
    found.sort(key=lambda each: each.start)
    spans = [
        _span(each, field.spelled(each.spelling) or _exonym(each.spelling), field)
        for each in found
        if each.bits != 16
    ]
    villages = [each for each in found if each.bits == 16]
    villages += _bare_villages(text, found, spans, field, near)
    if villages:
        places = _places(spans, field, near)
        for each in villages:
            cores = {
                c for place in places for c in field.spelled_below(place, VILLAGE).get(each.spelling, ())
            }
            spans.append(_span(each, sorted(cores), field))
    return sorted((span for span in spans if span.readings), key=lambda span: span.start)


def _with_endings(text: str, field: Field) -> list[_Found]:
    found = []
    for match in _ENDING.finditer(text):
        ending = re.sub(r"\s+", " ", match["ending"].lower())
        bits = _LEVELS[ending]
        if name := _name_before(text, match.start(), bits, field):
            found.append(_Found(name[0], match.end("ending"), name[1], bits, ending))
        elif match["of"] and (after := _name_after(text, match.end(), bits, field)):
            found.append(_Found(match.start(), after[0], after[1], bits, ending))
    return found


def _name_before(text: str, end: int, bits: int, field: Field) -> tuple[int, str] | None:
    """Up to four words before an ending that together spell a name: the most words that do."""
    tokens = list(_TOKEN.finditer(text, max(0, end - 40), end))
    tokens = _run(text, tokens, end)
    for count in range(min(4, len(tokens)), 0, -1):
        taken = tokens[-count:]
        spelling = _HYPHEN.sub("", text[taken[0].start() : taken[-1].end()]).lower()
        if bits == 16:
            # A village's spelling is known only once its township is: take one word, or two capital ones.
            if (count <= 2 and all(token.group()[0].isupper() for token in taken)) or count == 1:
                return taken[0].start(), spelling
        elif field.spelled(spelling) or _exonym(spelling):
            return taken[0].start(), spelling
    return None


def _run(text: str, tokens: list[re.Match[str]], end: int) -> list[re.Match[str]]:
    """The last tokens between which there are only blanks and hyphens."""
    run: list[re.Match[str]] = []
    for token in reversed(tokens):
        if _HYPHEN.sub("", text[token.end() : end]):
            break
        run.insert(0, token)
        end = token.start()
    return run


def _name_after(text: str, start: int, bits: int, field: Field) -> tuple[int, str] | None:
    tokens = list(_TOKEN.finditer(text, start, start + 40))[:3]
    for count in range(len(tokens), 0, -1):
        spelling = _HYPHEN.sub("", text[tokens[0].start() : tokens[count - 1].end()]).lower()
        if bits == 16 and count > 1:
            continue
        if bits == 16 or field.spelled(spelling) or _exonym(spelling):
            return tokens[count - 1].end(), spelling
    return None


def _bare(text: str, field: Field, near: tuple[int, ...], found: list[_Found]) -> list[_Found]:
    """Capital words that spell a province or city, or something near; townships of the nation need an ending."""
    taken = [(each.start, each.end) for each in found]
    bare = []
    for token in _TOKEN.finditer(text):
        word = token.group()
        spelling = word.lower()
        if not word[0].isupper() or len(word) < 4 or spelling in _NOT_BARE:
            continue
        if any(start <= token.start() < end for start, end in taken):
            continue
        if known := _known_bare(spelling, field, near):
            bits, cores = known
            bare.append(_Found(token.start(), token.end(), spelling, bits, "", cores))
    return bare


def _bare_villages(
    text: str, found: list[_Found], spans: list[Span], field: Field, near: tuple[int, ...]
) -> list[_Found]:
    """Capital words that spell a village of what is near, or stand before the town that has it: Qianjin, Maliutan Town."""
    here = [place for place in near if field.level(place) >= COUNTY]
    taken = [(each.start, each.end) for each in found]
    bare = []
    for token in _TOKEN.finditer(text):
        spelling = token.group().lower()
        if not token.group()[0].isupper() or len(spelling) < 4 or spelling in _NOT_BARE:
            continue
        if any(start <= token.start() < end for start, end in taken):
            continue
        beside = [span for span in spans if _BEFORE_TOWN.fullmatch(text[token.end() : span.start])]
        places = [*(here if len(spelling) > 5 else ()), *_places(beside, field, ())]
        if any(spelling in field.spelled_below(place, VILLAGE) for place in places):
            bare.append(_Found(token.start(), token.end(), spelling, 16, "village"))
    return bare


def _known_bare(spelling: str, field: Field, near: tuple[int, ...]) -> tuple[int, tuple[str, ...]] | None:
    """What is near comes before the nation's provinces and cities."""
    cores = field.spelled(spelling) or _exonym(spelling)
    if here := tuple(core for core in cores if near and field.knows_bare(core, near, TOWNSHIP)):
        return 0b01100, here
    large = tuple(
        core for core in cores if any(field.level(number) <= CITY for number in field.bearers(core))
    )
    return (0b00011, large) if large else None


def _exonym(spelling: str) -> list[str]:
    core = _EXONYMS.get(spelling)
    return [core] if core else []


def _span(found: _Found, cores: Sequence[str], field: Field) -> Span:
    return Span(
        found.start, found.end, found.ending, [Reading(found.start, core, found.bits) for core in cores]
    )


def _places(spans: list[Span], field: Field, near: tuple[int, ...]) -> list[int]:
    """Where a village of the text may lie: the townships and counties named, and what is near."""
    places = [place for place in near if field.level(place) >= COUNTY]
    for span in spans:
        for reading in span.readings:
            for number in field.bearers(reading.core):
                level = field.level(number)
                if reading.bits >> level & 1 and level in (COUNTY, TOWNSHIP) and len(places) < _UPPERS:
                    places.append(number)
    return places
