"""The photos and films of a programme, for its patient and therapists.

They are asked for by digest, and given only when that is in a sheet of this programme.
"""

from django.http import Http404
from django.views.decorators.http import require_safe

from exercises.media import serving
from rugpijn import audit

from ...access import find
from ...models import Programme
from ...sheet import Sheet


@require_safe
def programme_media(request, uuid, digest):
    """A photo or film of any version of this programme, or of its draft."""
    programmes = Programme.objects.select_related("patient__practice")
    programme = find(request, programmes, uuid=uuid)
    medium = serving.find(digest) if _is_shown(programme, digest) else None
    if medium is None:
        raise Http404
    own = programme.patient.user_id == request.user.pk
    if not own and serving.begins(request, medium):
        audit.record(request, "read film", programme.patient, thing=programme)
    return serving.answer(request, medium)


def _is_shown(programme: Programme, digest: str) -> bool:
    """Whether a sheet of this programme has it. The newest, which nearly always does, is first."""
    contents = programme.versions.order_by("-number").values_list("content", flat=True)
    if any(digest in Sheet.from_json(content).media() for content in contents.iterator(1)):
        return True
    return programme.is_draft and digest in Sheet.of(programme).media()
