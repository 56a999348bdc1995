"""Codes by e-mail. Each is computed from a number, so that neither a row nor the queue holds a
code."""

from django.utils.crypto import salted_hmac

from ..models import User

CODE_DIGITS, CODE_MINUTES = 6, 10


def code_from(user: User, number: str) -> str:
    """Return the code for this number. Nobody can compute it without the key of the server."""
    made = salted_hmac("rugpijn.mailed-code", f"{user.pk}:{number}", algorithm="sha256")
    return f"{int(made.hexdigest(), 16) % 10**CODE_DIGITS:0{CODE_DIGITS}}"
