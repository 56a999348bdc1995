"""Sessions that were stored before the code moved into rooms: an upgrade logs nobody out.

Each one was written by the code of bac94ad, the last commit before the move, when somebody logged
in on its login page. A session is lost when the name of its class, its cookie, the key that signs
it, the path of its backend or the hash of the password changes.
"""

import time
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from patients.models import Patient
from rugpijn.models import LoginSession, Practice, TrustedDevice, User

pytestmark = pytest.mark.django_db

LOGGED_IN = 1796136784  # seconds: when these people logged in
MINUTE, DAY = 60, 24 * 3600
COOKIE, DEVICE_COOKIE = "sessionid", "device"
TOKEN = "diKP5WRsOuXZ3RkY31a-C8EKx-TOpYTVbuA-Yr-L1Ko"  # of Piet's device
ANNA = {
    "pk": 4101,
    "email": "anna@example.nl",
    "password": "md5$swFZU6xXMKhssBBzqWKtAQ$5e85c1671d3f878e5e61d141dcd81675",
}
PIET = {
    "pk": 4102,
    "email": "piet@example.nl",
    "password": "md5$ySRhrs1tRDBCFGbAxPtcmt$77badf9363def674eb140c7b4ca1b610",
}
# With a password.
PIETS = (
    ".eJyFkMFugzAQRH8l8hkhGwwGTm3zAf2AqkJrswQ3YCPbtKmi_HsNTQ6RUvW2mpm3Gs2ZgFJ2MaGFJQxoglYQtDXthG"
    "GwnSfN25n83qQhM3j_ZV1HEgKBNEzUJctLUfGUMVZzyhKCE-hxjWoMT3iCaR4xNWMkFo_OwIQPzMt78k-PdqUjyRnN4q8t"
    "tWmt7h7KEtQRzeq55TDrD5Peyt-s9NXgfkB1fLlG7_gB_BBhyLFgOUchBJXQl5FVPZWC5xyyXlZSMimKCqjKoJRMZbmoaU"
    "wJKAtgksanEg9g7seqalatY3nEP5wOP7XC9rrXfnB2wp01u2fTOau3rh69XxfC06zdN2no5Qc2P5Y4:1xYPE8:2zbIGcJ"
    "rpoa9xpXx52C66U0QFFZFAjsc-C5R6DIojSM"
)
# With a password, on a device of his own.
PIETS_DEVICE = (
    ".eJyFUUlu4zAQ_ErAs2BwX3SamTwgDwgGQpNsRRxblCBKSQaG_x7KcQ4BDOTW6FpYrD4TCGHa8trBtg6Y1xRgTVPuRlyH"
    "KRbSPp_J50xaMkMpb9MSSUNgJS0zTjOhjVUH4ZTjWjUER0innZpw_YXvMM4nPORTVWwFlwwj3gEvf5sfcnS7uiolo7x6XV"
    "nXXZfi3bWHcMS8Y8v2Mqd_-fAV_gs6PGV8HDAc_9yo3_QDlKGKQaBiQqIxhnroddWGnnojhQTee-s980ZZoIGD9ixwYRyt"
    "LANaAfO0mnp8gfytLKmUYaYhBfE-EPE1BexubT0OyzTiw5Qffue4TOmatGApez_4PqflP2m5csw515B12cqKsfv0IO2ZzM"
    "f6SENuP7I905RrbiL3fZ165DZ6LZjDqIFRK2lkHJSgmkUnpBPRRye5Zzwwa9h-yXqe0zW4NdzuwZWmQprL5QM2m7my:1xY"
    "PE9:-POpSz8_as95CpNc7kWsyCER1BCGHymX9LyuXKV9no0"
)
# With a password and a second factor, which her device remembers.
ANNAS = (
    ".eJyFUu1unDAQfJXIvxGyMf66X23zAH2AqkKLvQ70wEYYmkQn3r12705NqlT9gYSYmZ2dHS4ErI172DrYtwHDNlrYxhi6"
    "GbchukRO3y7k-k5OZIGUnuPqSEVgIyemjGRcKi1r0XAjWEVwhnHKTAgBPuELzMuEdZiyYE-4BpjxA_Co3ngktDG4Lm24_G"
    "2jaiokZ6oiQ3zOVBsdkuN79Z8MXbHO9JZRlkd2CVMqML4s4_pKTrS6m3qwW8zUC7lKiuLDHYQ68qBi93t4N7o38_987sGe"
    "MRRs3Z-W8Ueo7xe8Q_XXgI8D2vOXG_WdfoA0ZLETuvXKgwQue0NbaZTmYKVy3HHKOBW0F8YIigyFsRpQ970XmsrW9RzKUj"
    "0-QXgXgwmmtBYlO_4DcfhztNjdWnsc1jjjQwwPn4Nb41h2neE1Z58yzDTNd9zWPRfnuquyHHI5k1OTC7smkeA9St9w0drG"
    "e0MFUqW9aRrLLHoDrM1Pb5Q0rG2tFL02Xvh8AOWYorz8R7nf6bavMuZWiJHH8Quttd4F:1xYPEB:uMMA1cF9zf-rtDtrG"
    "fqD0J1_yvdm8k1X5HVzQlsiir0"
)


