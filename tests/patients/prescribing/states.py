"""The pages of a programme in each of its states: what is pressed there, and what they say."""

import html
import re

from django.contrib.messages import get_messages
from django.urls import reverse

from patients.models import Patient


def words(response) -> str:
    text = re.sub(r"<(script|style)\b.*?</\1>|<[^>]*>", " ", response.content.decode(), flags=re.S)
    return " ".join(html.unescape(text).split())


def told(response) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def act(client, name, thing, follow=True, **data):
    kind = "patient" if isinstance(thing, Patient) else "programme"
    address = reverse(f"admin:patients_{kind}_{name}", args=[thing.pk])
    return client.post(address, data, follow=follow)


def look(client, name, thing):
    kind = "patient" if isinstance(thing, Patient) else "programme"
    return words(client.get(reverse(f"admin:patients_{kind}_{name}", args=[thing.pk])))
