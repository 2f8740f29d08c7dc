"""The cleaned copy shows what the file shows and tells nothing of who made it. Every file is made here."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, String
from PIL import Image

from intake import attachments
from intake.channels import Upload
from intake.cleaning import Limits, Uncleanable, clean
from intake.cleaning.pdf import without_personal_segments
from intake.models import Attachment
from tests.product import submit

GPS = 0x8825
SECRET = "Wang Secretname"


def photograph(form: str = "JPEG", size: tuple[int, int] = (60, 40)) -> bytes:
    """Red on the left, with an author, a place and a turn in its Exif block."""
    picture = Image.new("RGB", size, "blue")
    picture.paste("red", (0, 0, size[0] // 2, size[1]))
    exif = Image.Exif()
    exif[0x013B] = SECRET
    exif[0x0112] = 6  # to be shown turned by a quarter to the right
    exif.get_ifd(GPS)[2] = (39.0, 54.0, 27.0)
    out = io.BytesIO()
    picture.save(out, form, exif=exif, **({"comment": SECRET.encode()} if form == "JPEG" else {}))
    return out.getvalue()


def heic() -> bytes:
    import pillow_heif

    picture = Image.open(io.BytesIO(photograph()))
    exif = picture.getexif()
    del exif[0x0112]  # HEIC turns by a box of its own
    out = io.BytesIO()
    pillow_heif.from_pillow(Image.frombytes("RGB", picture.size, picture.tobytes())).save(
        out, exif=exif.tobytes()
    )
    return out.getvalue()


def pdf(*, pages: int = 1, password: str = "") -> bytes:
    """Author in the properties and in XMP, a script, an attached file, a signed comment, and a photograph."""
    made = Pdf.new()
    for _ in range(pages):
        made.add_blank_page(page_size=(200, 200))
    with made.open_metadata() as meta:
        meta["dc:creator"] = [SECRET]
    made.docinfo["/Author"] = SECRET
    made.attachments["secret.txt"] = pikepdf.AttachedFileSpec(made, SECRET.encode())
    made.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))
    page = made.pages[0]
    note = Dictionary(Type=Name.Annot, Subtype=Name.Text, Rect=Array([1, 1, 9, 9]), T=String(SECRET))
    note.Contents = String("look at page 3")
    page.Annots = Array([made.make_indirect(note)])
    image = made.make_stream(photograph())
    image.stream_dict = Dictionary(
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=60,
        Height=40,
        ColorSpace=Name.DeviceRGB,
        BitsPerComponent=8,
        Filter=Name.DCTDecode,
    )
    page.Resources = Dictionary(XObject=Dictionary(Im0=image))
    page.Contents = made.make_stream(b"q 60 0 0 40 0 0 cm /Im0 Do Q")
    out = io.BytesIO()
    encryption = pikepdf.Encryption(owner=password, user=password) if password else False
    made.save(out, encryption=encryption)
    return out.getvalue()


W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def docx(**more: bytes) -> bytes:
    parts = {
        "[Content_Types].xml": f'<?xml version="1.0"?><Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/><Default Extension="jpeg" ContentType="image/jpeg"/>'
        '<Override PartName="/docProps/core.xml" ContentType="x"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{R}/officeDocument" Target="word/document.xml"/>'
        '<Relationship Id="rId2" Type="core-properties" Target="docProps/core.xml"/></Relationships>',
        "docProps/core.xml": f"<cp><creator>{SECRET}</creator></cp>",
        "docProps/thumbnail.jpeg": photograph(),
        "word/document.xml": f'<w:document xmlns:w="{W}" xmlns:r="{R}"><w:body><w:p w:rsidR="00AB12CD">'
        f'<w:ins w:id="1" w:author="{SECRET}" w:date="2026-01-02T03:04:05Z"><w:r><w:t>村支书收了钱</w:t></w:r></w:ins>'
        "</w:p></w:body></w:document>",
        "word/comments.xml": f'<w:comments xmlns:w="{W}"><w:comment w:id="0" w:author="{SECRET}" w:initials="WS">'
        "<w:p><w:r><w:t>remark</w:t></w:r></w:p></w:comment></w:comments>",
        "word/people.xml": f'<w15:people xmlns:w15="x"><w15:person w15:author="{SECRET}"/></w15:people>',
        "word/settings.xml": f'<w:settings xmlns:w="{W}" xmlns:r="{R}"><w:attachedTemplate r:id="rId1"/>'
        '<w:rsids><w:rsidRoot w:val="00AB12CD"/></w:rsids></w:settings>',
        "word/_rels/settings.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{R}/attachedTemplate" Target="file:///C:/Users/{SECRET}/a.dotm" TargetMode="External"/></Relationships>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId7" Type="{R}/image" Target="https://tracker.example/p.png" TargetMode="External"/>'
        f'<Relationship Id="rId8" Type="{R}/people" Target="people.xml"/>'
        f'<Relationship Id="rId9" Type="{R}/image" Target="media/image1.jpeg"/></Relationships>',
        "word/media/image1.jpeg": photograph(),
        **more,
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return out.getvalue()


def pixel_bomb() -> bytes:
    """A PNG of 400 million pixels in half a megabyte."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes(20_001 * 2000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def says_nothing(copy: bytes) -> bool:
    words = (SECRET.encode(), SECRET.encode("utf-16-le"), SECRET.encode("utf-16-be"), b"Exif", b"GPS")
    return not any(w in copy for w in words)


