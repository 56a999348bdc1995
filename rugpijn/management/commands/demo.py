"""The demo: `make run` starts it.

One process migrates, fills the demo clinic and serves it, because starting Django once is three
times as fast as starting it for each step. The code is not reloaded: stop the demo and start it
again after a change.

This command puts everything together, so it may import from patients.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.core.servers import basehttp
from django.core.wsgi import get_wsgi_application
from django.db import OperationalError, connection
from django.utils import translation

from patients.management.commands.seed_demo import PASSWORD
from patients.paper import press
from rugpijn.login import totp
from rugpijn.models import User

from ...database.sqlite import may_be_made

HOST = "localhost"  # and not 127.0.0.1: browsers refuse passkeys on a bare number
LOGINS = [  # as DESIGN fixes them
    ("therapist@demo.example", "/admin/"),
    ("owner@demo.example", "/admin/"),
    ("patient@demo.example", "/"),
    ("therapist2@demo.example", "/admin/"),
    ("patient2@demo.example", "/"),
    ("root@demo.example", "/admin/"),
]


class Command(BaseCommand):
    help = "Fill a demo clinic with made-up people and serve it on this computer. Needs DEBUG."
    requires_system_checks = ()  # they cost a second of each start; `make check` runs them

    def add_arguments(self, parser):
        parser.add_argument(
            "--port", type=int, default=os.environ.get("PORT") or 8000, help="default: PORT or 8000"
        )

    def handle(self, *, port, **options):
        if not settings.DEBUG:
            raise CommandError("The demo has known passwords: it runs with DEBUG=1 only.")
        refuse_taken_port(port)
        self.port, self.address = port, f"http://{HOST}:{port}"
        # Links on paper and in mail lead to this server, in the worker's handouts too.
        settings.SITE_URL = os.environ["SITE_URL"] = self.address
        settings.CSRF_TRUSTED_ORIGINS = [self.address]
        self.fill()
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        worker = start_worker()
        try:
            basehttp.run(HOST, port, get_wsgi_application(), threading=True, on_bind=self.say_where)
        except KeyboardInterrupt:
            self.stdout.write("\nStopped.")
        finally:
            stop_worker(worker)

    def fill(self):
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        try:
            with may_be_made():
                connection.ensure_connection()
        except OperationalError as error:
            raise CommandError(f"The database does not answer: {error}") from error
        self.stdout.write("Preparing the database, the library and the demo clinic …")
        call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
        call_command("load_library", verbosity=0, skip_checks=True)
        call_command("seed_demo", verbosity=0, skip_checks=True)

    def say_where(self, _port):
        people = {
            user.email or user.login_code: user for user in User.objects.select_related("practice")
        }
        rows = [(login, page) for login, page in LOGINS if login in people]
        rows += [(code, "/") for code in people if "@" not in code]
        lines = ["", f"  Rugpijn runs at  {self.address}", ""]
        for login, page in rows:
            user = people[login]
            who = [user.name, user.role, *([str(user.practice)] if user.practice_id else [])]
            lines.append(f"  {login:<25} {', '.join(who):<52} {self.address}{page}")
        lines += ["", f"  Password of each of them:  {PASSWORD}"]
        if code := totp.demo_code():
            lines += [f"  Second step of staff:      {code}"]
        with translation.override("en"):
            problem = press.problem()
        if problem:
            lines += ["", f"  {problem}", f"  To switch it on:  {press.INSTALL}"]
        lines += ["", "  No code reloader: stop with Ctrl-C, and start again after a change.", ""]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()


def refuse_taken_port(port):
    with contextlib.closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server itself does
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError) as error:
            raise CommandError(
                f"Port {port} cannot be used: {error}. Another one: make run PORT=8001"
            ) from error


def start_worker():
    """Start the worker in a session of its own, so that Ctrl-C reaches this process only. The
    worker ends when our pipe closes."""
    return subprocess.Popen(
        [sys.executable, "manage.py", "worker", "--with-parent", "--verbosity=0"],
        cwd=settings.BASE_DIR,
        stdin=subprocess.PIPE,
        start_new_session=True,
    )


def stop_worker(worker):
    """Give the worker as long to finish as one handout takes, and then stop it."""
    worker.stdin.close()
    try:
        worker.wait(timeout=10)
    except subprocess.TimeoutExpired:
        worker.kill()
