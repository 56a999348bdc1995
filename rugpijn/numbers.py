"""Numbers in addresses and forms: what no page of ours sends is no number."""


def key_number(text) -> int | None:
    """A primary key, or another count that fits in a column; None for what is no such number."""
    text = str(text)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
