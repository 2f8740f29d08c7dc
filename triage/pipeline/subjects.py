"""Who is accused: name, unit, post and level (domain.md 14.5), from both scripts.

A person is found by the post beside the name; the unit in front of them tells on which level an open post
(主任, 会计) stands. Whom the writer calls himself, his kin and the addressee are no subjects.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from triage.pipeline import people
from triage.pipeline.finding import SubjectFound

MOST = 12

_RUN = re.compile(r"[\u4e00-\u9fffa-z\d]+$")
_UNIT_CHARS = r"[\u4e00-\u9fffa-z\d]"
# Words after which a unit begins; what stands before them belongs to the sentence.
_BEFORE_UNIT = re.compile(
    r".*(?:举报|反映|检举|控告|投诉|关于|我们|我|俺们|咱们|咱|本|是|由|被|向|对|和|与|跟|找|让|给|时任|现任|原|前|任|的|在|到|了|叫|说|把|其|该|实名|:|说|告|要|问|请|这个|那个|个|及|当)"
)
_SELF = re.compile(
    r"(?:我是|我叫|本人是|本人系|本人|作为|身为|我们是|我父亲|我丈夫|我老公|我儿子|我妻子|我当|我曾任|我以前是|我原是|我在|举报人[:是为 ]{0,2}|(?<!被)反映人[: ]?)[^,。;!?\n]{0,16}$"
)
_ADDRESSEE = re.compile(r"(?:尊敬的|敬爱的|亲爱的|致|请|望|求|向|恳请|希望|感谢)[^,。;!?\n]{0,14}$")
_HELLO = re.compile(r" ?(?:您好|你好|好[!,:]|:|您|,您|敬启|收$|台鉴)")
_GREETING = re.compile(r"[ :,]{0,6}(?:您们?好|你们?好|敬启|台鉴|收\n)")
# Bodies that a letter accuses where it names no person.
_BODY = re.compile(
    r"(?P<unit>[\u4e00-\u9fff]{1,10}?(?:公安局|派出所|民政局|教育局|环保局|城管局|执法局|交通局|水利局|林业局|国土局|自然资源局|住建局|规划局|"
    r"房管局|人社局|卫健局|农业局|农业农村局|市场监管局|运管局|税务局|运管所|车管所|司法所|国土所|供电所|市场监管所|财政所|拆迁办|征收办|招标办|"
    r"街道办事处|街道办|镇政府|乡政府|区政府|县政府|居委会|村委会|法院|检察院|医院|卫生院|敬老院|养老院|殡仪馆|中学|小学|学校|幼儿园|公司))(?!指控|审理|提起|判决|起诉|认定)"
)
_LATIN_NAME = r"(?:[A-Z][a-z]+(?:[ -][A-Z][a-z]+){0,2})"
_EN_UNIT = (
    r"(?P<unit>(?:[A-Z][A-Za-z'’-]*|of|and|the|No\.? ?\d+)(?: (?:[A-Z][A-Za-z'’-]*|of|and|No\.? ?\d+)){0,5})"
)


@cache
def _chinese() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    post = people.any_of(sorted(people.posts(), key=lambda p: (-len(p), p)))
    name, alone = people.name(), people.surname()
    given = people.given()
    return (
        re.compile(
            rf"(?P<post>{post})(?:兼(?P<post2>{post}))?(?:、(?P<post3>{post}))?(?:[ ,:]?(?P<name>{alone}{given}))?"
        ),
        re.compile(
            rf"(?P<name>{name})(?:(?:[ ,(、]|时任|现任|原任|曾任|先后担任|担任|任|是|系|身为|作为|这个|当)+"
            rf"(?P<unit>{_UNIT_CHARS}{{0,18}}?))?(?P<post>{post})"
        ),
        re.compile(rf"(?:被举报人|被反映人|被控告人|被检举人|被投诉人|举报对象)(?:姓名|是|为|:| )*(?P<name>{people.loose_name()})"),
    )  # fmt: skip


@cache
def _english() -> tuple[re.Pattern[str], ...]:
    posts = people.any_of(sorted((p for p in people.posts_english()), key=lambda p: (-len(p), p)))
    post = rf"(?P<post>(?i:(?:deputy |vice |former |acting )?{posts}))"
    of = rf"(?: (?:of|at|in|from)(?: the)? {_EN_UNIT})?"
    return (
        re.compile(rf"\b{post}(?:{of},)? (?:called |named |Mr\.? |Ms\.? |Mrs\.? )?(?P<name>{_LATIN_NAME})"),
        re.compile(
            rf"\b(?P<name>{_LATIN_NAME}),? (?:is |was |who is |who was |as )?(?:the |our |a )?(?P<before>(?:[A-Z][a-z]+ ){{0,3}}){post}\b{of}"
        ),
        re.compile(rf"\b(?:[Tt]he|[Oo]ur|[Aa]n?) (?P<before>(?:[A-Z][A-Za-z]+ ){{0,3}}){post}\b{of}"),
        re.compile(rf"\b(?:[Mm]r|[Mm]rs|[Mm]s)\.? (?P<name>{_LATIN_NAME})"),
    )


def subjects(text: str, folded: str, language: str) -> tuple[SubjectFound, ...]:
    """Whom the text accuses, each person once; spans count characters of the text."""
    raw = _from_english(text) if language == "en" else _from_chinese(folded)
    found = tuple(_each_once(raw))[:MOST]
    return found or tuple(_each_once(_bodies(folded)))[:2]


def _bodies(folded: str) -> Iterator[SubjectFound]:
    """What is accused where no person and no post is named."""
    for hit in _BODY.finditer(folded):
        unit = _unit(hit["unit"], "")
        if len(unit) > 2:
            known = _level_of_unit(unit) or "unknown"
            yield SubjectFound("", unit, "", known, hit.end() - len(unit), hit.end())


def _from_chinese(folded: str) -> Iterator[SubjectFound]:
    beside, before, named = _chinese()
    for hit in named.finditer(folded):
        yield _subject(hit["name"], "", "", *hit.span("name"))
    for hit in before.finditer(folded):
        if not _own_or_addressed(folded, hit):
            yield _subject(
                hit["name"], _unit(hit["unit"] or "", hit["post"]), hit["post"], hit.start(), hit.end()
            )
    for hit in beside.finditer(folded):
        unit, name, start = _before(folded, hit.start()), hit["name"] or "", hit.start("post")
        if _own_or_addressed(folded, hit):
            continue
        # 李镇长, 王支书: the surname in front of the post is all there is.
        called = re.search(
            rf"(?:^|[^\u4e00-\u9fff]|[村镇乡县区组市的是和找让给向对被把跟说])(?P<name>{people.surname()})$",
            unit,
        )
        if (
            not name
            and called
            and hit["post"] not in _UNITLIKE
            and not hit["post"].startswith(("村", "镇", "乡", "县"))
        ):
            name, unit, start = (
                called["name"],
                unit[: called.start("name")],
                hit.start("post") - len(called["name"]),
            )
        unit = _unit(unit, hit["post"])
        post = "、".join(p for p in (hit["post"], hit["post2"], hit["post3"]) if p)
        yield _subject(
            name, unit, post, start - (0 if name and start < hit.start("post") else len(unit)), hit.end()
        )


def _before(folded: str, at: int) -> str:
    """The unbroken run of up to twenty characters in front of a post."""
    run = _RUN.search(folded, max(0, at - 20), at)
    return run.group() if run else ""


_UNITLIKE = {"组长", "干部", "领导", "委员", "老板", "医生", "工作人员", "负责人"}


def _own_or_addressed(folded: str, hit: re.Match[str]) -> bool:
    head = folded[max(0, hit.start("post") - 24) : hit.start("post")]
    if _SELF.search(head) or _GREETING.match(folded, hit.end("post")):
        return True
    return bool(_ADDRESSEE.search(head) and _HELLO.match(folded, hit.end("post")))


_ENDINGS = ("村", "镇", "乡", "县", "市", "区", "社区", "街道", "组", "屯")


def _unit(raw: str, post: str) -> str:
    """The unit at the end of what stands before a post: 举报石桥镇东岭村 -> 石桥镇东岭村.

    东岭村支书 is 村支书 of 东岭村: the first character of the post belongs to both.
    """
    bare = raw.removesuffix("的")
    cut = _BEFORE_UNIT.match(bare)
    unit = bare[cut.end() :] if cut else bare
    if unit and post and bare == raw and post[0] in "村镇乡县" and not unit.endswith(_ENDINGS):
        unit += post[0]
    return unit if len(unit) > 1 and any(word in unit for word, _ in _unit_words()) else ""


def _subject(name: str, unit: str, post: str, start: int, end: int) -> SubjectFound:
    return SubjectFound(name, unit, post, level(post, unit), start, end)


def level(post: str, unit: str) -> str:
    """The level of a post, from the post alone or from the unit in front of it."""
    ranks = [people.posts().get(p, "open") for p in post.split("、") if p]
    closed = [rank for rank in ranks if rank != "open"]
    tail = _level_of_unit(unit)
    if not closed:
        return tail or "unknown"
    # 派出所所长 is a township's; the director of a county bureau's station is not a village's 组长.
    if (
        closed[0] in ("village", "township")
        and tail in ("county", "enterprise_institution")
        and post in ("所长", "站长", "组长", "社长", "理事长")
    ):
        return tail
    return closed[0]


@cache
def _unit_words() -> tuple[tuple[str, str], ...]:
    return tuple(
        sorted(
            ((word, lv) for lv, words in people.table()["units"].items() for word in words.split()),
            key=lambda pair: -len(pair[0]),
        )
    )


def _level_of_unit(unit: str) -> str:
    """The level of the unit named last."""
    best, found = -1, ""
    for word, lv in _unit_words():
        at = unit.rfind(word)
        if at >= 0 and at + len(word) > best:
            best, found = at + len(word), lv
    return found


def _from_english(text: str) -> Iterator[SubjectFound]:
    for pattern in _english():
        for hit in pattern.finditer(text):
            groups = hit.groupdict()
            post = (groups.get("post") or "").lower()
            head = text[max(0, hit.start() - 12) : hit.start()]
            if re.search(r"\b(?:I am|I'm|I was|[Mm]y|[Dd]ear)(?: the| a| an)? ?$", head):
                continue
            unit = (groups.get("unit") or groups.get("before") or "").strip()
            name = (groups.get("name") or "").strip()
            if name.lower() in people.posts_english() or name in _NOT_NAMES:
                name = ""
            if name or post:
                yield SubjectFound(name, unit, post, _level_english(post, unit), hit.start(), hit.end())


_NOT_NAMES = {
    "Hospital",
    "School",
    "Bureau",
    "Office",
    "Committee",
    "Town",
    "Company",
    "Police",
    "Station",
    "Court",
    "Department",
    "Centre",
    "There",
    "Group",
    "District",
    "City",
    "Government",
    "Party",
    "Station Chief",
    "The",
    "This",
    "He",
    "She",
    "They",
    "We",
    "It",
    "Our",
    "And",
    "But",
    "Please",
    "In",
    "When",
    "Village",
    "Township",
    "County",
}


def _level_english(post: str, unit: str) -> str:
    bare = re.sub(r"^(?:deputy|vice|former|acting) ", "", post)
    known = people.posts_english().get(bare, people.posts_english().get(post, "open"))
    if known != "open":
        return known
    low = unit.lower()
    for word, lv in (("village", "village"), ("township", "township"), ("town", "township"), ("bureau", "county"), ("county", "county"), ("school", "enterprise_institution"), ("hospital", "enterprise_institution"), ("company", "enterprise_institution"), ("city", "city_or_above")):  # fmt: skip
        if word in low:
            return lv
    return "unknown"


def _each_once(raw: Iterator[SubjectFound]) -> list[SubjectFound]:
    """Mentions of one person become one; a post without a name only where nobody named holds it."""
    people_found: list[SubjectFound] = []
    for one in sorted(raw, key=lambda s: (s.start, -len(s.name), s.start - s.end)):
        at = next((i for i, old in enumerate(people_found) if _same(old, one)), None)
        if at is None:
            people_found.append(one)
        else:
            people_found[at] = _joined(people_found[at], one)
    return people_found


def _same(old: SubjectFound, new: SubjectFound) -> bool:
    if new.start < old.end and old.start < new.end:
        return True
    if old.name and new.name:
        return old.name == new.name or (min(len(old.name), len(new.name)) == 1 and old.name[0] == new.name[0])
    if old.unit and not (old.post or new.post or old.name or new.name):
        return old.unit.endswith(new.unit) or new.unit.endswith(old.unit)
    if old.post and new.post:
        return (
            old.post == new.post
            or (not (old.name and new.name) and old.post.endswith(new.post))
            or new.post.endswith(old.post)
        )
    return False


def _joined(old: SubjectFound, new: SubjectFound) -> SubjectFound:
    name = max(old.name, new.name, key=len)
    post = max(old.post, new.post, key=len)
    unit = max(old.unit, new.unit, key=len)
    known = old.level if old.level != "unknown" else new.level
    first = old if old.name or not new.name else new
    return replace(first, name=name, post=post, unit=unit, level=known)
