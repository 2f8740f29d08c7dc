"""What part a named place plays in a text, told from the words around it, and what that part is worth.

The place complained of is worth one; a court, a trip, a firm's name or the reporter's own address
speaks for a place too, but gives way to any place that the matter itself names.
"""

from __future__ import annotations

import re

WEIGHTS = {
    "accused": 1.8,  # behind "I report": the place of the matter in so many words
    "office": 1.8,  # the same of an office: what the text names below it is beside the matter
    "matter": 1.0,
    "stated": 0.9,
    "address": 0.55,
    "addressee": 0.4,
    "court": 0.3,
    "source": 0.25,
    "origin": 0.2,
    "former": 0.25,
    "elsewhere": 0.15,
    "aside": 0.3,  # a province or city by its bare name alone: Beijing people, a Jiangsu boss
    "body": 0.35,  # a county's own firm or body
    "firm": 0.15,
}

# Names that are only passed through (a trip, a firm's name, an origin) commit to nothing.
PASSING = frozenset({"elsewhere", "firm", "origin", "former", "aside"})
# What the text names as the place that it complains of.
NAMED = frozenset({"accused", "office"})
# What only hints: it settles nothing below a place that the matter itself names.
HINTS = frozenset({"court", "source", "addressee", "address"})

_AFTER = 22
_BEFORE = 14

_COURT = re.compile(
    r"^(?:市|区|县)?(?:(?:人民|中级|高级|铁路运输|基层)*(?:检察院|检察官|检察机关|法院|法庭|公证处|仲裁委)|看守所|监狱|拘留所|戒毒所)"
)
# Who tells of the matter: an inspection commission's site, a paper.
_SOURCE = re.compile(
    r"^(?:省|市|县|区)?(?:(?:纪委|监委|纪检|检察|廉政|清廉)[^，,。；;]{0,8}?(?:网|消息|通报|讯|发布|曝光|公布|披露|公众号)"
    r"|日报|晚报|时报|晨报|都市报|电视台|广播|新闻网)"
)
_VENUE = re.compile(
    r"^[^，,。；;的]{0,14}?(?:酒店|宾馆|饭店|会所|KTV|餐厅|酒楼|茶楼|度假村|农家乐|高尔夫|机场|火车站|高铁站|医院看|医院住)"
)
_AT = re.compile(r"(?:在|到|于|至|去|赴)$")
# At a court the accused may work: then its seat is the place of the matter.
_COURT_STAFF = re.compile(
    r"^.{0,14}?(?:院长|局局长|庭长|庭副庭长|法官|书记员|执行局|检察长|科科长|科科员|党组|工作人员|审判员|助理)"
)
_PROSECUTES = re.compile(
    r"^.{0,10}?(?:指控|起诉|公诉|抗诉|提请|审查|审理|立案|判决|裁定|指定管辖|以.{0,14}?罪|一审|批准)"
)
_FIRM = re.compile(
    r"^[^，,。；;、,;：:\s的“”\"（(]{0,16}?(?:（[^）]{1,8}）|\([^)]{1,8}\))?[^，,。；;、,;：:\s的“”\"]{0,14}?"
    r"(?:有限|公司|集团|药业|酒业|控股|股份|商行|酒店|宾馆|经营部|工作室|事务所|超市|师范|大学|学院)"
)
_OFFICE = re.compile(r"^.{0,5}?(?:政府|党委|委员会|局|所|站|办|公安|派出|支部|书记|镇长|乡长|县长|村)")
_ORIGIN_AFTER = re.compile(r"^(?:籍|人(?=[，,。；;）)、\s（(]|$))")
_BEFORE_ELSEWHERE = re.compile(
    r"(?:到|赴|前往|逃往|逃至|逃到|迁往|迁至|飞往|潜逃|返回|去|游览|途经|远在|去往|飞到|在[^，,。；;]{0,4}?(?:等地|外地))$"
)
_AFTER_ELSEWHERE = re.compile(
    r"^[^，,。；;]{0,4}?(?:打工|务工|出差|旅游|就医|看病|治病|住院|培训|考察|上学|读书|抓获|归案|游玩|打高尔夫|开会|学习|陪读|带孩子|"
    r"带孙子|投案|落网|等地|等省)"
)
_BEFORE_FORMER = re.compile(
    r"(?:曾任|历任|先后任|先后担任|曾担任|原任|曾在|曾经在|调离|调任|调到|调往|以前在|之前在|早年在|原在|过去在)$"
)
# From a list of former posts no later word leads back to today's.
_CAREER = re.compile(
    r"(?:曾任|历任|先后任|先后担任|曾先后|曾担任)(?![^。；;\n]*(?:现任|现为|现在|时任|任职期间))[^。；;\n]*$"
)
_HERE = re.compile(r"(?:位于|地处|这里是|我们是|我们|咱们|本地|坐落在|就是|反映|举报|投诉|关于)$")
# What stands before a province or city that is only compared with, or come from.
_COMPARED = re.compile(
    r"(?:比|像|好像|如|例如|诸如|超过|邻的|相邻|毗邻|不如|学习|借鉴|参照|参考|来自|外省|外地|包括|与|跟|同|和|、|有|从|自称|据说|听说)$"
)
_OFFICE_OF = re.compile(
    r"^(?:省|市|县|区)?(?:人民)?(?:政府|党委|委书记|市委|省委|纪委|监委|公安|[^，,。；;的]{1,8}?(?:局|厅|委员会|中心|支队|大队)|医院|监狱)"
)
_REPORTED = re.compile(
    r"(?:举报|反映|控告|检举|投诉|要告|状告|揭发|反应|被举报人|被反映人|被控告人)(?:的?是|一下|的|了|对)?\s*[:：]?\s*$"
    r"|(?:report|reporting|complaint|complain|about|against)\s+(?:on\s+|about\s+|against\s+)?$",
    re.IGNORECASE,
)
_ITS_OFFICE = re.compile(
    r"^(?:党委|党工委|人民政府|政府|镇长|乡长|书记|副镇长|副书记|办事处主任|民政|财政|公安|派出所|卫生院|中心|自然资源|国土|住建|农业|林业|水利"
    r"|教育|人社|司法所|城管|综合执法|市场监督|税务|信用社|供电所|[^，,。；;、村]{1,6}?(?:局|所|站|院|校|办)(?!村))"
)
_MOVES = re.compile(r"^.{0,8}?(?:到|调|赴|来)")
_BEFORE_ADDRESS = re.compile(
    r"(?:家住|住址[:：是为]?|现住|暂住|住于|居住于|居住在|住在|租住在?|户籍[地所在]*[:：是为]?|户口[所在地]*[:：是为在]?|籍贯[:：是为]?"
    r"|原籍[:：是为]?|老家[是在]?|出生于|出生在|生于|出生地[:：]?|我是|我们是|本人是|本人系|我系|我叫[^，,。]{1,5}[，,是]|俺是|咱是|我家在|家在"
    r"|我家是|地址[:：是]?|娘家[是在]?|人在|我在)$"
)
_SELF_ADDRESS = re.compile(
    r"^[^，,。；;]{0,10}?(?:的?(?:村民|居民|群众|社员|农民|业主|住户|一员|人(?=[，,。、；;])))"
)
# The writer at the head of a letter: 廖屯镇北鸭台村村民，向市纪委举报.
_WRITER = re.compile(
    r"^(?:村|的)?(?:村民|居民|社员|职工|群众|业主)[^,，。：:]{0,8}[,，](?:现|特|向|就|实名|联名|要|举报|反映)"
)
_LETTER_HEAD = re.compile(r"(?:^|[\n。！!])\s*(?:尊敬的|敬爱的|致|呈|此致)?$")
_ADDRESSED = re.compile(
    r"^[^，,。；;\n]{0,16}?(?:领导|书记|县长|市长|区长|镇长|省长|同志|纪委|监委|纪检|信访|局|委员会|巡察组|巡视组|政府|办公室|主任|信箱)"
    r"[^，,。；;\n]{0,8}?[：:！!\n]"
)


