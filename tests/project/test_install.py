"""docs/install.md, followed: its settings and its commands leave no warning."""

import os
import re
import secrets
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
INSTALL = (ROOT / "docs" / "install.md").read_text()
EXAMPLE = ROOT / "docs" / "examples" / "env.example"


def settings_of(folder: Path) -> dict[str, str]:
    """env.example with keys, as somebody fills it in."""
    words = EXAMPLE.read_text()
    words = re.sub(
        r"^(\w+_KEY)=$", lambda m: f"{m[1]}={secrets.token_urlsafe(64)}", words, flags=re.M
    )
    words = words.replace("/var/lib/rugpijn", str(folder))
    return dict(re.findall(r"^(\w+)=(.*)$", words, flags=re.M))


def manage(settings: dict[str, str], *words: str) -> str:
    plain = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **settings}
    asked = [sys.executable, "manage.py", *words]
    done = subprocess.run(asked, cwd=ROOT, env=plain, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def test_the_settings_of_the_example_leave_no_warning(tmp_path):
    folder = tmp_path / "rugpijn"
    folder.mkdir(mode=0o700)
    settings = settings_of(folder)
    said = manage(settings, "backup_key", str(folder / "backup-private"))
    settings["BACKUP_KEY"] = re.search(r"BACKUP_KEY=(\S+)", said)[1]
    told = manage(settings, "check", "--deploy", "--fail-level", "WARNING")
    assert "no issues" in told


def test_what_is_checked_was_made_before():
    """In the order of the page: the key for backups, and then the question whether all is well."""
    typed = re.findall(r"^rugpijn (.+)$", INSTALL, flags=re.M)
    assert typed.index("check --deploy") > typed.index("backup_key /var/lib/rugpijn/backup-private")
    assert typed.index("check --deploy") > typed.index("migrate")
