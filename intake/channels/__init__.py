"""The ways in: what came through each is read into one Incoming.

A channel whose raw form is a JSON object is read by `lines.read_line`; one with a form of its own
gets a module here and replaces its entry.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from intake.channels.incoming import Accused, Identity, Incoming, Unreadable, Upload
from intake.channels.lines import read_line

CHANNELS: dict[str, Callable[[Any], Incoming]] = {
    channel: partial(read_line, channel=channel)
    for channel in ("web", "letter", "email", "phone", "visit", "transfer")
}

__all__ = ["CHANNELS", "Accused", "Identity", "Incoming", "Unreadable", "Upload"]
