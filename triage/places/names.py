"""How a division's name is cut into the part people say and the ending officials add.

The same cut makes the gazetteer (`build`) and reads texts (`mentions`), so that what is
looked up is what was stored: 和平村村民委员会, 和平村委会 and 和平社区 all have the core 和平.
"""

from __future__ import annotations

import re

from triage.pipeline.finding import LEVELS

PROVINCE, CITY, COUNTY, TOWNSHIP, VILLAGE = range(5)
LEVEL_NUMBER = {level: number for number, level in enumerate(LEVELS)}

# In the bits of a core: one for each level that bears it, and this one for a word of the language.
WORD_BIT = 32


def each_of(words: str) -> list[str]:
    """The words of a list written as one string."""
    return words.split()


# Peoples whose names stand between a core and 自治县, 自治州, 民族乡.
_PEOPLES = each_of(
    "蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 "
    "东乡 纳西 景颇 柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 "
    "俄罗斯 鄂温克 德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺"
)
_LONG = [p for p in _PEOPLES if len(p) > 1]
PEOPLE = "|".join(sorted([p + "族" for p in _PEOPLES] + ["各族"] + _LONG, key=len, reverse=True))

_ENDINGS = {
    PROVINCE: rf"(?:(?:{PEOPLE}|壮族|回族)?自治区|省|市)",
    CITY: rf"(?:(?:{PEOPLE})*自治州|地区|市|盟)",
    COUNTY: rf"(?:(?:{PEOPLE})*自治[县旗]|新区|林区|特区|[县区市旗])",
    TOWNSHIP: rf"(?:街道办事处|街道|地区办事处|办事处|(?:{PEOPLE})*民族[乡镇]|(?:{PEOPLE})+[乡镇]|苏木|镇|乡|地区)",
    VILLAGE: (
        r"(?:社区居民委员会|社区居委会|社区村民委员会|社区村委会|居民委员会|居委会|村民委员会|村委会|村委|居委"
        r"|社区|行政村|嘎查|村)"
    ),
}
_CUT = {level: re.compile(rf"(.{{2,}}?){ending}$") for level, ending in _ENDINGS.items()}
_SHORT_CUT = re.compile(r"(.{2,}?)(?:村|社区|嘎查)$")

# The source fills a missing level with these; nobody writes them as a name.
PLACEHOLDERS = re.compile(r"^(市辖区|县|(省|自治区)直辖县级行政区划)$")


def core_of(name: str, level: int) -> str:
    """The part of a name that stays when its ending is left off; "" for a placeholder."""
    if level == CITY and PLACEHOLDERS.match(name):
        return ""
    name = name.strip()
    match = _CUT[level].match(name)
    core = match.group(1) if match else name
    while level == VILLAGE and match and (again := _SHORT_CUT.match(core)):
        core = again.group(1)
    return core


def is_urban(village: str) -> bool:
    """Whether a village-level name (or its ending) is a neighbourhood's (社区, 居委会) and not a village's."""
    return "居" in village[-5:] or "社区" in village[-7:] or village == "community"
