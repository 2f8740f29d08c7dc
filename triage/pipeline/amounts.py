"""Sums of money in a text, in yuan: 三万元, 3万余元, 12.6 万, 八百块, 3,000 yuan, 1.2 million yuan."""

from __future__ import annotations

import re
from collections.abc import Iterator

from triage.pipeline.finding import AmountFound

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟圆", "一二三四五六七八九十百千元")
_SMALL = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10_000, "亿": 100_000_000}
_CHARS = "0-9零〇一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟"

_NUMBER = rf"[{_CHARS}](?:[{_CHARS}]|[,.](?=\d)| (?=[百千万亿])|[余多来](?=[百千万亿元块圆]|人民币)){{0,30}}"
_CHINESE = re.compile(
    rf"(?<![\d.第])(?P<number>{_NUMBER})(?P<about>余|多)? ?"
    r"(?P<money>元|块钱|块|圆|人民币|rmb|yuan\b)?(?P<rest>(?:[一二两三四五六七八九]|\d)角(?:[一二三四五六七八九\d]分)?)?"
)
_RANGE = re.compile(r"(\d[\d.]{0,8})(?:-|—|~|至|到)\d[\d.]{0,8} ?(万|千|百|亿)?(?:余|多)?(?:元|块)")
_ENGLISH = re.compile(
    r"(?:(?P<sign>¥|rmb|cny|yuan) ?)?(?P<number>\d[\d,]{0,15}(?:\.\d{1,4})?) ?"
    r"(?P<scale>thousand|million|billion|k|m)?\b ?(?P<money>yuan|rmb|cny|renminbi|kuai)?"
)
_SCALES = {None: 1, "thousand": 1e3, "k": 1e3, "million": 1e6, "m": 1e6, "billion": 1e9}
# 一块地, 三块牌子: a piece, not money. 万 before these counts things.
_PIECE = re.compile(r"地|田|石|牌|木|砖|肉|布|空|宅|菜|草|荒|水|玻|板|林|山|手|表|儿|骨|土|池|区|去|干")
_COUNTED = re.compile(
    r" ?(?:[多余]?(?:平方|立方)|[多余]?[人亩斤株棵头只户吨米尾次字块辆名件套份瓦度里棒倍年个岁张袋箱册平方升桶])"
)


def number(text: str) -> float | None:
    """A number as written: 三万八 is 38,000, 12.6万 is 126,000; None where it is none."""
    text = re.sub(r"[,余多来 ]", "", text.translate(_FORMAL))
    total = section = 0.0
    current: float | None = None
    unit, exact = 1.0, False
    for piece in re.findall(r"\d+(?:\.\d+)?|.", text):
        if piece[0].isdigit():
            if current is not None and not exact:
                return None
            current, exact = float(piece), True
        elif piece in _DIGITS:
            if piece in "零〇":
                unit = 1.0
                continue
            if current is not None:
                return None
            current, exact = float(_DIGITS[piece]), False
        elif piece in _SMALL:
            section += (1.0 if current is None else current) * _SMALL[piece]
            current, unit = None, float(_SMALL[piece])
        elif piece in _LARGE:
            section += current or 0.0
            total = (total + section) * _LARGE[piece] if piece == "亿" else total + (section or 1.0) * 10_000
            section, current, unit = 0.0, None, float(_LARGE[piece])
        else:
            return None
    if current is not None:
        short = unit >= 100 and current < 10 and current == int(current)
        section += current * (unit / 10 if short else 1.0)
    return total + section


def amounts(folded: str) -> tuple[AmountFound, ...]:
    """Sums from left to right; `folded` as `letter.fold` makes it."""
    found = sorted([*_chinese(folded), *_english(folded), *_ranges(folded)], key=lambda a: (a.start, -a.end))
    kept: list[AmountFound] = []
    for one in found:
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return tuple(kept)


def _chinese(folded: str) -> Iterator[AmountFound]:
    for hit in _CHINESE.finditer(folded):
        money, end = hit["money"], hit.end()
        if not money and not _stands_for_money(hit, folded):
            continue
        if hit["number"][0] in "百千万亿佰仟":  # 好几万元: how many, the text does not say
            continue
        if money == "块" and _PIECE.match(folded, hit.end("money")):
            continue
        yuan = number(hit["number"])
        if not yuan:
            continue
        for piece, worth in re.findall(r"(.)(角|分)", hit["rest"] or ""):
            yuan += (_DIGITS.get(piece) or float(piece if piece.isdigit() else 0)) / (
                10 if worth == "角" else 100
            )
        while folded[end - 1] == " ":
            end -= 1
        yield AmountFound(folded[hit.start() : end], round(yuan, 2), hit.start(), end)


def _stands_for_money(hit: re.Match[str], folded: str) -> bool:
    """12.6 万, 三万八: a bare number is a sum where it is counted in ten thousands and counts no things."""
    text = hit["number"].rstrip()
    return ("万" in text or "亿" in text) and not _COUNTED.match(folded, hit.end())


def _ranges(folded: str) -> Iterator[AmountFound]:
    """3-5万元: the lower end takes the unit of the upper."""
    for hit in _RANGE.finditer(folded):
        low = number(hit[1] + (hit[2] or ""))
        if low:
            yield AmountFound(hit[1], low, hit.start(1), hit.end(1))


def _english(folded: str) -> Iterator[AmountFound]:
    for hit in _ENGLISH.finditer(folded):
        if hit["sign"] or hit["money"]:
            yuan = float(hit["number"].replace(",", "")) * _SCALES[hit["scale"]]
            text = hit.group().rstrip()
            if yuan:
                yield AmountFound(text, yuan, hit.start(), hit.start() + len(text))
