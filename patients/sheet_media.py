"""The addresses of the photos and films of a sheet, by the digest of each."""

from django.urls import reverse

from .models import Programme
from .sheet import Sheet


def of_programme(programme: Programme, sheet: Sheet) -> dict[str, str]:
    """For the pages of this programme, which need a login."""
    return {
        digest: reverse("patients:programme_media", args=[programme.uuid, digest])
        for digest in sheet.media()
    }


def of_link(token: str, number: int, sheet: Sheet) -> dict[str, str]:
    """For the page behind the code on paper, which has a token."""
    return {
        digest: reverse("patients:share_media", args=[token, number, digest])
        for digest in sheet.media()
    }
