"""What the public templates need beside their context."""

from __future__ import annotations

from django import template
from django.utils.translation import get_language

from cms.chrome import Chrome, chrome

register = template.Library()


@register.simple_tag
def portal() -> Chrome:
    return chrome()


@register.simple_tag
def html_language() -> str:
    """For the lang attribute: zh-Hans, not zh-hans."""
    return "en" if (get_language() or "").startswith("en") else "zh-Hans"


@register.simple_tag
def other_language() -> tuple[str, str, str]:
    """(code, its name in itself, lang attribute) of the language that is not shown."""
    if (get_language() or "").startswith("en"):
        return "zh-hans", "简体中文", "zh-Hans"
    return "en", "English", "en"


@register.filter
def megabytes(size: int) -> str:
    return f"{max(size / (1 << 20), 0.1):.1f} MB"
