"""Tells one story of the story files in the voice of one citizen, clerk or sending office."""

from __future__ import annotations

import random
import re
from calendar import month_name
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from cms.demo.county import COUNTY, County, toml
from cms.demo.wording import Pool, Wording, in_characters

Act = dict[str, Any]
Person = dict[str, str]

KIN_OF_MEN = ("小舅子", "堂弟", "侄儿", "连襟", "亲家", "女婿", "外甥", "表弟", "老表", "妹夫", "内弟")
KIN_OF_WOMEN = ("堂弟", "侄儿", "亲家", "女婿", "外甥", "表弟", "娘家弟弟", "老公", "小叔子")
KIN_ENGLISH = ("brother-in-law", "cousin", "son-in-law", "nephew")
NEAR_YEARS = ("今年", "去年", "前年")
# How people shorten a post when they say "Secretary Yu" or "Director Shi".
SHORT_POSTS = (
    ("书记", "书记"), ("居委会主任", "主任"), ("副镇长", "镇长"), ("副乡长", "乡长"), ("副局长", "局长"),
    ("副所长", "所长"), ("副大队长", "队长"), ("所长", "所长"), ("站长", "站长"), ("队长", "队长"),
    ("校长", "校长"), ("院长", "院长"), ("馆长", "馆长"), ("经理", "经理"), ("股长", "股长"), ("科长", "科长"),
    ("主任", "主任"), ("组长", "组长"), ("会计", "会计"), ("报账员", "会计"), ("文书", "文书"), ("干事", "干事"),
    ("民警", "警官"), ("承包人", "老板"), ("法定代表人", "老板"), ("出纳", "出纳"),
)  # fmt: skip
SPOKEN_POSTS = (
    ("社区党总支书记", ("社区书记", "居委会主任")),
    ("村党支部书记", ("支书", "村支书", "书记", "支部书记")),
    ("村务监督委员会主任", ("监委会主任",)),
    ("村委会主任", ("村主任", "主任")),
    ("会计", ("会计", "村会计")),
    ("报账员", ("会计", "报账员")),
    ("文书", ("文书", "村文书")),
    ("副主任", ("副主任",)),
)
ENGLISH_POSTS = (
    ("书记", "Secretary"), ("会计", "Accountant"), ("报账员", "Accountant"), ("文书", "Village Clerk"),
    ("组长", "Group Leader"), ("监督委员会", "Supervisor"), ("妇联主任", "Women's Director"),
    ("主任", "Director"),
)  # fmt: skip
DOUBLED = re.compile(r"(校长|院长|所长|站长|主任|书记|会计|队长|馆长|监督委员会)\1")
TOWNSHIP_OFFICE = re.compile(
    "社会事务办|农村经济经营管理站|自然资源所|财政所|农业服务中心|林业站|综合执法队|规划建设办|派出所$"
)
TWICE = re.compile(rf"({TOWNSHIP_OFFICE.pattern[:-1]})(的?)\1")
# A line that says who the writer is would gainsay an opening that says so too.
SAYS_WHO = re.compile("我(是|做|在|给|当|打工)")
NUMERALS = "一二三四五六七八九"


@dataclass
class Story:
    """One matter in one village, with the people it accuses and the numbers that were drawn for it."""

    act: Act
    village: str
    accused: list[Person]
    received: date
    english: bool
    bare: bool = False
    by_hand: bool = False  # numbers as an old hand writes them
    slots: dict[str, str] = field(default_factory=dict)
    title: str = ""
    told: set[str] = field(default_factory=set)  # lines of the act that were used already


def spoken(person: Person, rng: random.Random) -> str:
    """The accused as first named: "支书余长根"."""
    if "村民小组" in person["post"]:
        return person["post"].replace("村民小组", "") + person["name"]
    for post, says in SPOKEN_POSTS:
        if post in person["post"] and person["rank"] == "village":
            return rng.choice(says) + person["name"]
    if person["rank"] == "enterprise_institution" and (
        "承包人" in person["post"] or "代表人" in person["post"]
    ):
        return person["name"]
    if person["post"].endswith("人员"):
        return person["name"]
    return office_of(person) + person["post"] + person["name"]


def office_of(person: Person) -> str:
    """The township office without its township, as people say it."""
    found = TOWNSHIP_OFFICE.search(person["unit"])
    return found[0] if found else ""


def shortened(person: Person) -> str:
    """The accused as named again: "余书记"."""
    for post, short in SHORT_POSTS:
        if post in person["post"]:
            return person["name"][0] + short
    return "她" if person["sex"] == "f" else "他"


