"""Where the photos and films of a sheet are, by the digest of each: on a page, and behind paper."""

from django.urls import reverse

from .models import Programme
from .sheet import Sheet


def of_programme(programme: Programme, sheet: Sheet) -> dict[str, str]:
    """The address of each photo and film on a page of this programme."""
    return {
        digest: reverse("patients:programme_media", args=[programme.uuid, digest])
        for digest in sheet.media()
    }


def of_link(token: str, number: int, sheet: Sheet) -> dict[str, str]:
    """The same for the page behind the code on paper."""
    return {
        digest: reverse("patients:share_media", args=[token, number, digest])
        for digest in sheet.media()
    }
