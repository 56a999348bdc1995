"""A page in a tab: read as it was, and sent as a browser does."""

import html
import re

from django.test import Client
from django.urls import reverse

from .page_forms import forms_of

# ------------------------------------------------------------ two pages


def words(response) -> str:
    if not response["Content-Type"].startswith("text/html"):
        return ""
    text = re.sub(r"<(script|style)\b.*?</\1>|<[^>]*>", " ", response.content.decode(), flags=re.S)
    return " ".join(html.unescape(text).split())


class Tab:
    """One form of a page that somebody has open."""

    def __init__(self, user, name, *args, to=None, **having):
        self.client, self.page = Client(), reverse(name, args=args)
        self.client.force_login(user)
        self.to, self.having = to or self.page, having
        self.read(self.client.get(self.page))

    def read(self, response):
        offered = [
            form
            for form in forms_of(response)
            if form.method == "post"
            and (form.action or self.page) == self.to
            and all(form.data().get(name) == [value] for name, value in self.having.items())
        ]
        self.form = next((form for form in offered if "opened_with" in form.data()), offered[0])
        self.sent = self.form.data()

    def save(self, **changes):
        """The answer, with what it leads to; a form that came back is read again."""
        self.sent |= {name: [str(value)] for name, value in changes.items()}
        answer = self.client.post(self.to, self.sent, follow=True)
        self.saved = bool(answer.redirect_chain)
        if not self.saved and answer.status_code == 200:
            self.read(answer)
        return words(answer)


# ------------------------------------------------------------ how it goes


def course(user, programme, what):
    return Tab(user, "admin:patients_programme_course", programme.pk, what=what)


# ------------------------------------------------------------ a programme


def opened(user, programme):
    return Tab(user, "admin:patients_programme_change", programme.pk)
