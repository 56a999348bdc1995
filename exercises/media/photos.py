"""Photos: whatever is uploaded, what is kept is a new picture.

Redrawn as a JPEG of moderate size: no place, no camera, no second picture and nothing behind it.
"""

import io

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP")
ACCEPT = "image/jpeg,image/png,image/webp"  # a phone then hands over a JPEG of its own format
BYTES = 15 * 1024 * 1024
PIXELS = 25_000_000
SIDE = 1600  # pixels: 80 mm on paper at 500 dpi, and a telephone of twice this width
QUALITY = 82
PAPER = (80.0, 60.0)  # mm: the room that a photo may take there

UNREADABLE = (
    ValueError,
    OSError,
    SyntaxError,
    EOFError,
    UnidentifiedImageError,
)


def redrawn(upload) -> bytes:
    """The JPEG that is kept in place of an uploaded file; ValidationError in words."""
    if upload.size > BYTES:
        raise ValidationError(_("This photo is larger than 15 MB. Please choose a smaller one."))
    if _has_something_behind_it(upload):
        raise ValidationError(
            _("There is more in this file than a picture. Please save the photo anew.")
        )
    upload.seek(0)
    try:
        with Image.open(upload, formats=FORMATS) as picture:
            if picture.width * picture.height > PIXELS:
                raise _too_many_pixels()
            # A camera's JPEG may hold a second view of the same moment: the first one counts.
            if picture.format in ("PNG", "WEBP") and getattr(picture, "is_animated", False):
                raise ValidationError(_("This picture moves. Please choose a photo that does not."))
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
    """How large a photo is on paper: as large as fits."""
    with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as picture:
        scale = min(PAPER[0] / picture.width, PAPER[1] / picture.height)
        return {
            "width": round(picture.width * scale, 1),
            "height": round(picture.height * scale, 1),
        }


def _as_jpeg(picture: Image.Image) -> bytes:
    """Upright, on white where it is transparent, and as small as a page needs."""
    picture.draft("RGB", (SIDE, SIDE))  # decodes a large JPEG at a fraction of its size
    upright = ImageOps.exif_transpose(picture)
    if upright.mode.startswith("I"):  # 16 bits of grey: Pillow would cut off all but the darkest
        upright = upright.point(lambda value: value / 256).convert("L")
    flat = Image.new("RGBA", upright.size, "white")
    flat.alpha_composite(upright.convert("RGBA"))
    flat = flat.convert("RGB")
    flat.thumbnail((SIDE, SIDE))
    kept = io.BytesIO()
    flat.save(kept, "JPEG", quality=QUALITY, optimize=True)
    return kept.getvalue()


def _has_something_behind_it(upload) -> bool:
    """A PNG or WebP says where it ends. What follows was put there by someone.

    Behind a JPEG cameras do put things, such as a second of film: that is only left out.
    """
    upload.seek(0)
    start = upload.read(12)
    if start.startswith(b"\x89PNG"):
        upload.seek(max(upload.size - 12, 0))
        return upload.read(12) != b"\0\0\0\0IEND\xaeB`\x82"
    if start.startswith(b"RIFF") and start.endswith(b"WEBP"):
        said = int.from_bytes(start[4:8], "little") + 8
        return upload.size > said + said % 2
    return False


def _too_many_pixels() -> ValidationError:
    return ValidationError(
        _("This photo has more than 25 megapixels. Please choose a smaller one.")
    )