@pytest.mark.parametrize(
    ("kind", "content", "size"),
    [
        ("jpeg", photograph(), (40, 60)),
        ("png", photograph("PNG"), (40, 60)),
        ("webp", photograph("WEBP"), (40, 60)),
        ("heic", heic(), (60, 40)),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_a_photograph_stands_upright_and_knows_no_place(kind, content, size):
    assert not says_nothing(content)
    copy, mime = clean(kind, content, Limits())
    picture = Image.open(io.BytesIO(copy))
    assert not picture.getexif()
    assert says_nothing(copy)
    assert picture.get_format_mimetype() == mime
    assert picture.size == size
    red, _green, blue = picture.convert("RGB").getpixel((5, 5))
    assert red > 200 > 60 > blue


def test_a_pdf_keeps_its_pages_and_loses_its_author():
    source = pdf(pages=2)
    assert not says_nothing(source)
    copy, _mime = clean("pdf", source, Limits())
    with Pdf.open(io.BytesIO(copy)) as shown:
        assert len(shown.pages) == 2
        assert not shown.docinfo
        assert "/Metadata" not in shown.Root
        assert "/OpenAction" not in shown.Root
        assert not shown.attachments
        note = shown.pages[0].Annots[0]
        assert str(note.Contents) == "look at page 3"
        assert "/T" not in note
        image = shown.pages[0].Resources.XObject.Im0
        assert says_nothing(image.read_raw_bytes())
        assert pikepdf.PdfImage(image).as_pil_image().size == (60, 40)
        streams = [o for o in shown.objects if isinstance(o, pikepdf.Stream)]
        assert all(says_nothing(s.read_raw_bytes()) for s in streams)
    assert says_nothing(copy)


def test_a_photograph_in_a_pdf_keeps_its_pixels():
    before, after = photograph(), without_personal_segments(photograph())
    assert not says_nothing(before)
    assert says_nothing(after)
    assert Image.open(io.BytesIO(before)).tobytes() == Image.open(io.BytesIO(after)).tobytes()


def test_a_word_file_keeps_its_words_and_loses_its_author():
    source = docx()
    copy, _mime = clean("docx", source, Limits())
    with zipfile.ZipFile(io.BytesIO(copy)) as package:
        parts = {n: package.read(n) for n in package.namelist()}
    assert "村支书收了钱" in parts["word/document.xml"].decode()
    assert "remark" in parts["word/comments.xml"].decode()
    for name, part in parts.items():
        assert says_nothing(part), name
        assert b"rsid" not in part, name
        assert b"tracker.example" not in part, name
        assert b"2026-01-02" not in part, name
        assert b"docProps" not in part, name
        assert b"people.xml" not in part, name
    assert not any(n.startswith("docProps") or "people" in n for n in parts)
    assert Image.open(io.BytesIO(parts["word/media/image1.jpeg"])).size == (40, 60)
    assert parts["word/_rels/document.xml.rels"].count(b"image1.jpeg") == 1


def test_a_text_file_becomes_utf_8():
    assert clean("text", "村支书".encode("gb18030"), Limits())[0].decode() == "村支书"


@pytest.mark.parametrize(
    ("kind", "content", "reason"),
    [
        ("png", pixel_bomb(), "too_large"),
        ("jpeg", photograph()[:300], "damaged"),
        ("jpeg", b"\xff\xd8\xff" + b"no picture at all" * 50, "damaged"),
        ("png", photograph(), "damaged"),
        ("heic", b"\0\0\0\x18ftypheic" + b"\0" * 400, "damaged"),
        ("pdf", b"%PDF-1.7\nnothing of the sort", "damaged"),
        ("pdf", pdf()[:700], "damaged"),
        ("pdf", pdf(password="x"), "protected"),
        ("pdf", pdf(pages=12), "too_many_pages"),
        ("docx", docx()[:-40], "damaged"),
        ("docx", docx(**{"word/styles.xml": b"0" * 30_000_000}), "too_large"),
        ("docx", docx(**{"word/styles.xml": b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}), "damaged"),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_a_file_that_lies_or_bursts_is_refused_with_its_reason(kind, content, reason):
    with pytest.raises(Uncleanable) as refused:
        clean(kind, content, Limits(pixels=1_000_000, pages=10, unpacked=20_000_000))
    assert refused.value.reason == reason


def test_the_worker_makes_copies_and_the_original_stays_sealed(county, data_folder):
    case = submit(uploads=(Upload("a.jpg", photograph()), Upload("b.pdf", pdf()), Upload("c.mp3", b"ID3")))
    assert attachments.clean_waiting() == 2
    photo, document, sound = case.report.attachments.all()
    assert [a.state for a in (photo, document, sound)] == ["cleaned", "cleaned", "sealed_only"]
    assert (attachments.copy_type(photo), attachments.copy_type(document)) == (
        "image/jpeg",
        "application/pdf",
    )
    assert says_nothing(attachments.copy_for_staff(photo))
    assert attachments.original(photo) == photograph()
    for path in (data_folder / "uploads").rglob("*.*"):
        assert not path.read_bytes().startswith((b"\xff\xd8", b"%PDF"))
    assert attachments.clean_waiting() == 0


def test_a_file_that_cannot_be_cleaned_says_why_and_its_original_stays(county):
    case = submit(uploads=(Upload("a.png", pixel_bomb()), Upload("b.pdf", pdf(password="x"))))
    attachments.clean_waiting()
    bomb, locked = case.report.attachments.all()
    assert (bomb.state, bomb.payload["error"]) == (Attachment.State.FAILED, "too_large")
    assert (locked.state, locked.payload["error"]) == (Attachment.State.FAILED, "protected")
    assert attachments.reason_words(locked)
    assert attachments.original(bomb) == pixel_bomb()
    with pytest.raises(FileNotFoundError):
        attachments.copy_for_staff(bomb)


def test_a_file_that_kills_its_cleaner_is_given_up_after_some_attempts(county, monkeypatch):
    case = submit(uploads=(Upload("a.jpg", photograph()),))
    monkeypatch.setattr(attachments, "CLEANING_SECONDS", 0.001)
    assert [attachments.clean_waiting() for _ in range(4)] == [0, 0, 1, 0]
    attachment = case.report.attachments.get()
    assert (attachment.state, attachment.attempts) == (Attachment.State.FAILED, 3)
    assert attachment.payload["error"] == "crashed"


def test_what_is_transparent_lies_on_white():
    out = io.BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(out, "WEBP", lossless=True)
    copy, mime = clean("webp", out.getvalue(), Limits())
    assert mime == "image/jpeg"
    assert Image.open(io.BytesIO(copy)).getpixel((4, 4)) == (255, 255, 255)