def spoken_english(person: Person) -> str:
    for post, english in ENGLISH_POSTS:
        if post in person["post"] and person["rank"] == "village":
            return f"{english} {person['name_en']}"
    return person["name_en"]


class Teller:
    def __init__(self, county: County, rng: random.Random):
        self.county = county
        self.rng = rng
        self.pool = Pool(rng)
        self.chinese = toml("frames_chinese.toml")
        self.english = toml("frames_english.toml")

    # Slots

    def prepare(self, story: Story) -> None:
        """Gives the story its names, so that the next telling of it uses the same ones."""
        village = self.county.places[story.village]
        township = self.county.places[village["parent_code"]]
        naming = self._in_english if story.english else self._in_chinese
        story.slots = naming(story, village, township)

    def _in_chinese(self, story: Story, village: dict[str, str], township: dict[str, str]) -> dict[str, str]:
        rng, first = self.rng, story.accused[0]
        town = rng.choice(("镇上", "镇里")) if story.bare else township["name"]
        woman = first["sex"] == "f"
        slots = {
            "v": village["name"],
            "t": town,
            "p": village["name"] if story.bare else town + village["name"],
            "g": rng.choice(NUMERALS[:7]) + "组",
            "A": spoken(first, rng),
            "a": rng.choice((shortened(first), shortened(first), "她" if woman else "他")),
            "kin": rng.choice(KIN_OF_WOMEN if woman else KIN_OF_MEN),
            "mon": f"{self._month_before(story)}月",
            "y2": f"{story.received.year - rng.randint(0, 2)}年",
            "age": str(rng.randint(34, 79)),
            "sur": rng.choice("陈张李王刘周吴徐孙胡朱林何郭罗"),
            "mw": rng.choice("男女"),
            "many": str(rng.randint(3, 9)),
        }
        if len(story.accused) > 1:
            slots |= {"B": spoken(story.accused[1], rng), "b": shortened(story.accused[1])}
        return slots

    def _in_english(self, story: Story, village: dict[str, str], township: dict[str, str]) -> dict[str, str]:
        name, town = village["name_en"].split()[0], township["name_en"]
        place = self.rng.choice((f"{name} Village, {town}", f"{name} ({town})", f"{name} in {town}"))
        return {
            "v": name,
            "t": town,
            "p": place,
            "A": spoken_english(story.accused[0]),
            "kin": self.rng.choice(KIN_ENGLISH),
            "mon": month_name[self._month_before(story)],
            "years": str(self.rng.randint(3, 9)),
        }

    def _month_before(self, story: Story) -> int:
        allowed = story.act.get("months")
        month = (story.received.month - self.rng.randint(1, 2) - 1) % 12 + 1
        return story.received.month if allowed and month not in allowed else month

    def wording(self, story: Story) -> Wording:
        def draw(kind: str, number: int) -> str:
            return (
                self._english_value(story, kind, number)
                if story.english
                else self._value(story, kind, number)
            )

        return Wording(self.rng, story.slots, draw)

    def _value(self, story: Story, kind: str, number: int) -> str:
        if kind == "ago":
            return NEAR_YEARS[number] if number < 3 else f"{story.received.year - number}年"
        if kind == "wan":
            tenth = self.rng.choice(("", "", f".{self.rng.randint(1, 9)}"))
            return f"{number}{tenth}万元"
        if kind == "n" and story.by_hand and number < 100:
            # People say 两户, not 二户.
            return "两" if number == 2 else in_characters(number)
        return str(number)

    def _english_value(self, story: Story, kind: str, number: int) -> str:
        if kind == "ago":
            return str(story.received.year - number)
        if kind == "wan":
            return f"{(number * 10 + self.rng.randint(0, 9)) * 1000:,} yuan"
        return f"{number:,}"

    # Lines

    def line(self, story: Story, words: Wording, lines: list[str]) -> str:
        """The least used line of a pool, not told in this story before."""
        fresh = [line for line in lines if line not in story.told] or lines
        chosen = self.pool.pick(fresh)
        story.told.add(chosen)
        return words.fill(chosen)

    def maybe(self, chance: float, story: Story, words: Wording, lines: list[str]) -> str:
        return self.line(story, words, lines) if lines and self.rng.random() < chance else ""

    def more(self, story: Story, words: Wording, count: int) -> list[str]:
        fresh = [line for line in story.act["more"] if line not in story.told]
        return [self.line(story, words, story.act["more"]) for _ in range(min(count, len(fresh)))]

    def heading(self, story: Story, words: Wording) -> str:
        story.title = tidy(words.fill(self.pool.pick(story.act["title"])))
        if story.english or story.bare or self.rng.random() < 0.5:
            return story.title
        words.slots["title"] = story.title
        return tidy(words.fill(self.pool.pick(self.chinese["title"])))

    # Voices

    def letter(self, story: Story, words: Wording, voice: str, beside: str = "") -> str:
        frames = self.chinese
        body = [self.line(story, words, frames["intro"][voice])] if self.rng.random() < 0.8 else []
        body.append(self.line(story, words, story.act["say"]))
        body += self.more(story, words, self.rng.choice((1, 2, 2, 3)))
        story_paragraph = "".join(body)
        second = self.maybe(0.75, story, words, own_of(story, voice))
        second += self.maybe(0.5, story, words, self.attempts(story))
        last = self.ending(story, words, (0.5, 0.35, 1))
        parts = [self.line(story, words, frames["greeting"]), story_paragraph, second, beside, last]
        parts.append(self.line(story, words, frames["sign"]["village"]))
        return "\n".join(part for part in parts if part)

    def numbered(self, story: Story, words: Wording, voice: str) -> str:
        """A formal letter that counts its points."""
        frames = self.chinese
        points = [self.line(story, words, story.act["say"]), *self.more(story, words, 3)]
        points += [self.maybe(0.6, story, words, own_of(story, voice))]
        points = [point for point in points if point]
        marks = self.rng.choice(("{}、", "（{}）", "第{}，", "其{}，"))
        lines = [marks.format(NUMERALS[i]) + point for i, point in enumerate(points)]
        opening = (
            self.line(story, words, frames["greeting"])
            + "\n"
            + self.line(story, words, frames["intro"][voice])
        )
        ending = self.ending(story, words, (1, 0, 1))
        return "\n".join(
            [opening, *lines, ending, self.line(story, words, frames["sign"]["village"])]
        ).strip()

    def web(self, story: Story, words: Wording, voice: str) -> str:
        frames = self.chinese
        opening = self.maybe(0.55, story, words, frames["intro"][voice])
        middle = [self.line(story, words, story.act["say"])]
        tail = self.more(story, words, self.rng.choice((1, 1, 2, 3)))
        tail.append(self.maybe(0.55, story, words, own_of(story, voice)))
        self.rng.shuffle(tail)
        ending = self.maybe(0.35, story, words, self.attempts(story))
        ending += self.ending(story, words, (0.3, 0.2, 0.6))
        joint = self.rng.choice(("", "", "\n")) if ending else ""
        return opening + "".join(middle + tail) + joint + ending

    def one_line(self, story: Story, words: Wording, voice: str) -> str:
        end = self.rng.choice(("", "请查。", "求查。", "望核实。"))
        return self.line(story, words, story.act["say"]) + end

    def record(self, story: Story, words: Wording, kind: str) -> str:
        """What a clerk wrote down of a call or a visit."""
        frames = self.chinese[kind]
        told = self.line(story, words, frames["open"]) + self.line(story, words, frames["link"])
        told += self.line(story, words, story.act["say"]) + "".join(
            self.more(story, words, self.rng.choice((1, 2, 2)))
        )
        if self.rng.random() < 0.6:
            words.slots["q"] = quoted(words.fill(self.pool.pick(story.act["own"])))
            told += self.line(story, words, frames["quote"])
        return told + self.line(story, words, frames["close"])

    def sent_over(self, story: Story, words: Wording) -> str:
        frames = self.chinese["transfer"]
        source = self.pool.pick(frames["source"])
        office = {"县信访局": "转送", "洛湾市纪委监委信访室": "交办"}.get(source, "移送")
        number = f"〔{story.received.year}〕{self.rng.randint(3, 160)}号"
        words.slots |= {"src": source, "verb": office, "doc": number, "many": str(self.rng.randint(2, 14))}
        told = self.line(story, words, frames["open"]) + self.line(story, words, story.act["say"])
        told += "".join(self.more(story, words, self.rng.choice((1, 2))))
        return told + self.line(story, words, frames["close"])

    def jointly(self, story: Story, words: Wording) -> str:
        frames = self.chinese["joint"]
        words.slots["many"] = str(self.rng.randint(11, 46))
        points = [self.line(story, words, story.act["say"]), *self.more(story, words, 3)]
        lines = [f"{NUMERALS[i]}、{point}" for i, point in enumerate(points)]
        opening = (
            self.line(story, words, self.chinese["greeting"]) + "\n" + self.line(story, words, frames["open"])
        )
        return "\n".join([opening, *lines, self.line(story, words, frames["close"])])

    def again(self, story: Story, words: Wording, first: date, kind: str) -> str:
        """A second letter on the same matter: `repeat` or `supplement`."""
        words.slots |= {"when": said_date(first, story.received, self.rng), "brief": f"“{story.title}”"}
        frames = self.chinese[kind]
        told = self.line(story, words, frames["open"])
        if kind == "repeat":
            told += self.line(story, words, story.act["say"]) + self.line(story, words, frames["now"])
        told += "".join(self.more(story, words, 2)) + self.maybe(0.5, story, words, story.act["own"])
        return told + self.ending(story, words, (1, 0, 1))

    def in_english(self, story: Story, words: Wording, first: date | None = None, kind: str = "") -> str:
        frames = self.english
        letter = self.rng.random() < 0.6
        head = self.line(story, words, frames["greeting"]) if letter else ""
        body = [self.line(story, words, frames["intro"])]
        if first:
            words.slots["when"] = f"on {first.day} {month_name[first.month]}"
            body = [self.line(story, words, frames[kind])]
        body.append(self.line(story, words, story.act["say"]))
        body += self.more(story, words, self.rng.choice((1, 1, 2)))
        body.append(self.maybe(0.6, story, words, story.act["own"]))
        ending = [self.line(story, words, frames[part]) for part in ("attempt", "evidence", "fear", "close")]
        sign = self.line(story, words, frames["sign"]) if letter else ""
        paragraphs = [head, " ".join(filter(None, body)), " ".join(filter(None, ending)), sign]
        return "\n".join(filter(None, paragraphs))

    def attempts(self, story: Story) -> list[str]:
        return self.chinese["attempt"][story.act["at"]] if story.act["kind"] == "accusation" else []

    def ending(self, story: Story, words: Wording, chances: tuple[float, float, float]) -> str:
        """Proof, fear and a last word; who only asks for something has no proof to offer."""
        if story.act["kind"] != "accusation":
            return self.maybe(chances[2], story, words, self.chinese["wish"])
        pools = (self.chinese["evidence"], self.chinese["fear"], self.chinese["close"])
        return "".join(
            self.maybe(chance, story, words, pool) for chance, pool in zip(chances, pools, strict=True)
        )


