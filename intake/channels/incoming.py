"""What every channel makes of what came: one value that `intake.actions.receive` takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


class Unreadable(ValueError):
    """What came cannot be a report; the message is for the person who sent or imported it."""


@dataclass(frozen=True)
class Accused:
    """What the reporter says of one accused; any part may be empty, never all."""

    name: str = ""
    unit: str = ""
    post: str = ""
    rank: str = ""  # a code of triage.pipeline.finding.SUBJECT_LEVELS, or ""


@dataclass(frozen=True)
class Identity:
    """Who wrote; sealed by `receive` and never seen outside intake but through `unseal`."""

    name: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    id_number: str = ""
    other: str = ""

    def __bool__(self) -> bool:
        return any((self.name, self.phone, self.email, self.address, self.id_number, self.other))


@dataclass(frozen=True)
class Upload:
    """A file that came with a report, whole, checked by `intake.attachments.check`."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Incoming:
    """One report on its way in. `external_id` makes receiving idempotent within the channel."""

    channel: str
    external_id: str
    text: str
    title: str = ""
    received_at: datetime | None = None
    inbox: str = ""  # place key of the inbox, "" for the installation's own
    place: str = ""  # place key that the reporter ticked
    accused: tuple[Accused, ...] = ()
    when: str = ""
    amount: str = ""
    identity: Identity = field(default_factory=Identity)
    withheld: bool = False
    language: str = "zh-hans"
    uploads: tuple[Upload, ...] = ()