@pytest.fixture
def upgraded(settings):
    """The database as the upgrade finds it; its sessions are still good for a day."""
    settings.SECRET_KEY = "a-key-that-only-this-test-has-0123456789abcdef"
    practice = Practice.objects.create(name="Fysiotherapie De Linde", second_step=False)
    anna = User.objects.create(name="Anna de Wit", practice=practice, is_therapist=True, **ANNA)
    piet = User.objects.create(name="Piet Jansen", **PIET)
    Patient.objects.create(
        practice=practice, user=piet, name="Piet Jansen", birth_date="1959-03-12", created_by=anna
    )
    devices = [
        TrustedDevice.objects.create(
            pk=pk, user=user, token_hash=token_hash, expires_at=timezone.now() + timedelta(days=30)
        )
        for pk, user, token_hash in (
            (1, piet, "8f1602627d2bf602fe28db6319ed6a10840d12a53061d93493dbd942b12c1871"),
            (2, anna, "6affe6f2354c2ff905e078f922c1cef9a149a1b9769144c65b89f5fd587d1703"),
        )
    ]
    for key, content, user, device in (
        ("q2j0ccmhun3xe9gwqtlpftuii7ngxu6t", PIETS, piet, None),
        ("0713e9p7dwarpx08wv0mls5qf9himtll", PIETS_DEVICE, piet, devices[0]),
        ("rpk0fk0xx7lz5ynm5jvprnczdh3urj07", ANNAS, anna, devices[1]),
    ):
        LoginSession.objects.create(
            session_key=key,
            session_data=content,
            expire_date=timezone.now() + timedelta(days=1),
            user=user,
            device=device,
        )


def browser(key, **cookies) -> Client:
    client = Client()
    for name, value in ({COOKIE: key} | cookies).items():
        client.cookies[name] = value
    return client


@pytest.mark.parametrize(
    ("key", "cookies", "address", "after"),
    [
        ("q2j0ccmhun3xe9gwqtlpftuii7ngxu6t", {}, "/my-data/", 20 * MINUTE),
        ("0713e9p7dwarpx08wv0mls5qf9himtll", {DEVICE_COOKIE: TOKEN}, "/my-data/", 20 * DAY),
        ("rpk0fk0xx7lz5ynm5jvprnczdh3urj07", {}, "/admin/", 20 * MINUTE),
    ],
    ids=["patient", "own_device", "staff"],
)
def test_a_stored_session_is_accepted(upgraded, monkeypatch, key, cookies, address, after):
    monkeypatch.setattr(time, "time", lambda: LOGGED_IN + after)
    client = browser(key, **cookies)
    assert client.get(address).status_code == 200
    assert client.session.session_key == key


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("SECRET_KEY", "another-key-that-signs-sessions-0123456789"),
        ("AUTHENTICATION_BACKENDS", ["django.contrib.auth.backends.ModelBackend"]),
        ("SESSION_COOKIE_NAME", "session"),
        ("SESSION_ENGINE", "django.contrib.sessions.backends.db"),
    ],
)
def test_what_would_log_everybody_out(upgraded, monkeypatch, settings, setting, value):
    monkeypatch.setattr(time, "time", lambda: LOGGED_IN + MINUTE)
    setattr(settings, setting, value)
    answer = browser("q2j0ccmhun3xe9gwqtlpftuii7ngxu6t").get("/my-data/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")
