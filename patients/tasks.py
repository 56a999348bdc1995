"""The old names of tasks, for tasks that are still queued when the app is upgraded.

This file is removed in the next release.
"""

from .contact.messages import tell_patient  # noqa: F401
from .paper.batches import print_batch  # noqa: F401
from .paper.handout import render_handout  # noqa: F401
from .privacy.data_export import make_export  # noqa: F401
