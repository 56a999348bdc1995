"""Files of the media folder, such as a practice's logo: whole, or not there at all."""

from django.core.files.storage import FileSystemStorage


class WholeFileStorage(FileSystemStorage):
    """Removes what it began to write when the disk took no more. Django leaves the piece."""

    def _save(self, name, content):
        was_there = self.exists(name)
        try:
            return super()._save(name, content)
        except OSError:
            if not was_there:
                self.delete(name)
            raise
