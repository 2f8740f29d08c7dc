"""Writes the sample county's reports: those written by hand, and varied ones up to the number asked for.

The same seed gives the same reports. Each has the keys `id, channel, title, text, received {days, hour},
identity, withheld, stated, truth`; `received.days` counts back from `county.PERIOD_END`, and `truth` follows
from how the report was made (its domain, the place its text names, its kind, and marks such as `repeat`).
"""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from datetime import date, timedelta
from typing import Any

from cms.demo.county import DAYS, PERIOD_END, County, by_hand, toml
from cms.demo.telling import Act, Story, Teller, about_a_woman, accused_of, place_of, tidy
from cms.demo.wording import Wording, grams

Report = dict[str, Any]

# Shares of a county's letters; the mission's six fields come first.
DOMAINS = {
    "benefit_policies": 14, "collective_assets": 13, "law_enforcement_services": 12, "land_demolition": 11,
    "engineering_bidding": 10, "poverty_alleviation": 9, "school_meals": 4, "rural_revitalisation": 3,
    "medical_insurance": 3, "elder_care": 2, "funerals": 2, "education_fees": 2, "wages": 2, "housing": 2,
    "environment": 2, "protective_umbrella": 2, "elections": 3, "four_winds": 3, "other_livelihood": 2, "other": 3,
}  # fmt: skip
CHANNELS = {"web": 42, "letter": 28, "phone": 12, "visit": 9, "email": 9}
VOICES = {
    "letter": ("farmer", "farmer", "widow", "teacher", "accountant", "plain"),
    "web": ("plain", "plain", "angry", "migrant", "accountant", "widow"),
    "email": ("migrant", "plain", "teacher"),
}
FORMS = {"again": 60, "joint": 18, "sent_over": 26, "several": 26, "bare": 26, "scanned": 18}
HOT_VILLAGES = 12
# Dice likeness of the five-character pieces above which a report is told anew.
ALIKE = 0.6
# The villages elect once in the two years.
ELECTION_FROM = date(2025, 12, 1)
HOURS = {
    "web": (7, 9, 10, 12, 13, 16, 19, 20, 21, 22, 22, 23),
    "email": (8, 11, 14, 20, 21, 23),
    "phone": (9, 9, 10, 11, 14, 15, 16, 17),
    "visit": (9, 10, 10, 11, 14, 15),
    "letter": (9,),
    "transfer": (10, 15),
}
# Whoever writes so did not sign.
HIDING = re.compile("匿名|不愿登记|不敢写|不敢署|不留姓名|我再说名字|知情人|恕我")
GIVEAWAYS = (
    "全组只有我家开{shop}，所以你们一看就知道我是谁，请小心。",
    "论起来我还是他的{relation}，写这个心里不好受。",
    "那天在场的女的就我一个，这句话请不要写进去。",
    "我是{g}最后一个签字的，他们一对就对得出来。",
)
SHOPS = ("油坊", "小卖部", "豆腐店", "修车铺")
RELATIONS = ("堂侄", "老同学", "表妹", "邻居", "亲家")
REPORTERS = "陈张刘周吴徐孙胡朱林何郭罗梁宋郑谢韩唐冯于董萧程曹袁"


def reports(seed: int = 41, total: int = 800) -> list[Report]:
    """The hand-written reports as they stand (the first of them when fewer are asked for) and made ones,
    `total` together, oldest first.
    """
    hand = by_hand()[:total]
    made = _Maker(random.Random(seed)).make(hand, total)
    everything = hand + made
    return sorted(everything, key=lambda r: (-r["received"]["days"], r["received"]["hour"], r["id"]))


def _of_the_secretary(act: Act) -> bool:
    """Whether only the village's first hand can have done it."""
    return act["domain"] == "elections" or "书记" in "".join(act["title"] + act["say"] + act["more"])


def _open_day(day: date, channel: str) -> date:
    """Post, calls and visitors come on weekdays; the month stays, because the season matters."""
    if channel in ("web", "email") or day.weekday() < 5:
        return day
    monday = day + timedelta(days=7 - day.weekday())
    in_season = monday.month == day.month and monday <= PERIOD_END
    return monday if in_season else day - timedelta(days=day.weekday() - 4)


def is_english(report: Report) -> bool:
    text = report["text"]
    return sum("一" <= char <= "鿿" for char in text) < len(text) / 10


