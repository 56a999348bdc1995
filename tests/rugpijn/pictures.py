"""A small picture to upload."""

import io

from PIL import Image


def picture(kind="PNG", size=(60, 30), **options) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, "teal").save(file, kind, **options)
    return file.getvalue()
