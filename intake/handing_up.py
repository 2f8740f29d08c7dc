"""Seals a whole report for one recipient: what goes up unread by anybody here (RULE 15).

The file is `FLYPAPER-SEALED-1`, a line feed, the sender's one-time X25519 public key (32 bytes), a
nonce (12 bytes) and AES-256-GCM over a ZIP of report.json and the files. Only the holder of the
recipient's private key opens it; this installation cannot open it again.
"""

from __future__ import annotations

import io
import json
import os
import zipfile

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.utils.translation import gettext as _

from intake import attachments
from intake.models import Report
from intake.refusals import Refused
from intake.reporters import Reporter

MAGIC = b"FLYPAPER-SEALED-1\n"


def new_exchange_key() -> tuple[bytes, bytes]:
    """(private, public) in PEM, for a recipient to make once and keep the first."""
    private = X25519PrivateKey.generate()
    return (
        private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
        private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        ),
    )


def sealed_for_superior(report: Report, public_pem: bytes) -> bytes:
    """The whole report, its identity and its files, for the holder of the private key alone."""
    public = _public(public_pem)
    once = X25519PrivateKey.generate()
    nonce = os.urandom(12)
    sealed = AESGCM(_key(once.exchange(public))).encrypt(nonce, _whole(report), MAGIC)
    raw = once.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return MAGIC + raw + nonce + sealed


def open_sealed_file(content: bytes, private_pem: bytes) -> bytes:
    """The ZIP inside; Refused when the file is not ours, was changed, or is for somebody else."""
    head = len(MAGIC)
    if not content.startswith(MAGIC):
        raise Refused(_("This is not a sealed report."))
    try:
        private = serialization.load_pem_private_key(private_pem, None)
        if not isinstance(private, X25519PrivateKey):
            raise TypeError("another kind of key")
        key = _key(private.exchange(X25519PublicKey.from_public_bytes(content[head : head + 32])))
        return AESGCM(key).decrypt(content[head + 32 : head + 44], content[head + 44 :], MAGIC)
    except (ValueError, TypeError, InvalidTag):
        raise Refused(_("This key does not open this file.")) from None


def _public(pem: bytes) -> X25519PublicKey:
    try:
        public = serialization.load_pem_public_key(pem)
    except ValueError:
        public = None
    if not isinstance(public, X25519PublicKey):
        raise Refused(_("This is not a public exchange key (X25519, PEM)."))
    return public


def _key(shared: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, None, MAGIC).derive(shared)


def _whole(report: Report) -> bytes:
    reporter = Reporter.objects.filter(report=report).first()
    told = {
        "channel": report.channel,
        "received": report.received_at.isoformat(),
        "title": report.title,
        "text": report.text,
        "stated": report.stated,
        "withheld": report.withheld,
        "reporter": reporter.payload if reporter else {},
        "messages": [{"kind": m.kind, "at": m.at.isoformat(), "text": m.text} for m in report.messages.all()],
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as whole:
        whole.writestr("report.json", json.dumps(told, ensure_ascii=False, indent=1))
        for number, attachment in enumerate(report.attachments.all(), 1):
            whole.writestr(f"files/{number:02}.{attachment.kind}", attachments.original(attachment))
    return buffer.getvalue()
