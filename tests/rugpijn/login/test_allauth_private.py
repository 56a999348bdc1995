"""What allauth does not promise to keep stands in one module, and each upgrade is checked."""

import inspect
import re
from pathlib import Path

import allauth
import pytest

from rugpijn.login import allauth_private
from rugpijn.login.accounts import InvitedOnlyAdapter
from rugpijn.password_backend import OneCheckBackend

ROOT = Path(allauth_private.__file__).resolve().parents[2]
MOST = 8
APPS = ("rugpijn", "exercises", "patients")


def sources(*folders):
    return [path for folder in folders for path in (ROOT / folder).rglob("*.py")]


def test_only_one_module_uses_what_is_private():
    paths = sources(*APPS, "tests")
    users = {path for path in paths if re.search(r"allauth[\w.]*\.internal", path.read_text())}
    assert users == {Path(allauth_private.__file__).resolve(), Path(__file__).resolve()}


def test_there_are_few_of_them_and_each_is_used():
    text = Path(allauth_private.__file__).read_text()
    names = re.findall(r"^(\w+) = private\(", text, re.MULTILINE)
    assert 0 < len(names) <= MOST
    apps = "".join(path.read_text() for path in sources(*APPS))
    assert [name for name in names if f"allauth_private.{name}(" not in apps] == []


def test_what_an_upgrade_took_away_is_named():
    with pytest.raises(ImportError) as refused:
        allauth_private.private("allauth.account.internal.flows.login.gone", "to log in")
    assert str(refused.value) == (
        f"The upgrade to django-allauth {allauth.__version__} took "
        "allauth.account.internal.flows.login.gone away, which is used to log in. "
        "Change rugpijn/login/allauth_private.py together with the upgrade."
    )


@pytest.mark.parametrize(
    ("ours", "method"),
    [
        (InvitedOnlyAdapter, "_get_login_attempts_cache_key"),
        (OneCheckBackend, "_check_password"),
    ],
)
def test_what_we_override_is_still_called_by_allauth(ours, method):
    """A private method under another name would leave ours uncalled, and no error would say so."""
    parent = ours.__mro__[1]
    source = inspect.getsource(inspect.getmodule(parent))
    assert hasattr(parent, method) and source.count(f"self.{method}(") > 0, (
        f"The upgrade to django-allauth {allauth.__version__} took {parent.__name__}.{method} "
        f"away: nothing calls the one of {ours.__name__} any more."
    )
