"""A whole number in what a browser sends: in an address, a query, a form or a header."""

DIGITS = 18  # more do not fit in every database; `int` raises an error at 4,300


def number(text, digits: int = DIGITS) -> int | None:
    """Return `text` as a number; None when it is none, or has more than `digits` digits. Digits of
    other scripts are refused: `int` reads them, but a database compares them as text."""
    text = str(text)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else None
