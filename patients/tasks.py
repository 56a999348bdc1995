"""What the worker does in the background."""

from django_tasks import task

from . import handout, press
from .models import Version


@task
def render_handout(version_uuid: str) -> bool:
    """Print a version ahead; False when it is gone or printing is switched off here."""
    version = Version.objects.filter(uuid=version_uuid).first()
    if version is None or press.problem() is not None:
        return False
    handout.stored(version)
    return True
