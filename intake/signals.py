"""News of this package, in the past tense, sent inside the transaction that made it true."""

from django.dispatch import Signal

report_received = Signal()  # report
message_added = Signal()  # message
attachment_added = Signal()  # attachment
attachment_cleaned = Signal()  # attachment
report_withdrawn = Signal()  # report, message