class _Maker:
    def __init__(self, rng: random.Random):
        self.rng = rng
        self.county = County()
        self.teller = Teller(self.county, rng)
        self.chinese = [act for part in (1, 2, 3) for act in toml(f"acts_{part}.toml")["act"]]
        self.english = toml("acts_english.toml")["act"]
        self.told: Counter[str] = Counter()
        self.hot = set(rng.sample([v["code"] for v in self.county.villages], HOT_VILLAGES))
        self.stories: list[tuple[Story, Report]] = []
        self.out: list[Report] = []
        self.followed: set[str] = set()
        self.read: dict[str, list[set[str]]] = defaultdict(list)

    def make(self, hand: list[Report], total: int) -> list[Report]:
        count = max(total - len(hand), 0)
        english = max(-(-total // 10) - sum(map(is_english, hand)), 0)
        jobs = ["english"] * min(english, count)
        jobs += [form for form, share in FORMS.items() for _ in range(share * (count - len(jobs)) // 600)]
        jobs += ["plain"] * (count - len(jobs))
        self.rng.shuffle(jobs)
        # Second letters need first ones, so they are written when the rest is there.
        for job in sorted(jobs, key="again".__eq__):
            getattr(self, f"_{job}")()
            while self._twins():
                self.out.pop()
                self.stories.pop()
                getattr(self, f"_{job}")()
        return self.out

    def _twins(self) -> bool:
        """Whether the newest report reads like an earlier one on the same act; else it is remembered."""
        story, report = self.stories[-1]
        new, told = grams(report["text"]), self.read[story.act["say"][0]]
        if any(2 * len(new & old) > ALIKE * (len(new) + len(old)) for old in told):
            return True
        told.append(new)
        return False

    # Choosing

    def _story(self, *, english: bool = False, bare: bool = False, accusation: bool = False) -> Story:
        act = self._act(english, accusation, bare)
        received = self._day(act)
        village, accused = self._where(act, english, bare)
        return Story(act, village, accused, received, english, bare)

    def _act(self, english: bool, accusation: bool, bare: bool = False) -> Act:
        acts = self.english if english else self.chinese
        acts = [
            act
            for act in acts
            if not accusation or (act["kind"], act["domain"] == "other") == ("accusation", False)
        ]
        acts = [act for act in acts if not bare or act["at"] == "village"]
        domains = sorted({act["domain"] for act in acts})
        domain = self.rng.choices(domains, [DOMAINS[d] for d in domains])[0]
        act = min(
            (act for act in acts if act["domain"] == domain),
            key=lambda act: (self.told[act["say"][0]], self.rng.random()),
        )
        self.told[act["say"][0]] += 1
        return act

    def _day(self, act: Act) -> date:
        while True:
            # A little more in the second year than in the first.
            day = PERIOD_END - timedelta(days=int(DAYS * self.rng.random() ** 1.15))
            if act["domain"] == "elections" and day < ELECTION_FROM:
                continue
            if day.month in act.get("months", (day.month,)):
                return day

    def _where(self, act: Act, english: bool, bare: bool) -> tuple[str, list[dict[str, str]]]:
        villages = self.county.villages
        weights = [5 if v["code"] in self.hot else 1 for v in villages]
        while True:
            village = self.rng.choices(villages, weights)[0]
            people = self._accused(act, village["code"])
            if not people or (english and people[0]["sex"] == "f"):
                continue
            if bare and (self.county.bare_names[village["name"]] < 2):
                continue
            return village["code"], people

    def _accused(self, act: Act, village: str) -> list[dict[str, str]]:
        """Whom the act accuses there; none where somebody that it needs is missing."""
        roles = [act["role"]] + ([act["second"]] if "second" in act else [])
        accused = [self.county.holder(role, village) for role in roles]
        if act["role"] == "sec" and not _of_the_secretary(act) and self.rng.random() < 0.6:
            # Most letters are about those below the first hand.
            others = [p for p in self.county.below(village) if p not in accused]
            accused[0] = self.rng.choice(others) if others else accused[0]
        people = [person for person in accused if person]
        return people if len(people) == len(roles) else []

    # Forms

    def _plain(self, **choice: bool) -> None:
        story = self._story(**choice)
        channel = self.rng.choices(list(CHANNELS), list(CHANNELS.values()))[0]
        if story.act["kind"] != "accusation" and channel in ("phone", "visit"):
            channel = "web"
        self._tell(story, channel)

    def _bare(self) -> None:
        story = self._story(bare=True, accusation=True)
        self._tell(story, self.rng.choice(("web", "web", "letter")), marks=["ambiguous_place"])

    def _tell(self, story: Story, channel: str, marks: list[str] | None = None) -> None:
        teller = self.teller
        story.by_hand = channel == "letter" and self.rng.random() < 0.5
        teller.prepare(story)
        words = teller.wording(story)
        title = teller.heading(story, words)
        if channel in ("phone", "visit"):
            title = f"{tidy(words.fill(teller.pool.pick(teller.chinese[channel]['title'])))}：{title}"
            text = teller.record(story, words, channel)
        else:
            text = self._write(story, words, channel)
        self._add(story, words, channel, title, text, marks or [])

    def _write(self, story: Story, words: Wording, channel: str) -> str:
        voice = self.rng.choice(VOICES[channel])
        if story.act["kind"] != "accusation":
            voice = "plain"
        if channel == "web" and self.rng.random() < 0.08:
            return self.teller.one_line(story, words, voice)
        if voice == "teacher" or (channel == "letter" and voice != "plain" and self.rng.random() < 0.15):
            return self.teller.numbered(story, words, "teacher")
        return (self.teller.web if channel == "web" else self.teller.letter)(story, words, voice)

    def _joint(self) -> None:
        story = self._story(accusation=True)
        self.teller.prepare(story)
        words = self.teller.wording(story)
        title = f"联名信：{self.teller.heading(story, words)}"
        self._add(story, words, "letter", title, self.teller.jointly(story, words), ["joint"])

    def _sent_over(self) -> None:
        story = self._story(accusation=True)
        self.teller.prepare(story)
        words = self.teller.wording(story)
        self.teller.heading(story, words)
        text = self.teller.sent_over(story, words)
        title = words.fill(self.teller.pool.pick(self.teller.chinese["transfer"]["title"]))
        self._add(story, words, "transfer", title, text, ["transferred"])

    def _several(self) -> None:
        """Two matters of one village in one letter."""
        story = self._story(accusation=True)
        other = self._act(english=False, accusation=True)
        person = self.county.holder(other["role"], story.village)
        if "second" in other or not person or other["domain"] == story.act["domain"]:
            self._plain()
            return
        beside = Story(other, story.village, [person], story.received, english=False)
        self.teller.prepare(beside)
        also = self.teller.wording(beside)
        second = self.rng.choice(("另外还有一件事：", "还有，", "顺便再讲一件：", "第二件事："))
        second += self.teller.line(beside, also, other["say"]) + "".join(self.teller.more(beside, also, 1))
        self.teller.prepare(story)
        words = self.teller.wording(story)
        title = self.teller.heading(story, words)
        text = self.teller.letter(story, words, self.rng.choice(VOICES["letter"]), second)
        words.mentioned |= also.mentioned
        report = self._add(story, words, "letter", title, text, ["several_matters"])
        report["truth"]["secondary"] = other["domain"]

    def _scanned(self) -> None:
        """A letter as character recognition gives it: stray spaces, letters for signs."""
        story = self._story(accusation=True)
        story.by_hand = True
        self.teller.prepare(story)
        words = self.teller.wording(story)
        title = self.teller.heading(story, words)
        clean = tidy(self.teller.letter(story, words, "farmer"))
        self._add(story, words, "letter", title, self._noisy(clean), ["ocr"])

    def _noisy(self, text: str) -> str:
        swaps = {"〇": "O", "一": "—", "日": "曰", "己": "已", "未": "末", "0": "O", "1": "l"}
        noisy = []
        for char in text:
            draw = self.rng.random()
            noisy.append(swaps.get(char, char) if draw < 0.2 else char)
            if draw > 0.93 and char != "\n":
                noisy.append(" ")
        return "".join(noisy)

    def _english(self) -> None:
        story = self._story(english=True)
        self.teller.prepare(story)
        words = self.teller.wording(story)
        title = self.teller.heading(story, words)
        channel = self.rng.choice(("email", "email", "web", "web", "letter"))
        self._add(story, words, channel, title, self.teller.in_english(story, words), ["english"])

    def _again(self) -> None:
        """A second letter about a matter that was reported before."""
        story, first = self.rng.choice([pair for pair in self.stories if self._may_follow(pair)])
        then = story.received
        days = self.rng.randint(12, min(150, (PERIOD_END - then).days))
        story.received = then + timedelta(days=days)
        kind = self.rng.choice(("repeat", "repeat", "supplement"))
        words = self.teller.wording(story)
        if story.english:
            text = self.teller.in_english(story, words, then, kind)
        else:
            text = self.teller.again(story, words, then, kind)
        label = {"repeat": ("再次反映：", "Again: "), "supplement": ("补充：", "Addition: ")}[kind]
        report = self._add(story, words, first["channel"], label[story.english] + story.title, text, [kind])
        report["truth"]["repeats"] = first["id"]
        self.followed.add(first["id"])
        report["truth"]["place"] = first["truth"]["place"]
        report["identity"], report["withheld"] = first["identity"], first["withheld"]

    def _may_follow(self, pair: tuple[Story, Report]) -> bool:
        story, report = pair
        written = report["channel"] in ("web", "letter", "email")
        marks = set(report["truth"]["marks"]) & {
            "repeat",
            "supplement",
            "ambiguous_place",
            "ocr",
            "several_matters",
        }
        kept = story.received < PERIOD_END - timedelta(days=20) and "months" not in story.act
        kept = kept and story.act["kind"] == "accusation"
        return written and kept and not marks and report["id"] not in self.followed

    # Finishing

    def _add(
        self, story: Story, words: Wording, channel: str, title: str, text: str, marks: list[str]
    ) -> Report:
        text, marks = self._finish(story, channel, tidy(text), marks)
        place = place_of(story, words.mentioned, self.county)
        identity = None if HIDING.search(text) else self._identity(story, channel, marks)
        report = {
            "id": f"g{len(self.out) + 1:03d}",
            "channel": channel,
            "title": tidy(title),
            "text": text,
            "received": {
                "days": (PERIOD_END - _open_day(story.received, channel)).days,
                "hour": self.rng.choice(HOURS[channel]),
            },
            "identity": identity,
            "withheld": bool(identity) and self.rng.random() < 0.4,
            "stated": self._stated(story, channel, place),
            "truth": {
                "domain": story.act["domain"],
                "place": place,
                "kind": story.act["kind"],
                "marks": marks,
                "note": "",
                "accused": [person["name"] for person in story.accused],
            },
        }
        self.out.append(report)
        self.stories.append((story, report))
        return report

    def _finish(self, story: Story, channel: str, text: str, marks: list[str]) -> tuple[str, list[str]]:
        """The text as it is kept, and the marks that follow from who is in it."""
        if story.accused[0]["sex"] == "f" and not story.english:
            text = about_a_woman(text)
        if story.bare:
            text = text.replace(story.slots["t"] + story.slots["v"], story.slots["v"])
        if channel in ("web", "letter") and not story.english and not marks and self.rng.random() < 0.05:
            text, marks = self._giveaway(story, text), ["giveaway"]
        if any(person["name"] in self.county.kin for person in story.accused):
            marks = [*marks, "officer_kin"]
        if story.act["domain"] == "other" and story.act["kind"] == "accusation":
            marks = [*marks, "no_substance"]
        return text, marks

    def _giveaway(self, story: Story, text: str) -> str:
        """Puts a line that tells who the writer is before the last one."""
        line = self.rng.choice(GIVEAWAYS).format(
            shop=self.rng.choice(SHOPS), relation=self.rng.choice(RELATIONS), g=story.slots["g"]
        )
        body, feed, ending = text.rpartition("\n")
        return f"{body}\n{line}{feed}{ending}" if body else text + line

    def _identity(self, story: Story, channel: str, marks: list[str]) -> dict[str, str] | None:
        if channel in ("phone", "transfer") or story.english or story.bare or self.rng.random() > 0.2:
            return None
        if {"joint", "giveaway"} & set(marks):
            return None
        name = self.rng.choice(REPORTERS) + self.rng.choice(self.teller.chinese["reporter_given"])
        village = self.county.places[story.village]
        town = self.county.places[village["parent_code"]]["name"]
        phone = f"1990000{3000 + len(self.out):04d}"
        return {"name": name, "phone": phone, "address": town + village["name"] + story.slots["g"]}

    def _stated(self, story: Story, channel: str, place: str | None) -> dict[str, Any] | None:
        if channel != "web" or story.bare or self.rng.random() > 0.65:
            return None
        accused = accused_of(story) if self.rng.random() < 0.7 else []
        return {"place": place if self.rng.random() < 0.85 else None, "accused": accused}
