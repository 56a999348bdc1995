"""Backups: one encrypted file with the database and the media, and its restore.

`seal` encrypts, `parcel` packs the contents, `engines` copies and restores each kind of database,
and `make` and `restore` do the two acts. docs/backup-format.md describes the format.
"""


class BackupError(Exception):
    """The act cannot be done. The message is an English sentence for whoever runs the server, as
    all messages of manage.py are."""
