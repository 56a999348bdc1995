"""The names under which work was queued before it moved, for what still waits at the update.

The next release has no such file.
"""

from .exchange.importing import check_import, write_import  # noqa: F401
