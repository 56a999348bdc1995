"""QR codes of addresses, for pages and for paper."""

import segno


def qr_code(address: str, *, border: int = 2) -> str:
    """A QR code as a data: address, with a white border of so many modules.

    The mask is fixed, so that the same address gives the same picture each time.
    """
    return segno.make(address, error="m", micro=False, mask=2).svg_data_uri(
        border=border, dark="#000", light="#fff", omitsize=True
    )
