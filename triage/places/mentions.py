"""Where a text writes something that may be a place: spans and what they may stand for, not yet which."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from triage.places.names import CITY, COUNTY, PEOPLE, PROVINCE, TOWNSHIP, VILLAGE, WORD_BIT
from triage.places.territory import Field

# Longest name that is looked up at a position.
WIDTH = 14
UPPER_BITS = 0b01111
VILLAGE_BIT = 0b10000

# What may follow a core, and the levels (bits) that it then means. Longest first within a level.
_ENDING = re.compile(
    rf"(?P<province>(?:{PEOPLE}|壮族)?自治区|省(?!级|道|直|钱|事|吃|得|内|外|下))"
    rf"|(?P<prefecture>(?:{PEOPLE})*自治州|地委|地区|盟|州(?!长途))"
    rf"|(?P<town>街道办事处|街道办|街道|地区办事处|办事处|(?:{PEOPLE})*民族[乡镇]|(?:{PEOPLE})+[乡镇]|苏木"
    r"|镇(?!静|压|定|痛)|乡(?!村|亲|下|土|邻|镇)|街(?![上头坊面边区角市]))"
    rf"|(?P<county>(?:{PEOPLE})*自治[县旗]|新区|林区|特区|县|区(?!域|别|间|块|位|分)|旗)"
    r"|(?P<municipal>市(?!场|值|面上|价))"
    r"|(?P<village>社区(?:居民委员会|居委会|居委|村委会)?|居民委员会|居委会?|村民委员会|村委会?"
    r"|村民小组|行政村|自然村|嘎查|屯|村(?!镇|庄))"
)
_BITS = {"province": 1, "municipal": 0b00111, "prefecture": 0b01010, "county": 4, "town": 8, "village": 16}
_ENDING_FIRST = frozenset(
    "省自地盟州街办苏镇乡新林特县区旗市社居村行嘎屯民各" + "".join(p[0] for p in PEOPLE.split("|"))
)
_ENDING_FIRST -= {"白"}  # 白族 stands before 自治州 and 乡 only; kept below through its own test

# A name that carries its ending because only one character stands before it (祁县, 东村), or that is whole.
_SELF = {
    "省": 1,
    "市": 6,
    "盟": 2,
    "县": 4,
    "区": 4,
    "旗": 4,
    "镇": 8,
    "乡": 8,
    "村": 16,
}
_WHOLE = re.compile(
    r"(开发区|园区|管理区|度假区|示范区|[农林牧渔茶]场|良种场|种畜场|原种场|水库|林业局|管理处|管理局)$"
)

# Cities whose bare names are words of their own: they need an ending or a neighbour.
_WORDS = frozenset(
    ["来宾", "日照", "白银", "安康", "丽水", "大同", "三明", "朝阳", "海东", "海北", "海南", "海西", "黄南", "中山", "大理", "玉溪", "阿里", "和田", "广安", "长治", "平凉", "中卫", "云浮", "六安", "大兴", "临沧", "普洱", "山南", "白山", "松原", "四平", "东方", "三沙", "兴安", "怒江", "红河", "黄山", "东营", "白城"]
)
# Counties whose bare names are words of every letter: beside a city they still mean the word (宝鸡公安).
_COUNTY_WORDS = frozenset(
    ["公安", "建设", "资源", "解放", "合作", "同心", "兴业", "前进", "友好", "东方", "平安", "工农", "光明", "民主", "回民", "富裕", "互助", "通道", "开放", "和平", "新华", "建华", "永定", "振兴", "复兴", "宏伟", "城区", "郊区", "城关", "矿区", "市中", "港口", "城中", "城北", "城东", "城西", "城南", "运河", "文山", "惠民", "利民", "爱民", "民乐", "二七", "九台", "大厂", "个旧", "比如", "改则", "日土", "加查", "久治", "新民", "新星", "光泽", "高台", "石门", "大新", "五华", "大观", "大竹", "新区", "东区", "西区", "南区", "北区", "中区", "海关", "向阳", "青年", "红旗", "东风", "胜利", "团结", "高新", "新市", "五通", "水城", "鼓楼", "西城", "东城", "铁西", "铁东", "桥东", "桥西", "路南", "路北", "新城", "老城", "古城", "城厢"]
)
# Divisions so called are told apart only by what stands above them.
_DEPENDENT = frozenset(
    ["城区", "郊区", "矿区", "东区", "西区", "南区", "新区", "市中", "城中", "城关", "新市", "高新", "开发区", "经济开发区", "工业园区", "高新区", "经开区"]
)
# Endings that make of a bare name a road, a bridge, a station: near the matter, but no division.
_THING = re.compile(
    r"^(?:[东西南北中一二三四五]?(?:路|大道|大街|街(?!道)|巷|胡同|弄)|站|机场|高速|大桥|港|湖|江|河(?!道)|山|石|玉|巴巴"
    r"|时报|日报|晚报|菜|话|大学|银行|牌|烟|酒|生产建设兵团|建设兵团|开发区|工业园|产业园|产业集聚|经济技术|经济开发)"
)
# Village words that are no names: 本村, 农村, 城中村.
_NO_NAME = frozenset(
    [
        "农",
        "乡",
        "本",
        "我",
        "全",
        "各",
        "每",
        "该",
        "同",
        "邻",
        "外",
        "进",
        "入",
        "驻",
        "包",
        "联",
        "出",
        "回",
        "到",
        "在",
        "下",
        "我们",
        "你们",
        "他们",
        "咱",
        "咱们",
        "俺",
        "俺们",
        "新农",
        "城中",
        "贫困",
        "示范",
        "文明",
        "自然",
        "行政",
        "中心",
        "村",
        "两",
        "多个",
        "几个",
        "一个",
        "某",
        "某某",
        "所在",
        "本人",
        "原",
        "住",
        "由",
        "向",
        "和",
        "与",
        "及",
        "对",
        "给",
        "是",
        "邻近",
        "周边",
        "附近",
        "美丽乡",
        "美丽",
        "难点",
        "重点",
        "后进",
        "先进",
        "软弱涣散",
        "空心",
        "脱贫",
        "非贫困",
        "搬迁",
        "拆迁",
        "合并",
        "相邻",
        "整个",
        "小",
        "全体",
        "社区",
        "各个",
        "居住",
        "我的",
        "的",
        "城郊",
        "城边",
        "度假",
        "移民",
        "安置",
        "地质",
        "渔",
        "民俗",
        "古",
        "老",
        "大",
        "新",
        "这个",
        "那个",
        "哪个",
        "别的",
        "其他",
        "其它",
        "外地",
        "隔壁",
        "全镇",
        "全乡",
        "各乡镇",
        "我们本",
        "一",
        "二",
        "三",
        "四",
        "五",
        "个",
        "有",
        "数",
        "部分",
        "农业",
        "牧业",
        "基层",
        "双",
        "某个",
        "十",
    ]
)
# 小城镇, 各乡镇, 中心街道: words with a township's ending.
_NO_TOWN = frozenset(
    ["小城", "城", "乡", "村", "各", "本", "该", "我", "全", "古", "重", "建制", "特色", "特色小", "中心", "街道", "老家", "集", "一个", "某", "某某", "所在", "大", "小", "新", "老", "人民", "步行", "商业", "主", "条"]
)
# What stands behind a township's or county's bare name when it is meant.
_AGENCY = re.compile(
    r"^(?:中心)?(?:卫生院|派出所|财政所|财政办|国土所|自然资源所|司法所|民政所|民政办|信用社|供电所|中心校|中心学校|中学|小学|初中|敬老院"
    r"|养老院|政府|党委|镇政府|乡政府|林业站|林站|农技站|农经站|经管站|水利站|水管站|兽医站|畜牧站|计生办|工商所|税务所|法庭|福利院"
    r"|粮站|粮库|粮管所|街道|办事处|邮政所|卫生室|幼儿园|交警|城管)"
)
# Before a name of one character and its ending, so that 会上村 or 淀山湖镇 are not read as 上村 and 湖镇.
_BOUNDARY = frozenset("省市州盟县区旗镇乡道的在到是为和与及对向给由从们、")
# Level words that refer back to the inbox's or a named division.
_ANAPHOR = re.compile(
    r"(?:[我本咱俺该]|我们|咱们|俺们|我们这个?|咱这|你)(?P<level>省|市|县|区|旗|镇|乡|街道|办事处|村|社区|屯|嘎查)"
    r"(?!里人|长途)"
)
_ANAPHOR_LEVEL = {
    "省": PROVINCE,
    "市": CITY,
    "县": COUNTY,
    "区": COUNTY,
    "旗": COUNTY,
    "镇": TOWNSHIP,
    "乡": TOWNSHIP,
    "街道": TOWNSHIP,
    "办事处": TOWNSHIP,
    "村": VILLAGE,
    "社区": VILLAGE,
    "屯": VILLAGE,
    "嘎查": VILLAGE,
}
_HAN = re.compile(r"[㐀-鿿〇]+")


@dataclass(slots=True)
class Reading:
    """One way to read a span: where it starts, which core, which levels (bits) it may mean."""

    start: int
    core: str
    bits: int


@dataclass(slots=True)
class Span:
    """One place name in the text. `ending` is what followed the core, "" for a bare name."""

    start: int
    end: int
    ending: str
    readings: list[Reading]
    local: int = -1  # the node of an office's own local name
    gap: str = field(default="")  # what stands between it and the span before it in its chain

    @property
    def bare(self) -> bool:
        """Whether the name stands without ending, so that a neighbour or the field must bear it out."""
        return (
            not self.ending
            and self.local < 0
            and not (self.readings and _SELF.get(self.readings[0].core[-1], 0) & self.bits)
        )

    @property
    def dependent(self) -> bool:
        return bool(self.readings) and (self.readings[0].core in _DEPENDENT)

    @property
    def bits(self) -> int:
        return self.readings[0].bits if self.readings else 0


@dataclass(slots=True)
class Anaphor:
    """我县, 本镇: a division that the inbox or the rest of the text must name."""

    start: int
    end: int
    level: int


def find_spans(text: str, field: Field) -> list[Span]:
    """Spans in the order of the text, not overlapping; bare names only where a neighbour or the field bears them."""
    hits = _look_up(text, field)
    spans = _with_ending(text, hits)
    spans += _local_names(text, field)
    spans = _without_overlap(spans)
    return _add_bare(text, hits, spans, field)


def find_anaphors(text: str) -> Iterator[Anaphor]:
    for match in _ANAPHOR.finditer(text):
        yield Anaphor(match.start(), match.end(), _ANAPHOR_LEVEL[match["level"]])


# (end, core, bits): what is found at a position.
Hits = dict[int, list[tuple[int, str, int]]]


def _look_up(text: str, field: Field) -> Hits:
    """All cores at all positions."""
    hits: Hits = {}
    prefixes = field.tree.cores.iter_prefixes_with_ids
    levels = field.tree.core_level_bits
    own = field.own_prefixes
    for run in _HAN.finditer(text):
        for start in range(run.start(), run.end() - 1):
            piece = text[start : start + WIDTH]
            found = [(start + len(core), core, levels[core_id]) for core, core_id in prefixes(piece)]
            if own is not None:
                found += [(start + len(core), core, field.own_bits[core]) for core in own(piece)]
            if found:
                hits[start] = found
    return hits


def _with_ending(text: str, hits: Hits) -> list[Span]:
    """Names followed by their ending (or carrying it), grouped by where they end: readings longest first."""
    groups: dict[int, Span] = {}
    size = len(text)
    for start, found in hits.items():
        for end, core, bits in found:
            ending, meant, stop = "", 0, end
            if end < size and text[end] in _ENDING_FIRST and (match := _ENDING.match(text, end)):
                meant = bits & _BITS[match.lastgroup or ""]
                if meant:
                    ending, stop = match.group(), match.end()
                elif match.lastgroup == "municipal" and bits & 4:
                    meant, ending, stop = bits & 4, match.group(), match.end()
            if not meant:
                meant = bits & _SELF.get(core[-1], 0)
                if not meant and bits & 8 and len(core) > 3 and _WHOLE.search(core):
                    meant = 8
                if not meant or (len(core) == 2 and not _begins_here(text, start, meant)):
                    continue
            if _no_name(core, meant):
                continue
            reading = Reading(start, core, meant)
            if (span := groups.get(stop)) is None:
                groups[stop] = Span(start, stop, ending, [reading])
            else:
                span.readings.append(reading)
                if start < span.start:
                    span.start, span.ending = start, ending
    for span in groups.values():
        span.readings.sort(key=lambda reading: (reading.start, -len(reading.core)))
    return list(groups.values())


def _begins_here(text: str, start: int, meant: int) -> bool:
    if meant < 8 or start == 0:
        return True
    before = text[start - 1]
    return before in _BOUNDARY or not "\u4e00" <= before <= "\u9fff"


def _no_name(core: str, meant: int) -> bool:
    if meant == VILLAGE_BIT:
        return core in _NO_NAME or core.rstrip("村") in _NO_NAME
    return meant == 8 and core in _NO_TOWN


def _local_names(text: str, field: Field) -> list[Span]:
    if field.local_prefixes is None:
        return []
    spans = []
    for start in range(len(text)):
        if names := field.local_prefixes(text[start : start + 40]):
            name = max(names, key=len)
            spans.append(Span(start, start + len(name), "", [], local=field.local(name)))
    return spans


def _without_overlap(spans: list[Span]) -> list[Span]:
    """Leftmost first, the longest of those that begin together."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if kept and span.start < kept[-1].end:
            trimmed = [r for r in span.readings if r.start >= kept[-1].end]
            if not trimmed:
                continue
            span.readings, span.start = trimmed, trimmed[0].start
        kept.append(span)
    return kept


