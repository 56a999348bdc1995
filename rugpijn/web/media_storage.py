"""Stores files of the media folder, such as a practice's logo: whole or not at all."""

from django.core.files.storage import FileSystemStorage


class WholeFileStorage(FileSystemStorage):
    """Removes an unfinished file when the disk is full. Django would leave it."""

    def _save(self, name, content):
        was_there = self.exists(name)
        try:
            return super()._save(name, content)
        except OSError:
            if not was_there:
                self.delete(name)
            raise
