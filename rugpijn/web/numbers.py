"""A whole number in what a browser sends: an address, a question, a form, a header."""

DIGITS = 18  # as many as any database keeps; Python itself refuses a text of 5,000


def number(text, digits: int = DIGITS) -> int | None:
    """None for what is no number, or has more digits than anything of ours.

    Digits of other scripts are none: `int` reads them, and a database compares them as text.
    """
    text = str(text)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else None
