"""The page for a photo: what it saves, what it says, and to whom it is open."""

from types import SimpleNamespace

import pytest
from django.contrib import admin
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.exceptions import PermissionDenied
from django.test import RequestFactory

from exercises.admin import photos
from exercises.models import Figure, Rendering
from rugpijn.audit import AccessEvent

from ..media.uploads import picture, upload, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(cast, monkeypatch):
    """Sends what Anna fills in; `may` is what the admin of figures says."""
    monkeypatch.setattr(photos, "reverse", lambda name: f"/{name}")

    def send(data=None, figure=None, may=True):
        request = RequestFactory().get("/") if data is None else RequestFactory().post("/", data)
        request.user, request._messages = cast.anna, CookieStorage(request)
        figures = SimpleNamespace(
            admin_site=admin.site,
            opts=Figure._meta,
            has_add_permission=lambda request: may,
            back_to_form=lambda request, figure: None,
            has_change_permission=lambda request, figure: may,
        )
        return photos.photo_view(request, figures, figure)

    return send


def test_a_photo_is_added_for_the_practice(ask, cast):
    assert ask().status_code == 200
    answer = ask({**words(), "photo": upload(picture(), "p.jpg")})
    assert answer.status_code == 302
    figure = Figure.objects.get()
    assert figure.practice == cast.anna.practice and figure.kind == Figure.Kind.PHOTO
    assert AccessEvent.objects.get(object_type="figure").action == "add"


def test_its_words_are_changed_without_another_photo(ask):
    ask({**words(), "photo": upload(picture(), "p.jpg")})
    figure = Figure.objects.get()
    assert ask(figure=figure).context_data["form"]["title_nl"].value() == "Zo doet u het"
    assert ask(words(title_nl="Anders"), figure).status_code == 302
    assert str(Figure.objects.get()) == "Anders"


def test_a_refusal_says_why_and_stores_nothing(ask):
    answer = ask({**words(), "photo": upload(b"<svg/>", "p.jpg")})
    assert answer.status_code == 400
    form = answer.context_data["form"]
    assert form.errors["photo"] and form["title_nl"].value() == "Zo doet u het"
    assert not Figure.objects.exists() and not Rendering.objects.exists()


def test_a_drawing_becomes_a_photo_only_with_a_photo(ask, library_loaded):
    drawing = Figure.objects.filter(kind=Figure.Kind.POSES).first()
    assert ask(words(), drawing).context_data["form"].errors["photo"]


@pytest.mark.parametrize("data", [None, {}])
def test_who_may_not_is_refused(ask, data):
    with pytest.raises(PermissionDenied):
        ask(data, may=False)
    with pytest.raises(PermissionDenied):
        ask(data, Figure(), may=False)
