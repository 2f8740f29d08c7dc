"""Images: decoded and encoded anew, upright, so that nothing but the picture is left."""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from intake.cleaning import Limits, Uncleanable

# What a file of a kind may be opened as, and what its copy is saved as.
FORMATS = {"jpeg": "JPEG", "png": "PNG", "webp": "WEBP", "heic": "HEIF", "gif": "GIF"}
SAVED = {"jpeg": "JPEG", "webp": "JPEG", "heic": "JPEG", "png": "PNG", "gif": "GIF"}
QUALITY = 90


def clean_image(kind: str, content: bytes, limits: Limits) -> tuple[bytes, str]:
    """(copy, MIME type): photographs as JPEG, PNG as PNG; of a moving picture the first frame."""
    if kind == "heic":
        import pillow_heif

        pillow_heif.register_heif_opener()
    Image.MAX_IMAGE_PIXELS = limits.pixels
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = _decoded(content, FORMATS[kind], limits)
            return _encoded(picture, SAVED[kind]), f"image/{SAVED[kind].lower()}"
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Uncleanable("too_large") from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError):
        # Pillow's decoders answer a broken file with any of these.
        raise Uncleanable("damaged") from None


def _decoded(content: bytes, form: str, limits: Limits) -> Image.Image:
    picture = Image.open(io.BytesIO(content), formats=[form])
    if picture.width * picture.height > limits.pixels:
        raise Uncleanable("too_large")
    picture.load()
    return ImageOps.exif_transpose(picture)


def _is_transparent(picture: Image.Image) -> bool:
    return picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info


def _encoded(picture: Image.Image, form: str) -> bytes:
    if form == "JPEG":
        if _is_transparent(picture):  # JPEG knows no transparency: on white, as on paper
            picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture.convert("RGBA"))
        picture = picture.convert("L" if picture.mode in ("1", "L", "I;16", "I", "F") else "RGB")
    elif picture.mode not in ("1", "L", "RGB", "RGBA", "LA"):
        picture = picture.convert("RGBA" if _is_transparent(picture) else "RGB")
    # A new image takes the pixels and none of the `info` from which savers write metadata.
    bare = Image.new(picture.mode, picture.size)
    bare.paste(picture)
    out = io.BytesIO()
    bare.save(out, form, **({"quality": QUALITY, "optimize": True} if form == "JPEG" else {}))
    return out.getvalue()
