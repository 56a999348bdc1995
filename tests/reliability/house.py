"""An installation of its own, with people in it, a server, and clients that wait for no one."""

import http.client
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

ROOT = Path(__file__).resolve().parent.parent.parent
PORT = int(os.environ.get("PORT", "8291"))
PATIENTS = 50


class House:
    """Data in a folder that is gone afterwards, and with DATABASE_URL in a database likewise."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="rugpijn-reliability-"))
        self.failed = False
        self.server = os.environ.get("DATABASE_URL", "")
        self.database = f"rugpijn_reliability_{os.getpid()}"
        os.environ.pop("DEBUG", None)
        os.environ.update(
            DJANGO_SETTINGS_MODULE="tests.reliability.settings",
            DATA_DIR=str(self.folder),
            SECRET_KEY=secrets.token_urlsafe(64),
            MFA_KEY=secrets.token_urlsafe(64),
            SITE_URL="https://localhost",
            EMAIL_URL="smtp://localhost:1",
            BACKUP_KEY="",
        )
        if self.server:
            self.ask_server(f'CREATE DATABASE "{self.database}" TEMPLATE template0')
            os.environ["DATABASE_URL"] = f"{self.server.rpartition('/')[0]}/{self.database}"

        self.environment = dict(os.environ)  # the tests' own changes it, for themselves

        import django

        django.setup()
        from django.db import connection

        self.is_sqlite = connection.vendor == "sqlite"
        self.file = Path(connection.settings_dict["NAME"]) if self.is_sqlite else None

    def ask_server(self, sql):
        import psycopg

        with psycopg.connect(self.server, autocommit=True) as server:
            server.execute(sql)

    def build(self):
        """The library, the cast of the tests, and fifty patients with a programme each."""
        from django.conf import settings
        from django.core.management import call_command
        from django.utils import translation

        translation.activate(settings.LANGUAGE_CODE)
        call_command("migrate", verbosity=0)
        call_command("load_library", verbosity=0)
        from patients.paper import handout

        from ..access.access_table import ROLES
        from ..access.access_world import build, session_of

        handout.render_pdf = lambda html: b"%PDF-1.7 " + html.encode()  # no press is measured here
        self.world = build()
        self.world.sessions = {role: session_of(self.world, role) for role in ROLES[:-1]}
        self.patients = [self._patient(number) for number in range(PATIENTS)]
        engine = "SQLite, journal " + self._journal() if self.is_sqlite else "PostgreSQL"
        print(f"{engine}; {os.cpu_count()} cores; Python {sys.version.split()[0]}", flush=True)

    def _journal(self) -> str:
        from django.db import connection

        with connection.cursor() as cursor:
            mode = cursor.execute("PRAGMA journal_mode").fetchone()[0]
            return f"{mode}, synchronous {cursor.execute('PRAGMA synchronous').fetchone()[0]}"

    def _patient(self, number) -> SimpleNamespace:
        from django.utils import timezone

        from exercises.models import Protocol
        from patients.models import Patient
        from patients.prescribing import authoring
        from rugpijn.models import User

        anna = self.world.anna
        user = User.objects.create_user(f"p{number}@mail.example", name=f"Patiënt {number}")
        patient = Patient.objects.create(
            name=user.name,
            user=user,
            practice=anna.practice,
            created_by=anna,
            birth_date="1960-01-01",
        )
        protocol = Protocol.objects.get(key="lage-rugpijn")
        programme = authoring.draft(patient=patient, by=anna, protocol=protocol)
        started = timezone.localdate() - timezone.timedelta(days=20)
        version = authoring.start(programme=programme, by=anna, on=started)
        return SimpleNamespace(
            user=user,
            uuid=str(patient.uuid),
            pk=patient.pk,
            programme=programme,
            lines=[str(line.uuid) for line in version.sheet.lines],
            sequence=0,
        )

    def say(self, title, figure, well, must=""):
        """One line: what it is, what it came to, and what it must be."""
        self.failed |= not well
        must = f"  (must be: {must})" if must else ""
        print(f"{'pass' if well else 'FAIL'}   {title}: {figure}{must}", flush=True)

    def close(self):
        from django.db import connections

        connections.close_all()

    @contextmanager
    def served(self, *before, threads=4, environment=None):
        """gunicorn as docs/examples/rugpijn.service starts it, in a process group of its own."""
        server = self.start(*before, threads=threads, environment=environment)
        try:
            self.wait()
            yield server
        finally:
            if server.poll() is None:
                os.killpg(server.pid, signal.SIGTERM)
            server.wait()

    def start(self, *before, threads=4, environment=None) -> subprocess.Popen:
        self.close()
        command = [
            *before,
            sys.executable,
            "-m",
            "gunicorn",
            "rugpijn.wsgi",
            "--bind",
            f"127.0.0.1:{PORT}",
            "--workers",
            "2",
            "--threads",
            str(threads),
            "--timeout",
            "60",
            "--worker-tmp-dir",
            "/dev/shm",  # noqa: S108  as in production
            "--logger-class",
            "rugpijn.operations.gunicorn_log.Logger",
        ]
        log = (self.folder / "server.log").open("ab")
        return subprocess.Popen(
            command,
            cwd=ROOT,
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            env=self.environment | (environment or {}),
        )

    def wait(self, seconds=60) -> float:
        """Until it answers; the seconds that took."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            try:
                if Caller("").get("/favicon.ico").status in (301, 302):
                    return time.monotonic() - began
            except OSError:
                time.sleep(0.05)
        raise SystemExit((self.folder / "server.log").read_text()[-3000:])

    def caller(self, user) -> "Caller":
        """Somebody who is logged in."""
        from django.test import Client

        from ..conftest import fresh_login

        client = Client()
        fresh_login(client, user)
        return Caller("; ".join(f"{name}={c.value}" for name, c in client.cookies.items()))

    def remove(self):
        self.close()
        shutil.rmtree(self.folder)
        if made := sys.modules.get("tests.environment"):
            shutil.rmtree(made.DATA_DIR)
        if self.server:
            self.ask_server(f'DROP DATABASE "{self.database}" WITH (FORCE)')


