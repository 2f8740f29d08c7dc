"""What can be done with a case: one verb, one transaction, one Event."""

from triage.actions.opening import open_case, open_unread
from triage.actions.reading import correct, read, undo_correction
from triage.actions.recusing import recuse_anew
from triage.actions.sealing_up import open_sealed, seal_up, send_up
from triage.actions.work import (
    accept,
    answer,
    ask,
    assign,
    close,
    confirm,
    declare_recusal,
    forward,
    link,
    look,
    open_original,
    reopen,
    transfer,
    undo_confirm,
    unseal_identity,
)

__all__ = [
    "accept",
    "answer",
    "ask",
    "assign",
    "close",
    "confirm",
    "correct",
    "declare_recusal",
    "forward",
    "link",
    "look",
    "open_case",
    "open_original",
    "open_sealed",
    "open_unread",
    "read",
    "recuse_anew",
    "reopen",
    "seal_up",
    "send_up",
    "transfer",
    "undo_confirm",
    "undo_correction",
    "unseal_identity",
]
