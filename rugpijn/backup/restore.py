"""Restoring a backup: everything is unpacked and checked before anything is changed.

What was there before is moved aside, and is put back when a step fails.
"""

import json
import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from .. import hooks
from . import BackupError, engines, left_behind, parcel, seal
from .make import ASIDE, STAMP, workspace


@dataclass(frozen=True)
class Restored:
    """What was restored, for the functions that run after a restore."""

    made_at: datetime
    rows: int
    aside: Path | None  # the folder with the replaced data; None when there was no data


def check(file: Path, private: str) -> tuple[parcel.About, parcel.Origin]:
    """Read a backup to its end and check every byte. Changes nothing."""
    with _opened(file) as opened:
        return parcel.unpack(seal.Opener(opened, private=private), None)


def restore(
    file: Path,
    private: str,
    *,
    replace: bool = False,
    migrate: bool = False,
    from_elsewhere: bool = False,
) -> tuple[Restored, list[str]]:
    """Replace the database and the media of this installation by a backup.

    Returns what was restored, and sentences about what the apps did afterwards.
    """
    engine, media = engines.of_this_installation(), Path(settings.MEDIA_ROOT)
    if engine.busy():
        raise BackupError("The app is running. Stop it first, and its worker.")
    undo()
    there = engine.occupied() or (media.exists() and any(media.rglob("*")))
    if there and not replace:
        raise BackupError("There is data here. Type --replace to put it aside and go on.")

    def accept(about: parcel.About) -> None:
        _refuse_other_engine(about, engine.name)
        _refuse_other_schema(about, migrate)

    with workspace() as folder:
        with _opened(file) as opened:
            about, origin = parcel.unpack(seal.Opener(opened, private=private), folder, accept)
        if origin is not parcel.Origin.OURS and not from_elsewhere:
            raise BackupError(
                f"This backup is {origin.value}. Whoever has BACKUP_KEY can make one. Do you know "
                "where it comes from? Then add --from-elsewhere."
            )
        engine.check(folder / parcel.DATABASE, about.rows)
        aside = engines.data_folder() / f"{ASIDE}{timezone.now().astimezone(UTC):{STAMP}}"
        aside.mkdir(mode=0o700)
        if engine.name == "postgresql" and engine.occupied():
            _keep_dump(engine, aside)
        _begin(aside, database=engine.occupied(), media=media.exists())
        try:
            _swap_media(folder / parcel.MEDIA, media, aside)
            engine.put(folder / parcel.DATABASE, aside)
            if migrate:
                call_command("migrate", interactive=False, verbosity=0)
            restored = Restored(
                datetime.fromisoformat(about.made_at),
                sum(about.rows.values()),
                aside if there else None,
            )
            sentences = [sentence for act in hooks.after_restore if (sentence := act(restored))]
            connection.check_constraints()
        except BaseException:
            undo()
            raise
        _end()
        engine.settle()
        connections.close_all()
    if not there:
        shutil.rmtree(aside)
    return restored, sentences


def undo() -> bool:
    """Put back what an interrupted restore had moved away. Returns whether there was such a
    restore.

    It may itself be interrupted, and run again. When no restore was interrupted, the part of the
    old database that the last restore kept until its end is removed.
    """
    engine, media = engines.of_this_installation(), Path(settings.MEDIA_ROOT)
    begun = left_behind.unfinished()
    if begun is None:
        engine.settle()
        return False
    aside = settings.DATA_DIR / begun["aside"]
    engine.put_back(aside, was_there=begun["database"])
    _media_back(media, aside, was_there=begun["media"])
    _end()
    shutil.rmtree(aside, ignore_errors=True)
    return True


def _begin(aside: Path, **was_there: bool) -> None:
    """Stop the app from starting until the restore is done or undone."""
    mark = settings.DATA_DIR / left_behind.RESTORING
    with open(os.open(mark, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump({"aside": aside.name, **was_there}, file)
        file.flush()
        os.fsync(file.fileno())
    engines.sync_folder(mark.parent)


def _end() -> None:
    (settings.DATA_DIR / left_behind.RESTORING).unlink()
    engines.sync_folder(settings.DATA_DIR)


def _keep_dump(engine, aside: Path) -> None:
    """Keep a dump of the database that is replaced, when it is not a file."""
    dumped, _migrations, _rows = engine.dump(aside)
    path = aside / parcel.DATABASE
    with dumped, open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as kept:
        dumped.seek(0)
        shutil.copyfileobj(dumped, kept)


def _opened(file: Path):
    try:
        return file.open("rb")
    except OSError as error:
        raise BackupError(f"{file}: {error.strerror}") from error


def _refuse_other_engine(about: parcel.About, here: str) -> None:
    if about.engine != here:
        raise BackupError(f"This is a backup of {about.engine}, and DATABASE_URL says {here}.")


def _refuse_other_schema(about: parcel.About, migrate: bool) -> None:
    """Refuse a newer schema, whose rows the app cannot read, and an older one unless it was asked
    for."""
    known = set(MigrationLoader(None).disk_migrations)
    applied = {tuple(each) for each in about.migrations}
    if newer := applied - known:
        app, name = sorted(newer)[0]
        raise BackupError(
            (
                "This backup is of a newer version of Rugpijn ({version}; {migration} is not "
                "known here). Install that version first."
            ).format(version=about.version, migration=f"{app}.{name}")
        )
    if (older := known - applied) and not migrate:
        app, name = sorted(older)[0]
        raise BackupError(
            (
                "This backup is of an older version of Rugpijn ({version}; it lacks "
                "{migration}). Type --migrate to bring it up to date after restoring it."
            ).format(version=about.version, migration=f"{app}.{name}")
        )


def _swap_media(unpacked: Path, media: Path, aside: Path) -> None:
    if media.exists():
        os.replace(media, aside / "media")
    os.replace(unpacked, media)
    engines.sync_folder(media.parent)


def _media_back(media: Path, aside: Path, *, was_there: bool) -> None:
    if (aside / "media").exists() or not was_there:
        shutil.rmtree(media, ignore_errors=True)
    if (aside / "media").exists():
        os.replace(aside / "media", media)
