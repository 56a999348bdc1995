"""The name under which mail was queued before it moved, for work that is still queued at the
update.

The next release will not have this file.
"""

from .sending import deliver  # noqa: F401
