"""Backups: one encrypted file that holds the database and the media, and the way back from it.

`seal` is the envelope, `parcel` what is in it, `engines` how each database is copied and put
back, `make` and `restore` the two acts. The format stands in docs/backup-format.md.
"""


class BackupError(Exception):
    """It cannot be done; the message is a sentence for whoever runs the server, who reads English
    on the command line, as everywhere in manage.py."""
