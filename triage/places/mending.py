"""Names misspelt by ear or by eye (蔡家波镇, 己巳), read with the help of the place that they stand under."""

from __future__ import annotations

import re

from triage.places.chains import Chain, Names
from triage.places.mentions import Reading, Span
from triage.places.names import CITY, TOWNSHIP, VILLAGE, each_of
from triage.places.pinyin import spellings
from triage.places.territory import Field

_UNKNOWN = re.compile(
    r"([㐀-鿿]{2,5}?)(街道办事处|街道办|街道|办事处|镇|乡|社区居委会|社区|居委会|村委会|村)"
)
_TOWN_ENDINGS = frozenset(["街道办事处", "街道办", "街道", "办事处", "镇", "乡"])
# Characters that the eye or a scanner takes for one another.
_ALIKE = each_of(
    "己已巳 未末 土士 日曰目 戌戍戊 人入八 千干于 刀力 夭天夫 王玉主 木本术 大太犬 田由甲申 治冶 晴睛 "
    "崖涯 岗冈 坡波 沙抄 洼注 塘糖 岐歧 官宫 圩坪 坝贝 淌淐 庄压 候侯 堰埝 贷货 荥荣 陈阵 壁璧 杨扬 汤场 "
    "漳潭 瓦丸 西酉 间问 乌鸟 丘兵 东车 今令 石右 白自 古占 竹行 爪瓜 卯卵 斤斥 兔免 历厉 广厂 住往 折拆 "
    "狼狠 栗粟 梁粱 徒徙 蓝篮 暮幕 辛幸 享亨 毫亳"
)
_EYE = {character: group for group in _ALIKE for character in group}


def mend(text: str, chains: list[Chain], names: Names) -> list[Chain]:
    """The chains, with what stands directly behind a settled one read as the name below it that it sounds or looks like."""
    mended: list[Chain] = []
    covered = -1
    for chain in chains:
        if chain.start < covered:
            continue
        if mended and covered == chain.start and _joins(mended[-1], chain, names):
            covered = mended[-1].end
            continue
        mended.append(chain)
        if chain.settled and chain.spans[-1] is chain.matched[-1] and _extend(text, chain, names):
            covered = chain.end
    return mended


def _joins(upper: Chain, lower: Chain, names: Names) -> bool:
    """Whether a chain that begins where a mended name ends lies below it; then it becomes part of it."""
    below, _ = names.below(lower.spans[0], upper.nodes)
    if below:
        upper.spans += lower.spans
        upper.matched += lower.spans
        upper.nodes = below
    return bool(below)


def _extend(text: str, chain: Chain, names: Names) -> bool:
    field = names.field
    level = field.level(chain.node)
    match = _UNKNOWN.match(text, chain.end) if CITY <= level <= TOWNSHIP else None
    if match is None:
        return False
    written, ending = match.groups()
    sought = TOWNSHIP if ending in _TOWN_ENDINGS else VILLAGE
    if sought <= level or (level == CITY and sought == VILLAGE) or names.knows(written):
        return False
    cores = _sounding(written, chain.node, sought, field) or _looking(written, chain.node, sought, field)
    if len(cores) != 1:
        return False
    span = Span(match.start(), match.end(), ending, [Reading(match.start(), cores[0], 1 << sought)])
    below, _ = names.below(span, chain.nodes)
    if len(below) != 1:
        return False
    chain.spans.append(span)
    chain.matched.append(span)
    chain.nodes, chain.how, chain.exact = below, "chain", False
    return True


def _sounding(written: str, place: int, level: int, field: Field) -> list[str]:
    known = field.spelled_below(place, level)
    return sorted({core for spelled in spellings(written) for core in known.get(spelled, ())})


def _looking(written: str, place: int, level: int, field: Field) -> list[str]:
    """Names that differ only in characters that look alike."""
    cores = {core for found in field.spelled_below(place, level).values() for core in found}
    return sorted(core for core in cores if len(core) == len(written) and _alike(core, written))


def _alike(one: str, other: str) -> bool:
    return all(a == b or b in _EYE.get(a, "") for a, b in zip(one, other, strict=True))
