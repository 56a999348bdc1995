"""Who opened a page: a signed mark in each form of it, which the form sends along.

A browser has one login at a time and many tabs. A page that one person opened may be sent when
another has logged in since, and must not be taken for theirs. `{% csrf_token %}` writes the mark
(`templatetags/opened_by.py`), so that every form has it. It opens nothing, and is no content: what
was typed is kept without it. A form without a mark, or with a forged one, is any form.
"""

from django.core.signing import BadSignature, Signer

from ..models import User
from . import kept

_signer = Signer(salt="rugpijn.opened_by")


def mark(request) -> str:
    """The mark of who is logged in; empty for nobody."""
    if not request.user.is_authenticated:
        return ""
    if not hasattr(request, "opened_by_mark"):  # a page has many forms
        request.opened_by_mark = _signer.sign(str(request.user.uuid))
    return request.opened_by_mark


def _named(request) -> str:
    try:
        return _signer.unsign(request.POST.get(kept.MARK, ""))
    except BadSignature:
        return ""


def somebody_else(request) -> bool:
    """Whether somebody else is logged in now than who opened the page that sent this."""
    named = _named(request) if request.method == "POST" and request.user.is_authenticated else ""
    return bool(named) and named != str(request.user.uuid)


def person(request) -> User | None:
    """Who opened the page that sent this, as far as it says."""
    named = _named(request) if request.method == "POST" else ""
    return User.objects.filter(uuid=named, is_active=True).first() if named else None
