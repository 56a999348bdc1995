"""The words of a page or a PDF, in reading order."""

import html
import re


def words(markup: str) -> str:
    """What a person reads of a page."""
    body = re.sub(r"(?s)<(script|style|head)\b.*?</\1>", " ", markup)
    inline = re.sub(r"</?(span|strong|em|b|a)\b[^>]*>", "", body)
    text = html.unescape(re.sub(r"<[^>]+>", " ", inline)).replace("\u00a0", " ")
    return " ".join(text.split())


def assert_in_order(expected: list[str], text: str) -> None:
    at = 0
    for piece in expected:
        piece = " ".join(piece.split())
        found = text.find(piece, at)
        assert found >= 0, f"not in order, or not there: {piece!r}"
        at = found + len(piece)
