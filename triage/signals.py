"""News of this package, in the past tense, sent inside the transaction that made it true."""

from django.dispatch import Signal

case_opened = Signal()  # case
case_read = Signal()  # case, reading
case_changed = Signal()  # case, verb, fields (frozenset of changed columns or parts)
case_looked_at = Signal()  # look
