"""Authenticated encryption of everything that must not be read from a stolen database.

AES-256-GCM with keys that lie outside the database, in one file of `FLYPAPER_DATA` (mode 0600).
Each sealed row names its key (`key_id`) and is bound to its table and `uid`, so that a sealed
value moved to another row does not open. `manage.py rotate_keys` makes a new key and seals anew.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE_BYTES = 12  # NIST SP 800-38D: 96-bit nonces


class KeysMissing(Exception):
    """The key file is not there; nothing that is sealed can be read or written."""


class SealBroken(Exception):
    """A sealed value was changed, moved to another row, or sealed with a key that is gone."""


@dataclass(frozen=True)
class KeyRing:
    """All keys of an installation. `current` seals; the others still open."""

    current: str
    keys: dict[str, bytes]
    pepper: bytes  # receipts and digests: never rotated, or all receipt codes die
    secret: bytes  # Django's SECRET_KEY, the search file's key and whatever else is derived

    @classmethod
    def new(cls) -> KeyRing:
        return cls("k1", {"k1": secrets.token_bytes(32)}, secrets.token_bytes(32), secrets.token_bytes(32))

    def with_new_key(self) -> KeyRing:
        number = max(int(k[1:]) for k in self.keys) + 1
        name = f"k{number}"
        return KeyRing(name, {**self.keys, name: secrets.token_bytes(32)}, self.pepper, self.secret)

    def without(self, *names: str) -> KeyRing:
        kept = {k: v for k, v in self.keys.items() if k not in names or k == self.current}
        return KeyRing(self.current, kept, self.pepper, self.secret)

    def derive(self, purpose: str) -> bytes:
        """32 bytes for one purpose (HMAC-SHA256 as a PRF), e.g. the key of the search file."""
        return hmac.digest(self.secret, purpose.encode(), "sha256")

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        raw = {
            "current": self.current,
            "keys": {k: _b64(v) for k, v in self.keys.items()},
            "pepper": _b64(self.pepper),
            "secret": _b64(self.secret),
        }
        temporary = path.with_suffix(".new")
        fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(fd, "w") as f:
            json.dump(raw, f, indent=1)
            f.flush()
            os.fsync(f.fileno())
        temporary.replace(path)

    @classmethod
    def load(cls, path: Path) -> KeyRing:
        try:
            raw = json.loads(path.read_text())
        except FileNotFoundError:
            raise KeysMissing(f"No keys at {path}. Run `manage.py make_keys`, or restore a backup.") from None
        return cls(
            raw["current"],
            {k: base64.b64decode(v) for k, v in raw["keys"].items()},
            base64.b64decode(raw["pepper"]),
            base64.b64decode(raw["secret"]),
        )


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def key_path() -> Path:
    return Path(settings.FLYPAPER_DATA) / "keys" / "ring.json"


@lru_cache(maxsize=4)
def _load(path: Path, modified: int) -> KeyRing:
    return KeyRing.load(path)


def ring() -> KeyRing:
    """The installation's keys; read again when the file has changed (rotation by another process)."""
    path = key_path()
    try:
        modified = path.stat().st_mtime_ns
    except FileNotFoundError:
        raise KeysMissing(f"No keys at {path}. Run `manage.py make_keys`, or restore a backup.") from None
    return _load(path, modified)


def seal(plain: bytes, bound_to: str) -> tuple[str, bytes]:
    """(key id, nonce + ciphertext + tag), bound to a row's name (`table:uid`)."""
    keys = ring()
    nonce = os.urandom(NONCE_BYTES)
    return keys.current, nonce + AESGCM(keys.keys[keys.current]).encrypt(nonce, plain, bound_to.encode())


def unseal(key_id: str, sealed: bytes, bound_to: str) -> bytes:
    try:
        key = ring().keys[key_id]
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to.encode())
    except (KeyError, InvalidTag):
        raise SealBroken(f"{bound_to} cannot be opened with key {key_id}") from None


def fingerprint(value: str | bytes, purpose: str) -> str:
    """Keyed hash (hex, 64 characters) for equality tests: the value cannot be guessed without the key."""
    raw = value.encode() if isinstance(value, str) else value
    return hmac.new(ring().pepper, purpose.encode() + b"\0" + raw, hashlib.sha256).hexdigest()


def chained(previous: str, line: list[Any], purpose: str) -> str:
    """Keyed hash (hex) of one line of a history and of the digest before it: neither can be changed unseen."""
    raw = previous.encode() + dumps({"line": line})
    return hmac.new(ring().derive(purpose), raw, hashlib.sha256).hexdigest()


def dumps(payload: dict[str, Any]) -> bytes:
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def loads(raw: bytes) -> dict[str, Any]:
    return json.loads(raw.decode("utf-8", "surrogatepass"))