@dataclass
class Answer:
    status: int
    headers: dict
    body: bytes


TOKEN = "t" * 32


class Caller:
    """A browser that keeps its connection, as far as the server lets it."""

    def __init__(self, cookies: str):
        from django.conf import settings

        self.cookies = f"{cookies}; {settings.CSRF_COOKIE_NAME}={TOKEN}"
        self.connection = None

    def get(self, path, **headers) -> Answer:
        return self.ask("GET", path, None, headers)

    def post(self, path, body: str, kind="application/json", **headers) -> Answer:
        return self.ask("POST", path, body.encode(), {"Content-Type": kind, **headers})

    def ask(self, method, path, body, headers) -> Answer:
        headers = {"Host": "localhost", "Cookie": self.cookies, "X-CSRFToken": TOKEN, **headers}
        fresh = self.connection is None
        if fresh:
            self.connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=90)
        try:
            self.connection.request(method, path, body, headers)
            response = self.connection.getresponse()
            answer = Answer(response.status, dict(response.headers), response.read())
        except (OSError, http.client.HTTPException) as error:
            self.connection.close()
            self.connection = None
            if not fresh:  # one that stood idle and was closed meanwhile, as browsers know it
                return self.ask(method, path, body, headers)
            raise ConnectionError(str(error)) from error
        if response.will_close:
            self.connection.close()
            self.connection = None
        return answer


def message(patient, *, operation=None, moment=1, pain="2", line=0, sequence=None) -> str:
    """One act of a patient, as a telephone sends it."""
    from django.utils import timezone

    now = timezone.now().isoformat()
    act = {
        "operation": operation or str(uuid.uuid4()),
        "programme": str(patient.programme.uuid),
        "version": 1,
        "line": patient.lines[line],
        "day": timezone.localdate().isoformat(),
        "moment": str(moment),
        "done": "1",
        "pain": pain,
        "sequence": sequence or 1,
        "performed_at": now,
    }
    return json.dumps({"patient": patient.uuid, "now": now, "acts": [act]})


def status_of(answer: Answer) -> str:
    """What became of the act; "" when nothing was acknowledged."""
    return json.loads(answer.body)["results"][0]["status"] if answer.status == 200 else ""


def stored() -> set[str]:
    from patients.models import SessionLog

    return {str(each) for each in SessionLog.objects.values_list("operation", flat=True)}


def percentile(values, share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def is_sound() -> bool:
    """Whether the database says of itself that it is whole."""
    from django.db import connection

    connection.check_constraints()
    if connection.vendor != "sqlite":
        return True
    with connection.cursor() as cursor:
        return cursor.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
