"""The names under which work was queued before it moved, for what still waits at the update.

The next release has no such file.
"""

from .contact.messages import tell_patient  # noqa: F401
from .paper.batches import print_batch  # noqa: F401
from .paper.handout import render_handout  # noqa: F401
from .privacy.data_export import make_export  # noqa: F401
