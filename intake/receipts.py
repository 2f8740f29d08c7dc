"""The code that only the reporter holds.

26 decimal digits and two check digits: 86 bits that can be read aloud in any dialect and typed on
any telephone. Derived from the form's id with the installation's pepper, so that the same form
sent twice shows the same code; stored only as a keyed hash.
"""

from __future__ import annotations

import hmac
import unicodedata

from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_97_10

from intake import sealing

DIGITS = 26  # log2(10**26) = 86.4 bits
GROUP = 4


def code_for(channel: str, external_id: str) -> str:
    """28 digits: the receipt code of one form."""
    raw = hmac.digest(sealing.ring().pepper, f"receipt\0{channel}\0{external_id}".encode(), "sha512")
    body = str(int.from_bytes(raw) % 10**DIGITS).zfill(DIGITS)
    return body + mod_97_10.calc_check_digits(body)


def grouped(code: str) -> str:
    """The code as people read it: seven groups of four digits."""
    return " ".join(code[i : i + GROUP] for i in range(0, len(code), GROUP))


def normalised(typed: str) -> str | None:
    """The 28 digits of what somebody typed (spaces, dashes, full-width digits), or None if it cannot be one."""
    digits = "".join(
        str(unicodedata.digit(c)) for c in typed[:200] if c.isdigit() and unicodedata.digit(c, -1) >= 0
    )
    try:
        mod_97_10.validate(digits)
    except ValidationError:
        return None
    return digits if len(digits) == DIGITS + 2 else None


def stored_form(code: str) -> str:
    return sealing.fingerprint(code, "receipt")
