"""Names of people and units as reports write them: when two of them mean the same."""

from __future__ import annotations

import re
import unicodedata

_SPACE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff·•]+")
_TITLE = re.compile(
    r"(?:副?(?:书记|主任|镇长|乡长|村长|县长|区长|市长|局长|所长|站长|组长|队长|院长|校长|园长|会计|出纳|文书|支书|主席|经理|老板|老师|委员|干部)"
    r"|同志|先生|女士)$"
)
_LATIN_TITLE = re.compile(r"^(?:mr|mrs|ms|dr|director|secretary|chief|officer)\.?\s+", re.IGNORECASE)
_COMPOUND = [
    "欧阳",
    "上官",
    "司马",
    "诸葛",
    "皇甫",
    "尉迟",
    "公孙",
    "慕容",
    "令狐",
    "司徒",
    "东方",
    "夏侯",
    "端木",
    "长孙",
    "宇文",
    "独孤",
]
# 王某, 王某某, 王某甲, 王x, 王××, 王**
_LEFT_OUT = re.compile(r"^.{1,2}(?:某[某甲乙丙丁]?|[x×*○〇]{1,2})$")


def normalised(text: str) -> str:
    """Half-width, without spaces and marks, in lower case."""
    return _SPACE.sub("", unicodedata.normalize("NFKC", text)).casefold()


def full_name(text: str) -> str:
    """The name without its title, normalised; "" where it is only a surname and means nobody for sure."""
    name = unicodedata.normalize("NFKC", text).strip()
    if name.isascii():
        name = _LATIN_TITLE.sub("", name)
        return normalised(name) if len(name.split()) > 1 else ""
    name = _TITLE.sub("", normalised(name))
    return "" if _is_surname(name) else name


def surname_of(text: str) -> str:
    """The first character, or the compound surname, of a Chinese name; "" for others."""
    name = re.sub(r"^[老小阿](?=.)", "", _TITLE.sub("", normalised(text)))
    if not name or name.isascii():
        return ""
    return name[:2] if name[:2] in _COMPOUND else name[0]


def _is_surname(name: str) -> bool:
    if len(name) < 2 or name in _COMPOUND or _LEFT_OUT.match(name):
        return True
    return len(name) == 2 and name[0] in "老小阿"


def share_a_word(one: str, other: str) -> bool:
    """Do two units have two neighbouring characters in common? (石磨镇政府, 石磨镇纪委)"""
    return not _pairs(one).isdisjoint(_pairs(other))


def _pairs(text: str) -> set[str]:
    text = normalised(text)
    return {text[i : i + 2] for i in range(len(text) - 1)}


def parts(post: str) -> list[str]:
    """The posts that one person holds: 村党支部书记、村委会主任."""
    return [normalised(p) for p in re.split(r"[、,，/;；兼]", post) if p.strip()]