def _add_bare(text: str, hits: Hits, spans: list[Span], field: Field) -> list[Span]:
    """Bare names: provinces and cities anywhere, others only beside a name above or below them, or in the field."""
    taken = bytearray(len(text) + 1)
    for span in spans:
        taken[span.start : span.end] = b"\1" * (span.end - span.start)
    starts = {span.start: span for span in spans}
    ends = {span.end for span in spans}
    bare: list[Span] = []
    for start in sorted(hits):
        if taken[start]:
            continue
        for end, core, bits in reversed(hits[start]):
            if any(taken[start:end]):
                continue
            meant = _bare_bits(text, start, end, core, bits, starts, ends, field)
            if not meant:
                continue
            span = Span(start, end, "", [Reading(start, core, meant)])
            bare.append(span)
            ends.add(end)
            taken[start:end] = b"\1" * (end - start)
            break
    return sorted(spans + bare, key=lambda span: span.start) if bare else spans


def _bare_bits(
    text: str,
    start: int,
    end: int,
    core: str,
    bits: int,
    starts: dict[int, Span],
    ends: set[int],
    field: Field,
) -> int:
    """The levels that a name without ending may mean here; what needs a neighbour is tested when it is linked."""
    if core in _COUNTY_WORDS:
        bits &= ~4
    after = text[end : end + 6]
    agency = bool(_AGENCY.match(after))
    if bits & WORD_BIT and not agency:
        bits &= 0b00111
    if _THING.match(after):
        return 0
    meant = bits & (1 if core in _WORDS else 3)
    if start in ends or end in starts:
        meant |= bits & UPPER_BITS
    if start in ends:
        meant |= bits & VILLAGE_BIT
    if agency:
        meant |= bits & 8
    if (
        not meant
        and not field.is_national
        and (len(core) > 2 or agency or not bits & WORD_BIT)
        and field.knows_bare(core)
    ):
        meant = bits & (12 if len(core) == 2 else 28)
    return meant