def own_of(story: Story, voice: str) -> list[str]:
    """What the writer adds of himself, where it does not quarrel with his voice."""
    if voice in ("farmer", "plain", "angry"):
        return story.act["own"]
    return [line for line in story.act["own"] if not SAYS_WHO.search(line)]


def quoted(text: str) -> str:
    """As it stands inside double quotation marks."""
    return text.replace("“", "‘").replace("”", "’")


def about_a_woman(text: str) -> str:
    return re.sub("(?<![其吉])他(?![们人])", "她", text)


def said_date(then: date, now: date, rng: random.Random) -> str:
    day = f"{then.month}月{then.day}日"
    if then.year == now.year:
        return rng.choice((day, f"今年{then.month}月", f"{then.month}月{then.day}号"))
    return (
        rng.choice((f"{then.year}年{day}", f"去年{then.month}月"))
        if now.year - then.year == 1
        else f"{then.year}年{day}"
    )


def tidy(text: str) -> str:
    """Takes out what joining leaves: doubled posts and marks."""
    text = TWICE.sub(r"\1\2", text)
    text = DOUBLED.sub(r"\1", text)
    text = (
        text.replace("会计文书", "文书")
        .replace("副职副", "副")
        .replace("元元", "元")
        .replace("的的", "的")
        .replace("社区村民", "社区居民")
        .replace("社区一村民", "社区一居民")
    )
    text = re.sub(r"(?<=。)[，。]+", "", text)
    text = re.sub(r"，+(?=[，。])", "", text)
    return text.strip()


def accused_of(story: Story) -> list[dict[str, str]]:
    return [
        {"name": p["name"], "unit": p["unit"], "post": p["post"], "rank": p["rank"]} for p in story.accused
    ]


def place_of(story: Story, mentioned: set[str], county: County) -> str | None:
    """The smallest place that the text names; None where a bare name fits several."""
    if story.bare and county.bare_names[county.places[story.village]["name"]] > 1:
        return None
    if mentioned & {"p", "v"}:
        return story.village
    return county.places[story.village]["parent_code"] if "t" in mentioned else COUNTY
