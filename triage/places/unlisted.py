"""Names that stand directly below a known place and are in no gazetteer: merged townships, hamlets.

They have no key, so they decide nothing; the clerk sees them as the text writes them.
"""

from __future__ import annotations

import re

from triage.places.names import CITY, COUNTY, TOWNSHIP, VILLAGE, each_of

_JOIN = r"(?:原|的|所辖|下辖|辖区|\s)?"
# Neither an office nor a person nor a particle is part of a name.
_PART = r"[^\W\da-zA-Z局院所会委部办站政府司校纪检书记干领导的在和与及对向给被把任时为了是有我你他她个各该本某原等这那村镇乡因从到至于将由、]"
_TOWN = re.compile(
    rf"{_JOIN}(?P<name>{_PART}{{1,4}}(?:镇|街道(?:办事处|办)?|办事处|苏木|乡(?!村|下|亲)|开发区|[农林]场))"
)
# 小区, 校区, 片区 and the like are no districts.
_COUNTY = re.compile(
    rf"{_JOIN}(?P<name>(?:{_PART}{{1,4}}(?:新区|高新区|经开区|县|(?<![辖城郊小片社校院园库灾牧山地景厂营活宅业矿市老])区)"
    r"|(?:高新|经济|高新技术|经济技术)(?:产业)?开发区|高新区|经开区))"
)
_VILLAGE = re.compile(
    rf"{_JOIN}(?P<core>{_PART}{{1,6}})(?P<ending>社区(?:居民委员会|居委会|居委)?|居民委员会|居委会|村民委员会|村委会|村(?![镇庄])|屯|嘎查)"
)
# Words that a village's ending makes no name of.
_WORDS = frozenset(
    each_of("一些 许多 多数 全体 部分 贫困 重点 中心 行政 自然 新农 城中 偏远 相关 有关 示范 文明")
)


def unlisted_below(text: str, end: int, level: int) -> tuple[dict[int, str], int]:
    """Level -> name as written of what stands right behind a place of a level that ends at `end`; and where it ends."""
    found: dict[int, str] = {}
    if level == CITY and (match := _COUNTY.match(text, end)):
        found[COUNTY] = match["name"]
        level, end = COUNTY, match.end()
    if level == COUNTY and (match := _TOWN.match(text, end)):
        found[TOWNSHIP] = match["name"]
        end = match.end()
    if level in (COUNTY, TOWNSHIP) and (match := _VILLAGE.match(text, end)) and match["core"] not in _WORDS:
        ending = match["ending"]
        found[VILLAGE] = match["core"] + ("村" if ending.startswith("村") else ending)
        end = match.end()
    return found, end
