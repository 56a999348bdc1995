"""Photos and films of a programme: for its people, and for whoever holds the paper.

A digest alone opens nothing. It must stand on a sheet of that programme; on paper, on the sheet
of that version.
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
    """What a version of this programme shows; of a draft, what it would show."""
    programmes = Programme.objects.select_related("patient__practice")
    programme = find(request, programmes, uuid=uuid)
    found = serving.find(digest) if _is_shown(programme, digest) else None
    if found is None:
        raise Http404
    own = programme.patient.user_id == request.user.pk
    if not own and serving.begins(request, found):
        audit.record(request, "read film", programme.patient, thing=programme)
    return serving.answer(request, found)


def _is_shown(programme: Programme, digest: str) -> bool:
    """Newest first: what is asked for stands nearly always on the sheet of today."""
    contents = programme.versions.order_by("-number").values_list("content", flat=True)
    if any(digest in Sheet.from_json(content).media() for content in contents.iterator(1)):
        return True
    return programme.is_draft and digest in Sheet.of(programme).media()
