"""The therapist's first page: what it says, and its buttons."""

import html
import re

from django.urls import reverse

DESK = reverse("admin:index")


def words(response) -> str:
    text = re.sub(r"<(script|style)\b.*?</\1>|<[^>]*>", " ", response.content.decode(), flags=re.S)
    return " ".join(html.unescape(text).split())


def see(client, programme, *items, note="Called.", **more):
    address = reverse("admin:patients_programme_seen", args=[programme.pk])
    return client.post(address, {"item": items, "note": note, **more}, follow=True)
