"""Who opened a page: each form in it has a signed mark, which it sends along.

A browser has one login at a time and many tabs. When somebody else logs in, a page that the first
person opened may still be sent, and must not count as theirs. `{% csrf_token %}` writes the mark
(`templatetags/opened_by.py`), so every form has it. It gives no access, and is not kept with what
was typed. A form with no mark, or a forged one, is treated as any other form.
"""

from django.core.signing import BadSignature, Signer

from ..models import User
from . import kept

_signer = Signer(salt="rugpijn.opened_by")


def mark(request) -> str:
    """The mark of whoever is logged in; empty when nobody is."""
    if not request.user.is_authenticated:
        return ""
    if not hasattr(request, "opened_by_mark"):  # a page has many forms
        request.opened_by_mark = _signer.sign(str(request.user.uuid))
    return request.opened_by_mark


def _opener(request) -> str:
    """The uuid of who opened the page that sent this; empty when it does not tell."""
    if request.method != "POST":
        return ""
    try:
        return _signer.unsign(request.POST.get(kept.MARK, ""))
    except BadSignature:
        return ""


def somebody_else(request) -> bool:
    """Whether another person is logged in than the one who opened the page that sent this."""
    user = request.user
    return user.is_authenticated and _opener(request) not in ("", str(user.uuid))


def person(request) -> User | None:
    """Who opened the page that sent this; None when it does not tell."""
    opener = _opener(request)
    return User.objects.filter(uuid=opener, is_active=True).first() if opener else None
