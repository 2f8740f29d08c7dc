"""PDF: the pages alone, copied into a new document, without scripts, files, links that call out, names of
authors, and what the photographs in it tell."""

from __future__ import annotations

import io

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream
from pikepdf.sanitize import Sanitizer

from intake.cleaning import Limits, Uncleanable

# Of a comment: author, dates, name, rich text (which repeats the author), reply chain's subject.
PERSONAL_ANNOTATION = ("/T", "/CreationDate", "/M", "/NM", "/RC")
PERSONAL_PAGE = ("/Metadata", "/PieceInfo", "/Thumb", "/LastModified", "/AA", "/ID")
# JPEG segments that hold data for programs (Exif, XMP, Photoshop, maker's notes) and comments. JFIF (E0)
# and Adobe's colour transform (EE) are needed to show the colours right.
PERSONAL_SEGMENTS = frozenset([*range(0xE1, 0xEE), 0xEF, 0xFE])


def clean_pdf(content: bytes, limits: Limits) -> bytes:
    try:
        with Pdf.open(io.BytesIO(content)) as original:
            if len(original.pages) > limits.pages:
                raise Uncleanable("too_many_pages")
            if not len(original.pages):
                raise Uncleanable("damaged")
            return _pages_alone(original)
    except pikepdf.PasswordError:
        raise Uncleanable("protected") from None
    except (pikepdf.PikepdfError, ValueError, TypeError, KeyError, RecursionError):
        raise Uncleanable("damaged") from None


def _pages_alone(original: Pdf) -> bytes:
    clean = Pdf.new()
    clean.pages.extend(original.pages)
    sanitizer = Sanitizer().remove_javascript().remove_external_access().remove_attachments()
    sanitizer = sanitizer.remove_thumbnails().remove_search_index().remove_multimedia()
    sanitizer.remove_web_capture().remove_private_app_data().remove_collection().apply(clean)
    for page in clean.pages:
        _drop(page.obj, PERSONAL_PAGE)
        for annotation in page.obj.get("/Annots", Array()):
            if isinstance(annotation, Dictionary):
                _drop(annotation, PERSONAL_ANNOTATION)
    for thing in clean.objects:
        if isinstance(thing, Stream):
            _drop(thing, ("/Metadata", "/PieceInfo", "/LastModified"))
            _clean_picture(thing)
        elif isinstance(thing, Dictionary):
            _drop(thing, ("/Metadata", "/PieceInfo"))
    out = io.BytesIO()
    clean.remove_unreferenced_resources()
    clean.save(out, deterministic_id=True, compress_streams=True)
    return out.getvalue()


def _drop(thing: pikepdf.Object, keys: tuple[str, ...]) -> None:
    for key in keys:
        if key in thing:
            del thing[key]


def _clean_picture(stream: Stream) -> None:
    filters = stream.get("/Filter")
    if filters == Name.DCTDecode or (isinstance(filters, Array) and list(filters) == [Name.DCTDecode]):
        stream.write(without_personal_segments(stream.read_raw_bytes()), filter=Name.DCTDecode)
    elif filters == Name.JPXDecode:
        stream.write(without_personal_boxes(stream.read_raw_bytes()), filter=Name.JPXDecode)


def without_personal_segments(jpeg: bytes) -> bytes:
    """The JPEG with its pixels untouched and its metadata gone."""
    out, at = [jpeg[:2]], 2
    while at + 4 <= len(jpeg) and jpeg[at] == 0xFF and jpeg[at + 1] != 0xDA:
        if jpeg[at + 1] == 0xFF:  # fill byte
            at += 1
            continue
        end = at + 2 + int.from_bytes(jpeg[at + 2 : at + 4])
        if jpeg[at + 1] not in PERSONAL_SEGMENTS:
            out.append(jpeg[at:end])
        at = end
    return b"".join([*out, jpeg[at:]])


def without_personal_boxes(jp2: bytes) -> bytes:
    """The JPEG 2000 file without its XML and UUID boxes."""
    out, at = [], 0
    while at + 8 <= len(jp2):
        size, kind = int.from_bytes(jp2[at : at + 4]), jp2[at + 4 : at + 8]
        if size == 1:
            size = int.from_bytes(jp2[at + 8 : at + 16])
        if size == 0 or size < 8:
            break
        if kind not in (b"xml ", b"uuid", b"uinf"):
            out.append(jp2[at : at + size])
        at += size
    return b"".join([*out, jp2[at:]])
