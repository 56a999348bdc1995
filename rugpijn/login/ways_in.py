"""Every way into somebody's account: who may open it, where that is logged, who is mailed, and when
it works. docs/trust.md shows this table, and a test tries each row.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Way:
    """One way into somebody's account: a row of the table in docs/trust.md."""

    name: str
    by: str
    logged: str
    mailed: str
    works: str


_WAITS = "after 24 hours, or when another owner confirms"
_TOLD = "owners, and the address of before"
_BOTH = "owners, and the address of before and of then"
WAYS = (
    Way("e-mail address of a colleague", "operator", "practice", _BOTH, _WAITS),
    Way("second step of a colleague, by the operator", "operator", "practice", _TOLD, _WAITS),
    Way("second step of a colleague, by an owner", "owner", "practice", "the colleague", "at once"),
    Way("role given by the operator", "operator", "practice", _TOLD, _WAITS),
    Way("account opened again by the operator", "operator", "practice", _TOLD, _WAITS),
    Way("role or account, by an owner", "owner", "practice", "the colleague", "at once"),
    Way("role or account taken away by the operator", "operator", "practice", _TOLD, "at once"),
    Way("invitation of a colleague by an owner", "owner", "practice", "the invited", "at once"),
    Way("new link of an invitation, by the operator", "operator", "practice", "owners", _WAITS),
    Way("invitation withdrawn by the operator", "operator", "practice", "owners", "at once"),
    Way("manage.py reset_second_factor", "shell", "practice", _TOLD, _WAITS),
    Way("manage.py start_practice, a new practice", "shell", "practice", "nobody", "at once"),
    Way("manage.py start_practice --again", "shell", "practice", "owners", _WAITS),
    Way("manage.py changepassword, of staff or a patient", "shell", "nowhere", "nobody", "never"),
    Way("manage.py createsuperuser", "shell", "server", "nobody", "at once, and opens no record"),
    Way("new password by mail", "the person", "practice", "the person", "at once"),
    Way("own passkey, app or list of codes", "the person", "practice", "the person", "at once"),
    Way("own trusted device", "the person", "practice", "nobody", "at once, for 30 days"),
    Way("own e-mail address", "the person", "practice", "both addresses", "when it is confirmed"),
    Way(
        "new invitation of a patient with a login", "therapist", "practice", "the login", "at once"
    ),
    Way("another practice for somebody", "no page, no command", "-", "-", "never"),
    Way("practice or role for oneself", "no page, no command", "-", "-", "never"),
)
