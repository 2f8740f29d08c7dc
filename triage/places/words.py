"""The words around names: endings, what is no name, what refers back. Chinese only; data, no code."""

from __future__ import annotations

import re

from triage.places.names import CITY, COUNTY, PEOPLE, PROVINCE, TOWNSHIP, VILLAGE, each_of

# Longest name that is looked up at a position.
WIDTH = 14
UPPER_BITS = 0b01111
VILLAGE_BIT = 0b10000

# What may follow a core, and the levels (bits) that it then means. Longest first within a level.
ENDING = re.compile(
    rf"(?P<province>(?:{PEOPLE}|壮族)?自治区|省(?!级|道|直|钱|事|吃|得|内|外|下))"
    rf"|(?P<prefecture>(?:{PEOPLE})*自治州|地委|地区|盟|州(?!长途))"
    rf"|(?P<town>街道办事处|街道办|街道|地区办事处|办事处|(?:{PEOPLE})*民族[乡镇]|(?:{PEOPLE})+[乡镇]|苏木"
    r"|镇|乡(?!村振|村旅|村治|村建|村干|村医|亲们|下人)|街(?![上头坊面边区角市]))"
    rf"|(?P<county>(?:{PEOPLE})*自治[县旗]|新区|林区|特区|县|区(?!域|别|间|块|位|分)|旗)"
    r"|(?P<municipal>市(?!场|值|面上|价))"
    r"|(?P<village>社区(?:居民委员会|居委会|居委|村委会)?|居民委员会|居委会?|村民委员会|村委会?"
    r"|村民小组|行政村|自然村|嘎查|屯|村(?!镇银|镇建|庄))"
)
BITS = {"province": 1, "municipal": 0b00111, "prefecture": 0b01010, "county": 4, "town": 8, "village": 16}
ENDING_FIRST = frozenset(
    "省自地盟州街办苏镇乡新林特县区旗市社居村行嘎屯民各" + "".join(p[0] for p in PEOPLE.split("|"))
)

