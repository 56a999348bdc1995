"""The pages of a patient, read as text, and the buttons on them."""

import re
import uuid

from django.urls import reverse
from django.utils import timezone


def page(name, programme):
    return reverse(f"patients:{name}", args=[programme.uuid])


def text_of(response):
    """What is read, and not what scripts and templates carry along."""
    content = response.content.decode()
    read = re.sub(r"<(script|template)\b.*?</\1>", " ", content, flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", read).split())


def press(client, programme, place=0, follow=True, **changes):
    version = programme.current_version()
    data = {
        "operation": str(uuid.uuid4()),
        "version": version.number,
        "moment": 1,
        "done": "1",
        "line": version.sheet.lines[place].uuid,
        "day": timezone.localdate().isoformat(),
        **changes,
    }
    return client.post(page("log_session", programme), data, follow=follow)
