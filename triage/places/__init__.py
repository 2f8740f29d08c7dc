"""Who is where, and which place a text is about.

    gazetteer() -> Gazetteer            the five levels of the nation, by key ("level:code")
    Territory.of("610323000000")        which part of the tree is the field
    resolve(text, territory=...)        which place a text complains of, and why

Needs no Django and no database. Nothing is opened before the first call.
"""

from __future__ import annotations

from triage.places.resolver import REASONS, Mention, Resolution, resolve
from triage.places.territory import Territory
from triage.places.tree import Gazetteer, Node, UnknownPlace, gazetteer

__all__ = [
    "REASONS",
    "Gazetteer",
    "Mention",
    "Node",
    "Resolution",
    "Territory",
    "UnknownPlace",
    "gazetteer",
    "resolve",
]
