"""A disk that is really full, and one that cannot be written: what every address then says.

The installation stands on a small tmpfs, which is filled to its last byte. A page that needs no
write is read; everything else is 503 in words, never 400, 429 or 500, and nothing is acknowledged
that was not stored.
"""

import io
import json
import random
import shutil
import subprocess
import tempfile
from contextlib import ExitStack, contextmanager, nullcontext
from itertools import product
from pathlib import Path
from types import SimpleNamespace

from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from PIL import Image

from rugpijn.web.unavailable import FULL_SECONDS

from ..access.access_table import NAMES, POSTS, ROLES, TABLE, is_denied
from ..access.access_world import client_for, data_for
from ..exercises.media.uploads import upload
from .house import Answer, Caller, House, message, status_of

SPARE_MEGABYTES = 8  # on the tmpfs, before it is filled
WELL = {200, 204, 301, 302, 304, 401, 403, 404, 405, 410}
A_MINUTE = 61  # seconds: then a page also writes down that somebody was seen
STEP = 6  # in short: every so many
# Acts that come after another act, which was not done here, and an erasure without its ledger.
SAYS_NO_ITSELF = {
    "admin:patients_programme_resume",
    "admin:patients_programme_reopen",
    "admin:patients_programme_again",
    "admin:patients_patient_readmit",
    "admin:patients_data_patient",
}
UPLOADS = (
    ("admin:rugpijn_practice_change", "els", "logo", "png"),
    ("admin:exercises_exercise_film", "anna", "film", "mp4"),
)


def run(house: House, short: bool) -> None:
    if not house.is_sqlite:
        print("skip   full disk: PostgreSQL's own disk is not ours to fill")
        return
    house.world.pause = SimpleNamespace(pk=1)  # of an act that is refused here
    for trouble in (_filled, _read_only):
        with _small_disk(house) as disk:
            if disk is None:
                print("skip   full disk: only root can mount a tmpfs", flush=True)
                return
            _walk(house, short, disk, trouble)


@contextmanager
def _small_disk(house: House):
    """A tmpfs a little larger than the house's data; None where that is not allowed."""
    house.close()
    size = sum(path.stat().st_size for path in house.folder.rglob("*") if path.is_file())
    folder = Path(tempfile.mkdtemp(prefix="rugpijn-full-"))
    bytes_ = size + SPARE_MEGABYTES * 1024 * 1024
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={bytes_},mode=0700", "tmpfs", str(folder)],
        check=False,
        capture_output=True,
    )
    try:
        if mounted.returncode:
            yield None
            return
        for name in (house.file.name, "media"):
            if (source := house.folder / name).is_dir():
                shutil.copytree(source, folder / name)
            elif source.exists():
                shutil.copy2(source, folder / name)
        yield folder
    finally:
        if not mounted.returncode:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)
        folder.rmdir()


