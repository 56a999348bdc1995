"""Encode an uploaded photo anew as a JPEG of moderate size.

The JPEG has no place, no camera data, no second picture and no data after the picture.
"""

import io

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP")
ACCEPT = "image/jpeg,image/png,image/webp"  # a phone converts its own format to JPEG for these
BYTES = 15 * 1024 * 1024
PIXELS = 25_000_000
SIDE = 1600  # pixels: 80 mm on paper at 500 dpi
QUALITY = 82
PAPER = (80.0, 60.0)  # mm: the largest size of a photo on paper

UNREADABLE = (ValueError, OSError, SyntaxError, EOFError, UnidentifiedImageError)


def redrawn(upload) -> bytes:
    """The JPEG to store instead of the uploaded file. Raises ValidationError."""
    if upload.size > BYTES:
        raise ValidationError(_("This photo is larger than 15 MB. Please choose a smaller one."))
    if _has_data_after_picture(upload):
        raise ValidationError(
            _("This file contains more than a picture. Please save the photo again.")
        )
    upload.seek(0)
    try:
        with Image.open(upload, formats=FORMATS) as picture:
            if picture.width * picture.height > PIXELS:
                raise _too_many_pixels()
            # The JPEG of a camera may hold a second view of the same scene: only the first is used.
            if picture.format in ("PNG", "WEBP") and getattr(picture, "is_animated", False):
                raise ValidationError(_("This is a moving picture. Please choose a photo."))
            return _as_jpeg(picture)
    except ValidationError:
        raise
    except Image.DecompressionBombError as error:
        raise _too_many_pixels() from error
    except UNREADABLE as error:
        raise ValidationError(
            _("This is not a photo we can read. Please use a JPEG, PNG or WebP file.")
        ) from error


def millimetres(jpeg: bytes) -> dict[str, float]:
    """The size of a photo on paper in mm, as large as `PAPER` allows."""
    with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as picture:
        scale = min(PAPER[0] / picture.width, PAPER[1] / picture.height)
        return {
            "width": round(picture.width * scale, 1),
            "height": round(picture.height * scale, 1),
        }


def _as_jpeg(picture: Image.Image) -> bytes:
    """The picture as a JPEG: upright, on a white background, and at most SIDE pixels wide."""
    picture.draft("RGB", (SIDE, SIDE))  # decodes a large JPEG at a fraction of its size
    upright = ImageOps.exif_transpose(picture)
    if upright.mode.startswith("I"):  # 16 bits of grey, of which Pillow would clip all above 255
        upright = upright.point(lambda value: value / 256).convert("L")
    flat = Image.new("RGBA", upright.size, "white")
    flat.alpha_composite(upright.convert("RGBA"))
    flat = flat.convert("RGB")
    flat.thumbnail((SIDE, SIDE))
    kept = io.BytesIO()
    flat.save(kept, "JPEG", quality=QUALITY, optimize=True)
    return kept.getvalue()


def _has_data_after_picture(upload) -> bool:
    """Whether a PNG or WebP has data after its end.

    A JPEG may have: cameras add for example a second of film, which is left out.
    """
    upload.seek(0)
    start = upload.read(12)
    if start.startswith(b"\x89PNG"):
        upload.seek(max(upload.size - 12, 0))
        return upload.read(12) != b"\0\0\0\0IEND\xaeB`\x82"
    if start.startswith(b"RIFF") and start.endswith(b"WEBP"):
        size = int.from_bytes(start[4:8], "little") + 8
        return upload.size > size + size % 2
    return False


def _too_many_pixels() -> ValidationError:
    return ValidationError(
        _("This photo has more than 25 megapixels. Please choose a smaller one.")
    )
