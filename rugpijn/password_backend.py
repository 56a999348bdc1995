"""Checks a password once for each login, whether the account is there or not.

Not in login/, where it belongs: every session in the database names this path, and one that names
another is logged out.
"""

from allauth.account.auth_backends import AuthenticationBackend


class OneCheckBackend(AuthenticationBackend):
    """allauth looks for an e-mail address as a name and as an address, and would check a wrong
    password twice: half a second more than for an unknown address, and so an answer to who has
    an account here."""

    def authenticate(self, request, **credentials):
        from .login import access_changes  # which stands on the models

        access_changes.settle_due()
        self._checked = set()
        return super().authenticate(request, **credentials)

    def _check_password(self, user, password):
        if user is None or user.pk in self._checked:
            return None
        self._checked.add(user.pk)
        return super()._check_password(user, password)
