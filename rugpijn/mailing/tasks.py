"""The name under which mail was queued before it moved, for what still waits at the update.

The next release has no such file.
"""

from .sending import deliver  # noqa: F401
