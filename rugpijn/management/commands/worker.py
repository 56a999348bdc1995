"""Runs the background tasks: handouts that are printed in advance, and mail.

django-tasks-db has its own worker, `db_worker`. This one differs in five ways: it survives a
database that is away for a while, a signal never drops a task that was just claimed, it can end
with the process that started it, it leaves a sign of life for `manage.py health`, and it does not
reload code.
"""

import logging
import os
import signal
import threading
import time

from django.core.management.base import BaseCommand
from django.db import Error, connections
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker, valid_interval

from ...operations import health
from ...operations.checks import refuse_half_restore
from ...web import unavailable

logger = logging.getLogger("rugpijn.worker")

FIRST_WAIT, LONGEST_WAIT = 1, 30  # seconds before the database is tried again


class PatientWorker(Worker):
    """Stops between two tasks. The original stops at once when it is outside a task, which may be
    just after it claimed one; that task would never run."""

    def __init__(self, **options):
        self.stopped = threading.Event()
        super().__init__(**options)

    @property
    def running(self) -> bool:
        """Whether to go on. It is asked before each look at the queue, so it also records that the
        worker is alive."""
        health.beat()
        return self._running

    @running.setter
    def running(self, value: bool) -> None:
        self._running = value

    def shutdown(self, signum, frame):
        if not self.running:  # asked twice: now it is urgent
            self.reset_signals()
            raise SystemExit(1)
        logger.info("%s: stopping after the current task.", signal.strsignal(signum))
        self.running = False
        self.stopped.set()

    def run_for_ever(self):
        """Run until told to stop. When the database is away, try again with growing pauses."""
        wait = FIRST_WAIT
        while self.running:
            began = time.monotonic()
            try:
                self.run()
            except (Error, OSError) as error:
                if isinstance(error, OSError) and not unavailable.kind(error):
                    raise
                if time.monotonic() - began > LONGEST_WAIT:
                    wait = FIRST_WAIT  # it worked for a while: a new trouble, not the old one
                logger.warning(
                    "The database or the disk does not answer (%s). Again in %s s.", error, wait
                )
                connections.close_all()
                self.stopped.wait(wait)
                wait = min(2 * wait, LONGEST_WAIT)


class Command(BaseCommand):
    help = "Run background tasks until told to stop; a task that has begun is finished first."

    def add_arguments(self, parser):
        parser.add_argument(
            "--once", action="store_true", help="Run the tasks that are waiting, then stop."
        )
        parser.add_argument(
            "--interval",
            type=valid_interval,
            default=1,
            help="Seconds between two looks at an empty queue (default: %(default)s).",
        )
        parser.add_argument(
            "--with-parent",
            action="store_true",
            help="Stop when standard input closes: when the process that started this one is gone.",
        )

    def handle(self, *, once, interval, with_parent, verbosity, **options):
        refuse_half_restore()
        if verbosity == 0:
            for name in ("rugpijn.worker", "django_tasks", "django_tasks_db"):
                logging.getLogger(name).setLevel(logging.WARNING)
        worker = PatientWorker(
            queue_names=["*"],
            excluded_queue_names=[],
            interval=interval,
            batch=once,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(32),
        )
        if once:
            worker.run()
            return
        worker.configure_signals()
        if with_parent:
            threading.Thread(target=_stop_with_parent, daemon=True).start()
        worker.run_for_ever()


def _stop_with_parent():
    """Wait until the other end of standard input is closed, then stop as after a signal."""
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
