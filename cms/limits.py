"""Against floods, without knowing anybody: counts in memory, under a key that is thrown away every hour.

Nothing here is written anywhere. Each server process counts for itself.
"""

from __future__ import annotations

import hmac
import ipaddress
import secrets
import shutil
import threading
import time
from collections import Counter

from django.conf import settings
from django.http import HttpRequest

HOUR = 3600
MOST_CLIENTS = 100_000  # counted at once; a flood from more addresses is the global rate's business
FREE_ATTEMPTS = 5  # wrong receipt codes before a client has to wait
LONGEST_WAIT = 300

# A proxy on the same machine or network shows its own address, not the citizen's: nobody to count.
_NEAR = [
    ipaddress.ip_network(n)
    for n in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7")
]


class Clients:
    """Counts per client for the current hour; a client is a keyed hash that nobody can compute later."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._hour = -1
        self._key = b""
        self.counts: Counter[bytes] = Counter()
        self.last: dict[bytes, float] = {}

    def name(self, request: HttpRequest) -> bytes | None:
        """What this client is called during this hour, None where the address is a proxy's or missing."""
        try:
            address = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
        except ValueError:
            return None
        if any(address in near for near in _NEAR):
            return None
        if address.version == 6:  # one household holds a whole /64
            address = ipaddress.ip_network(f"{address}/64", strict=False).network_address
        with self._lock:
            self._turn_over()
            return hmac.digest(self._key, address.packed, "sha256")[:16]

    def count(self, client: bytes | None) -> int:
        """How often this client has come this hour, this time included; 0 for an unknown one."""
        if client is None:
            return 0
        with self._lock:
            self._turn_over()
            if client not in self.counts and len(self.counts) >= MOST_CLIENTS:
                return 0
            self.counts[client] += 1
            self.last[client] = time.monotonic()
            return self.counts[client]

    def forget(self) -> None:
        with self._lock:
            self._hour = -1
            self._turn_over()

    def _turn_over(self) -> None:
        hour = int(time.time() // HOUR)
        if hour != self._hour:
            self._hour, self._key = hour, secrets.token_bytes(32)
            self.counts.clear()
            self.last.clear()


class Rate:
    """So many in a minute, in bursts of up to a minute's worth (a token bucket)."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tokens: float | None = None
        self._at = 0.0

    def allows(self, per_minute: int) -> bool:
        if not per_minute:
            return True
        with self._lock:
            now = time.monotonic()
            tokens = per_minute if self._tokens is None else self._tokens
            tokens = min(per_minute, tokens + (now - self._at) * per_minute / 60)
            self._at = now
            self._tokens = tokens - 1 if tokens >= 1 else tokens
            return tokens >= 1

    def forget(self) -> None:
        with self._lock:
            self._tokens = None


senders, guessers = Clients(), Clients()
everybody, wrong_codes = Rate(), Rate()


def too_many_reports(request: HttpRequest) -> bool:
    """Counts one sent form. True: this client, or all together, send more than can be meant."""
    most = settings.PORTAL_REPORTS_PER_HOUR
    if most and senders.count(senders.name(request)) > most:
        return True
    return not everybody.allows(settings.PORTAL_REPORTS_PER_MINUTE)


def seconds_to_wait(request: HttpRequest) -> int:
    """How long a client that has typed wrong codes has to wait before the next one is looked at."""
    client = guessers.name(request)
    if client is None:
        return 0
    wrong = guessers.counts.get(client, 0) - FREE_ATTEMPTS
    if wrong < 0:
        return 0
    due = guessers.last.get(client, 0) + min(2.0 ** min(wrong, 16), LONGEST_WAIT)
    return max(0, round(due - time.monotonic() + 0.5))


def wrong_code(request: HttpRequest) -> bool:
    """Counts a wrong code. False: so many are wrong at the moment that no more is said than "wait".

    Nobody is made to wait inside a request: a server has few threads, and a pause in one of them is a
    present to whoever wants to keep others out. What protects a code are its 86 bits.
    """
    guessers.count(guessers.name(request))
    return wrong_codes.allows(settings.PORTAL_WRONG_CODES_PER_MINUTE)


def disk_is_full() -> bool:
    return shutil.disk_usage(settings.FLYPAPER_DATA).free < settings.PORTAL_DISK_FLOOR


def forget() -> None:
    """Starts all counts over (for tests)."""
    senders.forget()
    guessers.forget()
    everybody.forget()
    wrong_codes.forget()