@contextmanager
def _filled(disk: Path):
    """Not one byte is left. Temporary files of the server go to the same disk."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for piece in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    file.write(b"x" * piece)
            except OSError:
                continue
    try:
        yield
    finally:
        ballast.unlink()


@contextmanager
def _read_only(disk: Path):
    """As a disk with an error is mounted anew by the system."""
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    try:
        yield
    finally:
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)


def _walk(house: House, short: bool, disk: Path, trouble) -> None:
    what = trouble.__name__.strip("_").replace("_", "-")
    callers = {role: Caller(_cookies(house, role)) for role in ROLES}
    late = {role: Caller(_cookies(house, role, ago=A_MINUTE)) for role in ROLES}
    patient = house.patients[0]
    telephone = house.caller(patient.user)
    house.close()
    shutil.copy2(house.file, disk / house.file.name)
    (temporary := disk / "tmp").mkdir(exist_ok=True)
    environment = {"DATA_DIR": str(disk), "TMPDIR": str(temporary)}
    before, number = _files(disk), 0
    wrong, mute, taken, asked = [], [], [], list(_asked())[:: STEP if short else 1]
    with ExitStack() as stack:
        if trouble is _read_only:  # before the server has files open there
            stack.enter_context(trouble(disk))
        stack.enter_context(house.served(environment=environment))
        with nullcontext() if trouble is _read_only else trouble(disk):
            for who, (name, method, role) in product((callers, late), asked):
                if who is late and method == "POST":
                    continue  # was refused already
                number += 1
                answer = _ask(house, who[role], name, method)
                if answer.status == 503 and not _in_words(answer):
                    mute.append((role, method, name))
                elif method == "POST" and answer.status != 503 and name not in SAYS_NO_ITSELF:
                    taken.append((role, name, answer.status))
                elif answer.status not in WELL | {503} and not _asks_too_little(name, role, answer):
                    wrong.append((role, method, name, answer.status))
            uploads = [_upload(house, callers, *each) for each in UPLOADS]
            act = telephone.post("/sync/", message(patient))
            shared = callers["nobody"].get(house.world.address("patients:share_page")).status
            health = callers["nobody"].get("/healthz").status
        house.say(f"{what}, {number} requests, 400, 429 or 500", wrong or 0, not wrong, 0)
        house.say(f"{what}, {number} requests, 503 without words", mute or 0, not mute, 0)
        house.say(f"{what}, acts that were taken", taken or 0, not taken, 0)
        well = uploads == [503] * len(UPLOADS)
        house.say(f"{what}, a logo, and a film of 3 MB", uploads, well, "503 in words")
        told = act.status == 503 and json.loads(act.body).get("error") == "full"
        house.say(f"{what}, a telephone's queue", act.status, told, "503 as JSON")
        house.say(f"{what}, the page behind the code on paper", shared, shared == 200, 200)
        house.say(f"{what}, /healthz", health, health == 503, 503)
        if trouble is not _read_only:
            after = status_of(telephone.post("/sync/", message(patient)))
            house.say(f"{what}, and then room again", after, after == "stored", "stored, no repair")
    left = sorted(_files(disk) - before)  # now that the server has let go of its files
    house.say(f"{what}, files left behind", left or 0, not left, 0)


def _asks_too_little(name: str, role: str, answer: Answer) -> bool:
    """An address that says 400 on a good day too, to a question without its words."""
    return str(answer.status) == TABLE[name][ROLES.index(role)]


def _files(disk: Path) -> set[str]:
    """But for locks of the press, which are empty, and its children's own folders."""
    found = (str(path.relative_to(disk)) for path in disk.rglob("*") if path.is_file())
    fine = ("printing/", "tmp/rugpijn-print-", "ballast", "erased.jsonl")  # the last: empty
    return {name for name in found if not name.startswith(fine)}


def _cookies(house: House, role: str, ago: int = 0) -> str:
    client = client_for(house.world, role, ago)
    return "; ".join(f"{name}={cookie.value}" for name, cookie in client.cookies.items())


def _asked():
    """Every address as every role, and each act as those who may do it."""
    for name in NAMES:
        for role in ROLES:
            yield name, "GET", role
    for name, row in POSTS.items():
        for role, expected in zip(ROLES, row, strict=True):
            if not is_denied(expected, role):
                yield name, "POST", role


def _ask(house: House, caller: Caller, name: str, method: str) -> Answer:
    address = house.world.address(name)
    if method == "GET":
        return caller.get(address)
    data = data_for(house.world, name)
    if name == "patients:sync":
        return caller.post(address, json.dumps(data))
    return caller.ask(
        "POST", address, encode_multipart(BOUNDARY, data), {"Content-Type": MULTIPART_CONTENT}
    )


def _upload(house: House, callers: dict, name: str, role: str, field: str, kind: str) -> int:
    """The status, when it came in words. Larger than what is held in memory: on disk at once."""
    data = data_for(house.world, name)
    data[field] = upload(_picture() if kind == "png" else b"\0" * 3_000_000, f"sent.{kind}")
    body = encode_multipart(BOUNDARY, data)
    headers = {"Content-Type": MULTIPART_CONTENT}
    answer = callers[role].ask("POST", house.world.address(name), body, headers)
    return answer.status if _in_words(answer) else 0


def _picture() -> bytes:
    """One that does not become small: 200 by 200 points of every colour."""
    noise, file = random.Random(4).randbytes(200 * 200 * 3), io.BytesIO()
    Image.frombytes("RGB", (200, 200), noise).save(file, "PNG")
    return file.getvalue()


def _in_words(answer: Answer) -> bool:
    """A page or JSON that says it, with the headers of every answer, and when to try again."""
    if answer.headers.get("Content-Type", "").startswith("application/json"):
        said = json.loads(answer.body)
        if "status" in said:  # of /healthz, which a machine asks
            return True
        words = "error" in said
    else:
        words = b"<h1" in answer.body and b"Traceback" not in answer.body
    full = answer.headers.get("Retry-After") == str(FULL_SECONDS)
    return words and full and "Content-Security-Policy" in answer.headers
