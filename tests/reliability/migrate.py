"""An upgrade that is killed in the middle of a migration, and simply started again."""

import subprocess
import sys

from .house import ROOT, House

FROM = ["patients", "0009"]  # some migrations before the last
KILLED = """
import os, signal, sys, django
django.setup()
from django.core.management import call_command
from django.db import connection
left = int(sys.argv[1])
def count(execute, sql, params, many, context):
    global left
    if not sql.startswith("SELECT"):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
    return execute(sql, params, many, context)
with connection.execute_wrapper(count):
    call_command("migrate", verbosity=0)
"""
COUNT = """
import django
django.setup()
from django.apps import apps
from django.core.management import call_command
call_command("migrate", check_unapplied=True, verbosity=0)
from django.db import connection
connection.check_constraints()
print([(m.__name__, m.objects.count()) for m in apps.get_app_config("exercises").get_models()])
"""


def run(house: House, short: bool) -> None:
    environment = dict(house.environment)
    if house.is_sqlite:
        environment["DATABASE_URL"] = f"sqlite:///{house.folder / 'older.sqlite3'}"
    else:
        house.ask_server(f'CREATE DATABASE "{house.database}_older" TEMPLATE template0')
        environment["DATABASE_URL"] += "_older"

    def ask(*command) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    manage = "manage.py"
    ask(manage, "migrate", "--verbosity=0")
    ask(manage, "load_library", "--verbosity=0")
    before, killed, after = ask("-c", COUNT).stdout, 0, set()
    for statement in (5,) if short else (1, 2, 3, 5, 8, 13, 21):
        ask(manage, "migrate", *FROM, "--verbosity=0")
        killed += ask("-c", KILLED, str(statement)).returncode == -9
        again = ask(manage, "migrate", "--verbosity=0")
        counted = ask("-c", COUNT)
        after.add(counted.stdout if not again.returncode else again.stderr[-300:])
    house.say("migration, killed in the middle", f"{killed} times", killed > 0, "at least once")
    well = after == {before} and before.startswith("[")
    house.say("migration, started again", "whole" if well else after, well, "whole, all rows there")
    if not house.is_sqlite:
        house.ask_server(f'DROP DATABASE "{house.database}_older" WITH (FORCE)')
