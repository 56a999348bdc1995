"""Checks a password once for each login, whether the account exists or not.

It is not in login/: each session in the database names this path, and would end if it changed.
"""

from allauth.account.auth_backends import AuthenticationBackend


class OneCheckBackend(AuthenticationBackend):
    """allauth looks up an e-mail address first as a username and then as an address.

    So it would check a wrong password twice, which takes half a second longer than for an unknown
    address, and would reveal who has an account.
    """

    def authenticate(self, request, **credentials):
        from .login import access_changes  # in here: it imports the models

        access_changes.settle_due()
        self._checked = set()
        return super().authenticate(request, **credentials)

    def _check_password(self, user, password):
        if user is None or user.pk in self._checked:
            return None
        self._checked.add(user.pk)
        return super()._check_password(user, password)
