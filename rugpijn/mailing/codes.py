"""Codes by e-mail: made from a number each time, so that neither row nor queue holds one."""

from django.utils.crypto import salted_hmac

from ..models import User

CODE_DIGITS, CODE_MINUTES = 6, 10


def code_from(user: User, number: str) -> str:
    """The code of this number: who knows the number and not the server's key cannot make it."""
    made = salted_hmac("rugpijn.mailed-code", f"{user.pk}:{number}", algorithm="sha256")
    return f"{int(made.hexdigest(), 16) % 10**CODE_DIGITS:0{CODE_DIGITS}}"
