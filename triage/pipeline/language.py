"""Chinese or English: by the share of Chinese characters among the letters."""

from __future__ import annotations

import re

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")


def language(text: str) -> str:
    """zh or en; a Chinese character weighs as much as half a Latin word. Text of neither is zh."""
    sample = text[:4000]
    han = len(_HAN.findall(sample))
    return "en" if len(_LATIN_WORD.findall(sample)) > han * 0.5 else "zh"