def role_of(text: str, start: int, end: int, level: int, *, bare: bool = False) -> str:
    """One of the roles of WEIGHTS for a chain of names from start to end; bare: without any ending."""
    before, after = text[max(0, start - _BEFORE) : start], text[end : end + _AFTER]
    if _LETTER_HEAD.search(before) and _ADDRESSED.match(after):
        return "addressee"
    if _SOURCE.match(after):
        return "source"
    if court := _COURT.match(after):
        rest = after[court.end() :]
        return "matter" if _COURT_STAFF.match(rest) and not _PROSECUTES.match(rest) else "court"
    if _ORIGIN_AFTER.match(after) and not _BEFORE_ADDRESS.search(before):
        return "address" if level >= 3 else "origin"
    if (
        _CAREER.search(text[max(0, start - 60) : start])
        or _BEFORE_FORMER.search(before)
        or (before.endswith("从") and _MOVES.match(after))
    ):
        return "former"
    if level >= 3 and _LETTER_HEAD.search(before) and _WRITER.match(after):
        return "address"
    if _BEFORE_ADDRESS.search(before):
        return "address" if level >= 3 or _SELF_ADDRESS.match(after) else "origin"
    if level <= 2 and (
        _BEFORE_ELSEWHERE.search(before)
        or _AFTER_ELSEWHERE.match(after)
        or (_AT.search(before) and _VENUE.match(after))
    ):
        return "elsewhere"
    if level <= 3 and _FIRM.match(after) and not _OFFICE.match(after):
        return "body" if level == 2 and text[end - 1] in "县区市旗" else "firm"
    if level <= 1 and _is_aside(before, after, bare=bare):
        return "aside"
    if not _REPORTED.search(before):
        return "matter"
    return "office" if level >= 2 and _ITS_OFFICE.match(after) else "accused"


def _is_aside(before: str, after: str, *, bare: bool) -> bool:
    """Whether a province or city is only mentioned: compared with, come from, or bare and no office's."""
    if _COMPARED.search(before):
        return True
    return bare and not _HERE.search(before) and not _OFFICE_OF.match(after)
