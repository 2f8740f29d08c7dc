"""Word files: the package written anew, without properties, authors, revision marks' persons, paths of the
writer's computer, and what is embedded in it."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from xml.parsers import expat

from intake.cleaning import Limits, Uncleanable
from intake.cleaning.images import clean_image

TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MOST_PARTS = 5000
EPOCH = (1980, 1, 1, 0, 0, 0)

# Parts that are left out, with every mention of them.
DROPPED = re.compile(r"(docProps/|customXml/|word/people\.xml$|word/commentsIds|word/vba)", re.I)
# Parts that other parts point to: they stay, empty, so that the package is whole.
EMPTIED = re.compile(r"word/(embeddings|activeX|attachedToolbars)/", re.I)
PICTURE = re.compile(r"word/media/.*\.(jpe?g|png|gif)$", re.I)
MEDIA = re.compile(r"word/media/", re.I)

# Attributes, under whatever prefix their namespace has.
ANONYMOUS = re.compile(r"""(\s[\w.-]+:(?:author|initials|userId|providerId))\s*=\s*("[^"]*"|'[^']*')""")
GONE = re.compile(r"""\s[\w.-]+:(?:rsid\w*|date|dateUtc|durableId|paraId|textId)\s*=\s*("[^"]*"|'[^']*')""")
GONE_ELEMENTS = re.compile(
    r"<([\w.-]+:(?:rsids|attachedTemplate|docVars|mailMerge))\b(?:[^>]*/>|.*?</\1\s*>)", re.S
)
RELATIONSHIP = re.compile(r"<(?:[\w.-]+:)?Relationship\b[^>]*/>")
OVERRIDE = re.compile(r"""<(?:[\w.-]+:)?Override\b[^>]*\bPartName\s*=\s*["']/([^"']*)["'][^>]*/>""")
HARMLESS_LINK = re.compile(r"(?:https?|mailto|tel):", re.I)


def clean_docx(content: bytes, limits: Limits) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = dict(_parts(package, limits))
    except (zipfile.BadZipFile, NotImplementedError, zlib.error, EOFError, OSError, ValueError):
        raise Uncleanable("damaged") from None
    except RuntimeError:  # zipfile's word for an encrypted part
        raise Uncleanable("protected") from None
    if "word/document.xml" not in parts or "[Content_Types].xml" not in parts:
        raise Uncleanable("damaged")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in parts.items():
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(entry, _cleaned(name, part, limits))
    return out.getvalue()


def _parts(package: zipfile.ZipFile, limits: Limits) -> Iterator[tuple[str, bytes]]:
    """The parts that stay, unpacked; what a header says of a size is not believed."""
    left = limits.unpacked
    if len(package.infolist()) > MOST_PARTS:
        raise Uncleanable("too_large")
    for entry in package.infolist():
        if entry.is_dir() or DROPPED.match(entry.filename):
            continue
        with package.open(entry) as file:
            part = file.read(left + 1)
        left -= len(part)
        if left < 0:
            raise Uncleanable("too_large")
        yield entry.filename, part


def _cleaned(name: str, part: bytes, limits: Limits) -> bytes:
    if EMPTIED.match(name):
        return b""
    if PICTURE.match(name):
        return _picture(name, part, limits)
    if MEDIA.match(name) or not name.lower().endswith((".xml", ".rels")):
        return b""
    text = _well_formed(part)
    if name == "[Content_Types].xml":
        return OVERRIDE.sub(lambda m: "" if DROPPED.match(m[1]) else m[0], text).encode()
    if name.lower().endswith(".rels"):
        return RELATIONSHIP.sub(_relationship, text).encode()
    text = GONE_ELEMENTS.sub("", text)
    return ANONYMOUS.sub(r'\1="-"', GONE.sub("", text)).encode()


def _picture(name: str, part: bytes, limits: Limits) -> bytes:
    kind = {"jpg": "jpeg"}.get(ending := name.rpartition(".")[2].lower(), ending)
    try:
        return clean_image(kind, part, limits)[0]
    except Uncleanable:
        return b""  # one broken picture does not take the letter with it


def _well_formed(part: bytes) -> str:
    """The XML as text, in UTF-8 from now on; a document type (entities, bombs) is never needed in here."""
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(part, True)
    except expat.ExpatError:
        raise Uncleanable("damaged") from None
    encoding = "utf-16" if part[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = part.decode(encoding)
    except UnicodeDecodeError:
        raise Uncleanable("damaged") from None
    return re.sub(r"<\?xml[^>]*\?>", '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>', text, count=1)


def _refuse_doctype(*args: object) -> None:
    raise Uncleanable("damaged")


def _relationship(match: re.Match[str]) -> str:
    """A link to a web page stays; templates, pictures and paths elsewhere go, and what was left out."""
    line = match[0]
    target = re.search(r"""\bTarget\s*=\s*["']([^"']*)["']""", line)
    address = target[1] if target else ""
    if re.search(r"""\bTargetMode\s*=\s*["']External["']""", line):
        if "/hyperlink" in line and HARMLESS_LINK.match(address):
            return line
        if "/attachedTemplate" in line:
            return ""
        return line.replace(address, "about:blank") if address else ""
    stem = address.lstrip("/").removeprefix("../")
    dropped = DROPPED.match(stem) or DROPPED.match(f"word/{stem}")
    return "" if dropped else line
