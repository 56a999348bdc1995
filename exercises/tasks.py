"""The former names of tasks, for those that are still queued when the app is updated.

This file can be removed in the release after that.
"""

from .exchange.importing import check_import, write_import  # noqa: F401
