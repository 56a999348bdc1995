"""Parts that meet a full disk: the cache, files, the worker, commands.

tests/forms/test_full_disk.py walks every address.
"""

import errno
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import OperationalError, transaction
from django.urls import reverse

from rugpijn.management.commands.worker import PatientWorker
from rugpijn.web import rates, unavailable
from tests.conftest import PASSWORD

from ...forms.disk import DriverError, ask, full

pytestmark = pytest.mark.django_db


def test_a_ceiling_that_cannot_be_counted_is_no_refusal(client, cast):
    """Not “too often”, and no login that nobody counted."""
    typed = {"login": "piet@mail.example", "password": PASSWORD}
    answer = ask(client.post, reverse("account_login"), data=typed)
    assert (answer.status_code, answer["Retry-After"]) == (503, str(unavailable.FULL_SECONDS))
    with pytest.raises(OperationalError), full(), transaction.atomic():
        rates.allows("pdf", "somebody")


def test_the_cache_still_does_what_a_cache_does():
    cache.set("a", 1, timeout=60)
    assert not cache.add("a", 2) and cache.get("a") == 1
    assert cache.incr("a") == 2 and cache.touch("a", 60) and not cache.touch("b", 60)
    cache.set("a", 3, timeout=-1)
    assert cache.get("a") is None and cache.add("a", 4) and cache.get("a") == 4
    cache.set("a", 5, timeout=-1)
    assert cache.add("a", 6, timeout=None) and cache.get("a") == 6
    for number in range(350):
        cache.set(f"many{number}", number)
    assert cache.get("many349") == 349


class Full(ContentFile):
    def chunks(self, chunk_size=None):
        yield b"half of it"
        raise OSError(errno.ENOSPC, "No space left on device")


def test_no_half_file_stays(settings):
    kept = default_storage.save("logos/whole.png", ContentFile(b"whole"))
    for name in ("logos/half.png", "logos/whole.png"):
        with pytest.raises(OSError, match="No space"):
            default_storage.save(name, Full(b""))
    folder = Path(settings.MEDIA_ROOT) / "logos"
    assert [path.read_bytes() for path in folder.glob("*.png")] == [b"whole"]
    default_storage.delete(kept)


def test_a_worker_outlives_a_disk_that_cannot_be_written(monkeypatch):
    """Its sign of life is a file; on a disk that is read-only for a while it waits."""
    worker = PatientWorker(
        queue_names=["*"],
        excluded_queue_names=[],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id="w",
    )
    tries = []

    def beat():
        tries.append(1)
        if len(tries) == 2:
            raise OSError(errno.EROFS, "Read-only file system")

    def run():
        if worker.running and len(tries) > 3:
            worker.running = False

    monkeypatch.setattr("rugpijn.operations.health.beat", beat)
    monkeypatch.setattr(worker, "run", run)
    monkeypatch.setattr(worker.stopped, "wait", lambda seconds: None)
    worker.run_for_ever()
    assert len(tries) > 3


@pytest.mark.parametrize(
    ("error", "said"),
    [(OSError(errno.ENOSPC, "No space left"), "There is no room left"), (KeyError("x"), "")],
)
def test_a_command_says_it_in_a_sentence(error, said):
    assert unavailable.sentence(error).startswith(said) and bool(
        unavailable.sentence(error)
    ) == bool(said)


def test_an_error_that_follows_from_a_full_disk_is_one():
    """SQLite ends the transaction by itself, and taking it back fails next."""
    try:
        try:
            raise OperationalError("database or disk is full") from DriverError()
        except OperationalError:
            cause = type("Driver", (Exception,), {"sqlite_errorname": "SQLITE_ERROR"})()
            raise OperationalError("cannot rollback - no transaction is active") from cause
    except OperationalError as error:
        assert unavailable.kind(error) == "full"