# A name that carries its ending because only one character stands before it (祁县, 东村), or that is whole.
SELF = {
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
WHOLE = re.compile(
    r"(开发区|园区|管理区|度假区|示范区|[农林牧渔茶]场|良种场|种畜场|原种场|水库|林业局|管理处|管理局)$"
)

# Cities whose bare names are words of their own: they need an ending or a neighbour.
CITY_WORDS = frozenset(
    each_of(
        "来宾 日照 白银 安康 丽水 新乡 大同 三明 朝阳 海东 海北 海南 海西 黄南 中山 大理 玉溪 阿里 和田 广安 长治 "
        "平凉 中卫 云浮 六安 大兴 临沧 普洱 山南 白山 松原 四平 东方 三沙 兴安 怒江 红河 黄山 东营 白城"
    )
)
# Counties whose bare names are words of every letter: beside a city they still mean the word (宝鸡公安).
COUNTY_WORDS = frozenset(
    each_of(
        "公安 建设 资源 解放 合作 同心 兴业 前进 友好 东方 平安 工农 光明 民主 回民 富裕 互助 通道 开放 和平 "
        "新华 建华 永定 振兴 复兴 宏伟 城区 郊区 城关 矿区 市中 港口 城中 城北 城东 城西 城南 运河 文山 惠民 "
        "利民 爱民 民乐 二七 九台 大厂 个旧 比如 改则 日土 加查 久治 新民 新星 光泽 高台 石门 大新 五华 大观 "
        "大竹 新区 东区 西区 南区 北区 中区 海关 向阳 青年 红旗 东风 胜利 团结 高新 新市 五通 水城 鼓楼 西城 "
        "东城 铁西 铁东 桥东 桥西 路南 路北 新城 老城 古城 城厢"
    )
)
# Divisions so called are told apart only by what stands above them.
DEPENDENT = frozenset(
    each_of(
        "城区 郊区 矿区 东区 西区 南区 新区 市中 城中 城关 新市 老城 新城 古城 高新 开发区 经济开发区 工业园区 高新区 经开区 和县 应县 成县 任县 新建"
    )
)
# Endings that make of a bare name a road, a bridge, a station: near the matter, but no division.
THING = re.compile(
    r"^(?:[东西南北中一二三四五]?(?:路|大道|大街|街(?!道)|巷|胡同|弄)|站|机场|高速|大桥|港|湖|江|河(?!道)|山|石|玉|巴巴"
    r"|时报|日报|晚报|菜|话|大学|银行|牌|烟|酒|生产建设兵团|建设兵团|花园|公寓|大厦|广场|久安|商会|籍|开发区|工业园|产业园|产业集聚|经济技术|经济开发)"
)
# Village words that are no names: 本村, 农村, 城中村.
NO_NAME = frozenset(
    each_of(
        "农 乡 本 我 全 各 每 该 同 邻 外 进 入 驻 包 联 出 回 到 在 下 我们 你们 他们 咱 咱们 俺 俺们 新农 "
        "城中 贫困 示范 文明 自然 行政 中心 村 两 多个 几个 一个 某 某某 所在 本人 原 住 由 向 和 与 及 对 "
        "给 是 邻近 周边 附近 美丽乡 美丽 难点 重点 后进 先进 软弱涣散 空心 脱贫 非贫困 搬迁 拆迁 合并 相邻 "
        "整个 小 全体 社区 各个 居住 我的 的 城郊 城边 度假 移民 安置 地质 渔 民俗 古 老 大 新 这个 那个 "
        "哪个 别的 其他 其它 外地 隔壁 全镇 全乡 各乡镇 我们本 一 二 三 四 五 个 有 数 部分 农业 牧业 基层 "
        "双 某个 十"
    )
)
# 小城镇, 各乡镇, 中心街道: words with a township's ending.
NO_TOWN = frozenset(
    each_of(
        "小城 城 乡 村 各 本 该 我 全 古 重 建制 特色 特色小 中心 街道 老家 集 一个 某 某某 所在 大 小 新 老 "
        "人民 步行 商业 主 条 城镇 乡镇 村镇 集镇 市镇 重镇"
    )
)
# What stands behind a township's or county's bare name when it is meant.
AGENCY = re.compile(
    r"^(?:中心)?(?:卫生院|派出所|财政所|财政办|国土所|自然资源所|司法所|民政所|民政办|信用社|供电所|中心校|中心学校|敬老院"
    r"|养老院|政府|党委|镇政府|乡政府|林业站|林站|农技站|农经站|经管站|水利站|水管站|兽医站|畜牧站|计生办|工商所|税务所|法庭|福利院"
    r"|粮站|粮库|粮管所|街道|办事处|邮政所|卫生室)"
)
# Before a name of one character and its ending, so that 会上村 or 淀山湖镇 are not read as 上村 and 湖镇.
BOUNDARY = frozenset(
    "省市州盟县区旗镇乡道处的在到是为和与及对向给由从们同任系原时将经把被至、我报映现于入前后曾往去来找请托属归里内外查问告诉述以并但因即乃住回称认"
)
TITLE = re.compile(r"长(?![期年江途])")
# Names of a city or district ending so are often a word cut wrongly: 此项|城市, 理顺|城区.
CITY_TAIL = re.compile(r"城[市区镇]|乡镇")
# Those of them that are particles, which a name may also begin with.
PARTICLES = frozenset("任在为由对向从到至和与及被把经同系时")
# Pronouns that no ending makes a name of, wherever they stand.
PRONOUNS = frozenset(each_of("本 我 全 各 每 该 某 某某 我们 你们 他们 我们本"))
# Level words that refer back to the inbox's or a named division.
ANAPHOR = re.compile(
    r"(?:[我本咱俺该]|我们|咱们|俺们|我们这个?|咱这|你)(?P<level>省|市|县|区|旗|镇|乡|街道|办事处|村|社区|屯|嘎查)"
    r"(?!里人|长途)"
)
# 县医院, 县交通局: a body of the county, whose name goes without saying. 去县里 asks, it does not accuse.
COUNTY_BODY = re.compile(
    r"(?<![㐀-鿿])县(?=[^，,。；;：\s、的]{0,7}?(?:局|医院|殡仪馆|[一二三四五六]中|中学|职校|职高|公司|大队|中心|法院|检察院|站|办))"
    r"|(?<=[我是在被由和与、找的了])县(?=[^，,。；;：\s、的]{0,7}?(?:局|医院|殡仪馆|[一二三四五六]中|中学|公司|大队|中心))"
)
ANAPHOR_LEVEL = {
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
HAN = re.compile(r"[㐀-鿿〇]+")
