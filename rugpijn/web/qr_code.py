"""QR codes, drawn as the address of a picture."""

import segno


def qr_code(address: str, border: int = 2) -> str:
    """A QR code as a data: address, with `border` empty squares around it. A fixed mask gives the
    same picture each time."""
    return segno.make(address, error="m", micro=False, mask=2).svg_data_uri(
        border=border, dark="#000", light="#fff", omitsize=True
    )
