"""The redactor: spans by which a reader could tell who the reporter is. Rules only, no spaCy.

Recall goes before precision: a word masked too many can be read in the original by those who verify, a
name shown cannot be taken back. The accused is not masked. Everything counts characters of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from triage.pipeline import people
from triage.pipeline.finding import MaskFound
from triage.pipeline.letter import fold

# Rules run over this much of a text; what lies beyond is masked as a whole, because nobody has looked at it.
REDACT_LIMIT = 200_000

_CLAUSE = r"[^,。;!?:\n.…,]"
_LINE = r"[^。;!?\n]"
_SEP = r"[- .]{0,2}"


@cache
def _numbers() -> tuple[tuple[str, re.Pattern[str]], ...]:
    digits = rf"\d(?:{_SEP}\d)"
    return (
        (
            "email",
            re.compile(
                r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}|[\w.+-]{2,64} ?(?:\[at\]|\(at\)| at ) ?[\w-]{2,30}(?:\.| ?dot ?)(?:com|cn|net|org)\b"
            ),
        ),
        (
            "id_number",
            re.compile(
                rf"(?<!\d)[1-9](?:{_SEP}\d){{5}}{_SEP}(?:1[89]|20)(?:{_SEP}\d){{8}}(?:{_SEP}\d){{3}}{_SEP}[\dx](?!\d)|(?<!\d)[1-9]\d{{5}}[*x]{{6,12}}[\dx*]{{0,4}}|(?:身份证|证件)(?:号码|号)?(?:是|为|:|：| ){{0,3}}[\dx*]{{6,20}}|\b(?:id|identity|passport)(?: card)?(?: no\.?| number)?(?: is|:)? ?[a-z]{{0,2}}\d{{6,18}}[x\d]?"
            ),
        ),
        (
            "phone",
            re.compile(
                rf"(?<!\d)(?:\+?86{_SEP})?1[3-9]\d(?:{_SEP}[\d*]){{8}}(?!\d)|(?<!\d)1[3-9]\d{{1,5}}[*x]{{2,8}}\d{{0,4}}|(?<![\d-])0\d{{2,3}}{_SEP}\d{{7,8}}(?!\d)|[一二三四五六七八九零〇幺]{{11}}"
            ),
        ),
        (
            "phone",
            re.compile(
                r"(?:电话|手机|联系方式|热线|座机|拨打|打给我|号码|联系我)[^\d\n,。;]{0,8}(?P<span>\+?[\d*][\d* -]{5,17}[\d*])|\b(?:phone|mobile|cell|tel|telephone|call me|reach me|whatsapp|number)[^\d\n,.;]{0,16}(?P<span2>\+?\(?\d[\d ()-]{5,18}\d)|(?<![\w,.])\+\d{1,3}[ -]?\d(?:[ -]?\d){6,12}(?!\d)"
            ),
        ),
        (
            "account",
            re.compile(
                rf"(?<!\d){digits}{{14,20}}(?!\d)|(?:账号|帐号|卡号|户号|存折号|存折|账户|卡尾号|尾号|account(?: no\.?| number)?|card(?: no\.?| number)?)(?:是|为|:| |is){{0,4}}(?P<span>[\d*][\d* -]{{2,24}}[\d*])"
            ),
        ),
        (
            "account",
            re.compile(
                r"(?:\bq ?q|扣扣|企鹅)(?:号码|号)?(?:是|为|:| ){0,3}(?P<span>[1-9]\d{4,11})|(?:微信|薇信|威信|\bwechat|\bweixin|\bwx|\bvx|\bv信)(?:号码|号|同号|id)?(?:是|为|:| |is){0,4}(?P<span2>[a-z\d][-\w]{4,30})"
            ),
        ),
        (
            "plate",
            re.compile(
                r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][a-z][·. -]?[a-z\d*]{5,6}(?![a-z\d])"
            ),
        ),
    )


@cache
def _names() -> tuple[re.Pattern[str], ...]:
    name = people.loose_name()
    joint = rf"{name}(?:[、,， ]{{1,3}}{name}){{0,30}}"
    after = r"(?![\u4e00-\u9fff])"
    roles = "(?<!被)(?:实名举报人|举报人|投诉人|反映人|来信人|写信人|申请人|信访人|控告人|检举人|上访人|求助人|落款|签名|署名|签字|联系人|联名人|姓名|报案人|村民代表|代表人|此致敬礼|敬礼|敬上|具名)"
    tail = r"(?:的)?(?:村民|社员|居民|群众|农民|职工|教师|老师|村医|业主|社区居民|农户|贫困户|低保户|村民代表|老党员|党员|学生家长|家长)"
    return (
        re.compile(rf"{roles}(?:姓名|签名|签字)?(?:们|是|为|:|：|\(签名\)|\(签字\)|\s){{0,4}}(?P<span>{joint}|(?<=[:：])[\u4e00-\u9fff]{{2,4}}(?=[,。;\s]|$))"),
        re.compile(rf"(?:我叫|我的名字叫|我名叫|我名字是|本人叫|本人名叫|本人姓名|俺叫|鄙人|我姓名|叫我)(?:做|作|是|:)?(?P<span>{name})"),
        re.compile(rf"(?:我|本人|俺|鄙人)(?:是|系)?(?P<span>{name})(?=[,，。、::;(\s]|今年|现年|男|女|实名|要|系|是|来自|现|身份|住|\d|向|在此|反映|举报|$)"),
        re.compile(rf"(?:我|本人|我们|俺)(?:就)?(?:是|系)[^,。;!?\n]{{0,24}}?{tail}(?:,)?(?P<span>{name})"),
        re.compile(rf"(?:^|\n)[ \t]*(?:.{{0,16}}?(?:村民|居民|群众|社员|职工|教师|代表|党员|业主|家长|农民|户主|签名|人)[:： ]{{0,2}})?(?P<span>{joint})[ \t]*(?:敬上|上|呈|启|\(?签[字名]\)?|\(?手印\)?|等.{{0,12}})?[ \t]*(?=\n|$|\d{{4}})"),
        re.compile(rf"(?:敬礼|谢谢|感谢|致敬|叩谢|跪求|恳请)[!。,. ]{{0,2}}[ \t]{{0,4}}(?P<span>{name})[ \t]*{after}(?=\s|\d|$)"),
        re.compile(rf"(?P<span>{name})(?:向您|向你们|给您)?(?:敬上|叩首|叩上|拜上|泣上|泣诉|跪拜|亲笔)"),
    )  # fmt: skip


@cache
def _first_person() -> tuple[tuple[str, re.Pattern[str]], ...]:
    kin = people.any_of(people.longest_first(people.table()["kin"]["zh"]))
    me = "(?:我|俺|咱|本人|我们)(?:的|家的|家里的|家里|家|自己的|亲)?"
    name = people.name()
    return (
        ("address", re.compile(rf"(?:我|俺|咱|本人|我们|自己)?(?:家|们家)?(?:现|目前|一直|就)?(?:家住|居住在|居住于|住在|住址|住所|租住在|租住|暂住在|住)(?:是|为|在|于|:|：| ){{0,3}}{_LINE}{{2,48}}?(?=[,。;!?\n]|$)|(?:我|俺|本人)(?:的)?(?:家|老家|户籍|户口|房子|店|铺子|门面|摊子)(?:就)?(?:是|在|位于|坐落在|属于){_CLAUSE}{{2,40}}")),
        ("address", re.compile(rf"(?:家庭住址|通讯地址|通信地址|联系地址|详细地址|现住址|住址|地址|户籍地)(?:是|为|:|：| ){{0,3}}{_LINE}{{3,60}}?(?=[;。!?\n]|$)")),
        ("address", re.compile(r"(?:\d{1,4}|[一二三四五六七八九十]{1,3})(?:村民小组|组|社|队|屯)(?:第)?(?:\d{1,4}|[一二三四五六七八九十百]{1,4})号|\d{1,3}(?:号楼|栋|幢|座)(?:\d{1,2}单元)?\d{2,4}(?:室|号|房)?|\d{1,2}单元\d{2,4}(?:室|号|房)?|[\u4e00-\u9fff]{2,6}(?:路|街|巷|弄|胡同)\d{1,5}号(?:院)?(?:\d{1,3}(?:号楼|栋|单元|室|号))*")),
        ("kinship", re.compile(rf"{me}{kin}(?:也|就|都|以前|原来|一直|曾|今年|现在|当时)*(?:是|在|叫|名叫|当|做|曾|原|任|给|帮|为|跟|姓){_CLAUSE}{{1,28}}|{me}{kin}(?:{name})?(?:\d{{2}}岁)?")),
        ("giveaway", re.compile(rf"(?:{_CLAUSE}{{0,16}})(?:只有|唯独|就)(?:我|俺|咱)(?:们)?(?:一|1)?(?:家|个|户|人|自己|们)?{_CLAUSE}{{0,24}}|{_CLAUSE}{{0,12}}(?:全|整个|我们|我)?(?:村|组|镇|乡|队|校|院|厂|社区|单位|小区|班|局|所)(?:里|上)?(?:唯一|独一|就我|仅我|第一个){_CLAUSE}{{0,24}}|{_CLAUSE}{{0,10}}唯一{_CLAUSE}{{0,20}}|除了我{_CLAUSE}{{0,24}}|{_CLAUSE}{{0,8}}我(?:们家)?(?:是|家是)?(?:第一个|头一个|最后一个|独一户|独户|外姓|独姓){_CLAUSE}{{0,16}}")),
        ("giveaway", re.compile(rf"(?:账|帐|钱|字|单子|合同|票|发票|表|名单|会议记录|公章|车|饭|货|材料|条子|收据|工程|菜|房子)(?:都|就|全|也)*(?:是)?(?:由)?我(?:亲手|亲自|一手)?{_CLAUSE}{{0,10}}的|我(?:亲手|亲自|亲眼|负责|经手|保管|主管|分管|管着|管过|记的账|开的车|给他开车|替他|帮他|跟他|和他){_CLAUSE}{{0,18}}")),
        ("giveaway", re.compile(rf"(?:我|俺|本人)(?:以前|之前|过去|曾经|曾|原来|原|一直|就|现在|现|当年|那时|当时|也|还)*(?:在){_CLAUSE}{{1,18}}?(?:上班|工作|打工|干|当|做|任|教书|教学|开|养|种|摆|卖|服务|就读|读书|住院|帮忙|值班|看门|做饭){_CLAUSE}{{0,14}}")),
        ("giveaway", re.compile(rf"(?:我|俺|本人)(?:以前|之前|过去|曾经|曾|原来|原|一直|就|现在|现|当年|当时|也|还)*(?:当过|当了|当|担任过|担任|做过|做了|干过|干了|任过|任|教过|教了|开过|包过|承包了|承包过|参加过|退休|退伍|转业|下岗|离职|毕业){_CLAUSE}{{0,20}}")),
        ("giveaway", re.compile(rf"(?:我|俺|本人)(?:今年|现年|现在|已经|已|都|快|也|,)*(?:\d{{2}}|[一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九][一二三四五六七八九]|九十|八十|七十|六十)(?:多|好几|几)?岁?(?:了|的人|多)?(?=[,。;!?\n\s的]|$)|(?:我|俺|本人)(?:是|有|患|得了|患有|得过|查出|被查出){_CLAUSE}{{0,10}}(?:残疾|癌|瘫|聋|哑|盲|尿毒症|糖尿病|中风|脑梗|肺病|尘肺|矽肺|肾|残|病){_CLAUSE}{{0,8}}|(?:我|俺)(?:们)?家(?:里)?(?:有|就|共|一共|总共)?(?:\d{{1,2}}|[一二两三四五六七八九十])(?:口|个|亩|间|头|个人|兄弟|姐妹|儿子|女儿){_CLAUSE}{{0,10}}")),
    )  # fmt: skip


@cache
def _self_description() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """我是…, then whether it tells one from others, and what anybody may say."""
    me = r"(?:我|俺|本人|我本人|我们|咱|鄙人)(?:就|曾|原|原来|以前|曾经|过去|本来|也|都|还|只|一直|现在|现)*(?:是|系|作为|身为)|作为|身为"
    telling = people.any_of(people.longest_first(people.table()["telling"]["zh"]))
    return (
        re.compile(rf"(?:{me})(?P<span>{_CLAUSE}{{2,32}})"),
        re.compile(rf"{telling}|\d{{1,2}}组的|[一二三四五六七八九十]组的|岁|年的"),
        re.compile(
            r"^(?:一名|一个|一位|咱|你们|贵县|本)?[\u4e00-\u9fff]{0,16}(?:普通|老实|平头)?(?:村民|群众|农民|老百姓|百姓|居民|市民|公民|人)$"
        ),
    )


@cache
def _english() -> tuple[tuple[str, re.Pattern[str]], ...]:
    kin = people.any_of(people.longest_first(people.table()["kin"]["en"], ","))
    clause = r"[^.;!?\n,]"
    line = r"[^.;!?\n]"
    me = r"\b(?:i am|i'm|i’m|i was|i have been|i've been|i used to be|i work(?:ed)?|we are|as)\b"
    roles = r"accountant|cashier|clerk|bookkeeper|secretary|leader|teacher|nurse|doctor|driver|guard|cook|cleaner|worker|employee|officer|official|member|farmer|shopkeeper|owner|tenant|widow|widower|veteran|contractor|supplier|engineer|supervisor|inspector|pensioner|graduate|student|neighbour|neighbor|treasurer|keeper|carpenter|tailor|pastor|midwife|carer|caregiver|electrician|plumber|technician|retired|disabled|orphan|single mother|householder|witness|relative|cousin|manager|foreman|security|storekeeper|porter|chef|party member|monitor"
    return (
        ("address", re.compile(rf"\b(?:i|we)(?: currently| now| still| also)? (?:live|lives|reside|stay|am staying|rent)\b{line}{{2,80}}|\bmy (?:home |house |postal |mailing |current )?(?:address|home|house|flat|shop|room|stall)(?: is| was|:)(?: at| in| on)?{line}{{2,80}}|\b(?:house|flat|room|apartment|door|unit) (?:no\.? ?|number )?\d{{1,4}}[a-z]?\b(?:, ?{clause}{{2,30}})?|\b\d{{1,4}} [a-z]+ (?:street|road|lane|avenue|close|drive)\b|\baddress: ?{line}{{3,80}}")),
        ("kinship", re.compile(rf"\b(?:my|our) (?:own |late |elder |older |younger |eldest |youngest |little |big |old |first |second |ex-|only |dear |sick |disabled |two |three )*(?:{kin})s?\b(?:'s|’s)?(?:,? (?:who |also )?(?:is|was|are|were|works?|worked|has|had|runs?|ran|serves?|served|used to|named|called|lives?|lived|teaches|taught|drives|drove|keeps|kept|sits|sat)\b{clause}{{1,60}})?")),
        ("giveaway", re.compile(rf"{clause}{{0,40}}\b(?:only (?:i|me|we|my|our|one|person|family|household|woman|man|villager|teacher|nurse|shop|house|farmer|widow|worker|driver|accountant)\b|no one (?:else )?(?:but|except) (?:me|us)|nobody (?:else )?(?:but|except|other than) (?:me|us)|the only\b){clause}{{0,50}}")),
        ("giveaway", re.compile(rf"{me}{clause}{{0,50}}?\b(?:{roles})s?\b{clause}{{0,50}}|\bi(?:'ve| have)?(?: personally| myself| also| still| once)? (?:work(?:ed)?|serve[d]?|teach|taught|drive|drove|keep|kept|clean(?:ed)?|cook(?:ed)?|guard(?:ed)?|sign(?:ed)?|typed|wrote|record(?:ed)?|book(?:ed)?|deliver(?:ed)?|paid|handed|run|ran|own(?:ed)?|lease[d]?|rent(?:ed)?|retire[d]?|graduated)\b{clause}{{1,60}}")),
        ("giveaway", re.compile(r"\bi(?:'m| am|’m) (?:a |an )?\d{2}(?: years? old|-year-old)?\b[^.;!?\n,]{0,30}|\b(?:aged|age) \d{2}\b|\bi (?:have|suffer from) (?:cancer|diabetes|a disability|no (?:legs?|arms?|hands?))[^.;!?\n,]{0,30}")),
    )  # fmt: skip


# Names in Latin script are told by their capitals: these patterns run over the text as it was written.
_CAPITALS = r"[A-Z][a-z'’]+(?:[ -][A-Z][a-z'’]+){0,3}"
_ENGLISH_NAMES = (
    re.compile(rf"\b[Mm]y (?:full |real )?name is (?P<span>{_CAPITALS})|\b[Tt]his is (?P<span2>{_CAPITALS})(?= (?:from|of|calling|here|writing)|[,.])"),
    re.compile(rf"\b(?:I am|I'm|I’m|I, )(?: called| named)? ?(?P<span>(?!The\b|From\b|Not\b){_CAPITALS})(?=[,. ]|$)"),
    re.compile(rf"(?:^|\n)[ \t]*(?:[Yy]ours? [a-z]+|[Rr]egards|[Bb]est [a-z]+|[Kk]ind [a-z]+|[Ss]incerely|[Ss]igned(?: by)?|[Tt]hank(?:s| you)|[Rr]espectfully(?: yours)?|[Ff]aithfully)[,.:!]?[ \t]*\n?[ \t]*(?P<span>{_CAPITALS})"),
    re.compile(rf"\b(?:Signed|Reporter|Complainant|Contact(?: person)?|From|Sender|Petitioner|(?<![a-z] )Name)(?: by)?: ?(?P<span>{_CAPITALS})|\bsigned,? (?P<span2>{_CAPITALS})"),
)  # fmt: skip

_ACCUSED = re.compile(
    r"(?:被举报人|被反映人|被控告人|被投诉人|被检举人|举报对象|反映对象)(?:姓名|是|为|:| ){0,3}"
)
_PUBLIC_CAR = re.compile(
    r"公车|公务车|公务用车|执法车|警车|单位(?:的)?车|领导|书记|主任|局长|镇长|所长|站长|official car|government car|public car"
)


def redact(text: str) -> tuple[MaskFound, ...]:
    """All spans to mask, from left to right, none overlapping."""
    folded = fold(text[:REDACT_LIMIT])
    spans = [*_by_pattern(folded), *_signatures(text[:REDACT_LIMIT], folded)]
    if len(text) > REDACT_LIMIT:
        spans.append((REDACT_LIMIT, len(text), "giveaway"))
    return tuple(MaskFound(start, end, text[start:end], reason) for start, end, reason in _merged(spans))


def _by_pattern(folded: str) -> Iterator[tuple[int, int, str]]:
    for reason, pattern in (*_numbers(), *_first_person(), *_english()):
        for hit in pattern.finditer(folded):
            if reason == "plate" and _PUBLIC_CAR.search(folded, max(0, hit.start() - 16), hit.start()):
                continue
            start, end = _span(hit)
            yield start, end, reason
    described, telling, ordinary = _self_description()
    for hit in described.finditer(folded):
        said = hit["span"].strip()
        if telling.search(said) and not (
            ordinary.match(said) and not re.search(r"\d|[一二三四五六七八九十]组", said)
        ):
            yield hit.start(), hit.end(), "giveaway"


def _span(hit: re.Match[str]) -> tuple[int, int]:
    for group in ("span", "span2"):
        if group in hit.re.groupindex and hit[group] is not None:
            return hit.span(group)
    return hit.span()


def _signatures(text: str, folded: str) -> Iterator[tuple[int, int, str]]:
    """Names that the reporter gives as his own, there and wherever else they stand."""
    accused = {
        folded[hit.end() : hit.end() + length] for hit in _ACCUSED.finditer(folded) for length in (2, 3)
    }
    own: set[str] = set()
    for pattern in _names():
        for hit in pattern.finditer(folded):
            start, end = hit.span("span")
            yield start, end, "name"
            own.update(re.findall(people.loose_name(), folded[start:end]))
    for pattern in _ENGLISH_NAMES:
        for hit in pattern.finditer(text):
            start, end = _span(hit)
            yield start, end, "name"
            own.add(fold(text[start:end]))
    for name in own - accused:
        if len(name) > 1 and not name.endswith("某"):
            for hit in re.finditer(re.escape(name), folded):
                yield hit.start(), hit.end(), "name"


def _merged(spans: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Overlapping spans become one, with the reason of the longest."""
    out: list[tuple[int, int, str]] = []
    widest = 0
    for start, end, reason in sorted(spans):
        if out and start < out[-1][1]:
            first, last, known = out[-1]
            if end - start > widest:
                widest, known = end - start, reason
            out[-1] = (first, max(last, end), known)
        elif end > start:
            out.append((start, end, reason))
            widest = end - start
    return out
