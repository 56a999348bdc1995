"""Commands of the project, run as in a shell."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def run(*command, cwd=ROOT, **settings):
    """Our own Python in a fresh process, with these settings and no others."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, *command],
        cwd=cwd,
        env=inherited | settings,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def practice_settings(folder, **changes):
    """What a practice sets for real."""
    return {
        "SECRET_KEY": secrets.token_urlsafe(64),
        "MFA_KEY": secrets.token_urlsafe(64),
        "SITE_URL": "https://rugpijn.example",
        "ALLOWED_HOSTS": "rugpijn.example",
        "DATA_DIR": str(folder / "data"),
        "BACKUP_KEY": "rugpijn-public-wEN02jayIYsbvJRx4w3SHoDfSejutD2F0pxrExPoEkA=",
    } | changes
