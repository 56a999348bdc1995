"""A film in a programme: on the sheet, on the pages, and given to no one else."""

import json
import os
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from exercises import pictures
from exercises.media import films, photos
from exercises.models import Figure, Film, Rendering
from patients.paper import handout
from patients.prescribing import authoring
from patients.sheet import Sheet
from patients.sheet_changes import changes, named
from rugpijn.audit import AccessEvent
from tests.exercises.media.uploads import complete, picture, sample, save, stored, upload

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media_root(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def photo(practice):
    data = {"title": {"nl": "Foto"}, "alternative": {"nl": "Iemand zit."}, "caption": {}}
    jpeg = photos.redrawn(upload(picture(), "p.jpg"))
    return pictures.save_photo(Figure(practice=practice), data, jpeg)


@pytest.fixture
def filmed(programme, own_exercise, photo, cast):
    """Piet's programme, version 2: with an exercise that has a film and a photo."""
    own_exercise.figure = photo
    own_exercise.save()
    programme.film = complete(own_exercise)
    authoring.prescribe(programme=programme, exercise=own_exercise)
    authoring.issue(programme=programme, by=cast.anna)
    return programme


def address(programme, digest):
    return reverse("patients:programme_media", args=[programme.uuid, digest])


def shared(programme, digest, number=2):
    return reverse("patients:share_media", args=[programme.share_link.token, number, digest])


# On the sheet.


def test_the_sheet_holds_the_film_and_comes_back_from_json(filmed):
    sheet = filmed.current_version().sheet
    clip = sheet.lines[-1].film
    assert clip.title == "Zo doet u het" and clip.captions[0].language == "nl"
    assert Sheet.from_json(json.loads(json.dumps(sheet.to_json()))) == sheet
    assert sheet.media() == filmed.film.digests | {sheet.lines[-1].figure.digest}
    assert sheet.media() < sheet.digests(), "drawings are there too"
    assert sheet.lines[0].film is None


def test_another_film_is_a_change_with_a_name(filmed, own_exercise):
    before = filmed.current_version().sheet
    save(own_exercise, filmed.film, film=(sample("film.webm"), "film.webm"))
    (change,) = changes(before, Sheet.of(filmed))
    assert change.part == "film" and "Iemand zit" in change.before
    assert named([change])[0]["part"]
    kept = Sheet.of(filmed, library_as_in=before)
    assert kept == before, "a film is the library's; a therapist may leave it as it was"


def test_another_photo_is_a_change_with_a_name(filmed, photo):
    before = filmed.current_version().sheet
    jpeg = photos.redrawn(upload(picture(colour="red"), "p.jpg"))
    pictures.save_photo(photo, photo.data, jpeg)
    (change,) = changes(before, Sheet.of(filmed))
    assert change.part == "figure"
    assert named([change])[0]["part"]


def test_the_sheet_fetches_no_photo(filmed):
    with CaptureQueriesContext(connection) as queries:
        Sheet.of(filmed)
    assert not [query for query in queries if '"photo"' in query["sql"]]


def test_paper_says_where_the_film_is(filmed, monkeypatch):
    version = filmed.current_version()
    html = handout.render_html(version.sheet, handout.letterhead(version))
    assert html.count("Film") == 1
    assert "data:image/jpeg;base64," in html, "the photo stands on paper"


# On the pages.


def test_the_patients_page_has_a_plain_player(filmed, client, cast):
    client.force_login(cast.piet)
    page = client.get(reverse("patients:programme_detail", args=[filmed.uuid])).content.decode()
    assert '<video controls playsinline preload="none"' in page
    for digest in filmed.current_version().sheet.media():
        assert address(filmed, digest) in page
    assert "Iemand zit op een kruk." in page
    assert 'srclang="nl" label="Nederlands" default' in page


def test_the_page_behind_the_code_has_its_own_addresses(filmed, client):
    token = filmed.share_link.token
    page = client.get(reverse("patients:share_page", args=[token, 2])).content.decode()
    for digest in filmed.current_version().sheet.media():
        assert shared(filmed, digest) in page
    assert str(filmed.uuid) not in page


# Who gets it.


@pytest.mark.parametrize(
    ("part", "kind"),
    [("digest", "video/mp4"), ("poster", "image/jpeg"), ("captions", "text/vtt; charset=utf-8")],
)
def test_every_file_comes_with_its_kind_and_a_policy_that_allows_nothing(
    filmed, client, cast, part, kind
):
    digest = getattr(filmed.film, part)
    digest = digest["nl"] if isinstance(digest, dict) else digest
    client.force_login(cast.piet)
    answer = client.get(address(filmed, digest))
    assert answer.status_code == 200
    assert answer["Content-Type"] == kind
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith('inline; filename="media.')
    assert answer["Cache-Control"] == "no-store"
    assert b"".join(answer) == films.find(digest).read_bytes()


def test_a_photo_comes_out_of_the_database(filmed, client, cast, photo):
    client.force_login(cast.anna)
    answer = client.get(address(filmed, photo.rendering_id))
    assert answer["Content-Type"] == "image/jpeg"
    assert b"".join(answer) == bytes(photo.rendering.photo)
    client.logout()
    drawing = reverse("exercises:drawing", args=[photo.rendering_id, 1])
    assert client.get(drawing).status_code == 404, "a photo has no address for everyone"


def test_a_part_of_a_film(filmed, client, cast):
    client.force_login(cast.piet)
    answer = client.get(address(filmed, filmed.film.digest), headers={"range": "bytes=4-11"})
    assert answer.status_code == 206
    assert b"".join(answer) == b"ftypisom"
    head = client.head(address(filmed, filmed.film.digest))
    assert head["Content-Length"] == str(filmed.film.size) and not head.content


def test_a_digest_opens_nothing_by_itself(filmed, make_programme, cast, client, own_exercise):
    """Somebody who knows it still needs a programme that shows it."""
    make_programme(cast.mo_patient)
    other = cast.mo_patient.programmes.get()
    client.force_login(cast.mo)
    for digest in filmed.film.digests | {"0" * 64, "x", "..", "A" * 64}:
        assert client.get(address(other, digest)).status_code == 404
        assert client.get(address(filmed, digest)).status_code == 404
        assert client.get(shared(other, digest, 1)).status_code == 404
        assert client.get(shared(filmed, digest, 1)).status_code == 404, "version 1 has no film"


def test_an_older_version_keeps_its_film(filmed, own_exercise, client, cast):
    """The film is replaced, issued, and its row removed: version 2 still plays."""
    old = filmed.film.digest
    new = save(own_exercise, filmed.film, film=(sample("film.webm"), "film.webm"))
    client.force_login(cast.piet)
    assert client.get(address(filmed, new.digest)).status_code == 404, "not issued yet"
    authoring.issue(programme=filmed, by=cast.anna)
    Film.objects.all().delete()
    for digest in (old, new.digest):
        assert client.get(address(filmed, digest)).status_code == 200
    client.logout()
    assert client.get(shared(filmed, old, 2)).status_code == 200
    assert client.get(shared(filmed, old, 3)).status_code == 404


def test_a_draft_shows_its_film_to_the_therapist(make_programme, own_exercise, client, cast):
    draft = make_programme(cast.mo_patient, started=False)
    film = complete(own_exercise)
    authoring.prescribe(programme=draft, exercise=own_exercise)
    client.force_login(cast.anna)
    assert client.get(address(draft, film.digest)).status_code == 200


@pytest.mark.parametrize("how", ["revoked", "expired", "forged"])
def test_a_closed_link_opens_no_film(filmed, client, how):
    before = shared(filmed, filmed.film.digest)
    answer = client.get(before)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"] and "noindex" in answer["X-Robots-Tag"]
    if how == "revoked":
        authoring.revoke_share(filmed.share_link)
    elif how == "expired":
        link = filmed.share_link
        link.valid_from = timezone.localdate() - link.VALID_AT_MOST * 2
        link.save()
    else:
        before = before.replace(filmed.share_link.token, "A" * 43)
    page = client.get(reverse("patients:share_page", args=[before.split("/")[2], 2]))
    closed = client.get(before)
    assert closed.status_code == page.status_code in (404, 410)
    assert b"ftyp" not in closed.content


def test_a_film_that_is_lost_is_not_a_crash(filmed, client, cast):
    films.find(filmed.film.digest).unlink()
    client.force_login(cast.piet)
    assert client.get(address(filmed, filmed.film.digest)).status_code == 404


def test_nginx_may_carry_the_file(filmed, client, cast, settings):
    settings.X_ACCEL_PREFIX = "/private/"
    client.force_login(cast.piet)
    answer = client.get(address(filmed, filmed.film.digest))
    assert answer["X-Accel-Redirect"] == f"/private/films/{filmed.film.digest}.mp4"
    assert answer["Content-Type"] == "video/mp4" and not answer.content
    client.force_login(cast.mo)
    assert "X-Accel-Redirect" not in client.get(address(filmed, filmed.film.digest))


def test_opening_a_film_is_read_once_however_many_pieces(filmed, client, cast):
    client.force_login(cast.anna)
    film = address(filmed, filmed.film.digest)
    for asked in ("bytes=0-1", "bytes=0-", "bytes=500-", "bytes=100-200"):
        client.get(film, headers={"range": asked})
    client.head(film)
    client.get(address(filmed, filmed.film.poster))
    rows = AccessEvent.objects.filter(patient=cast.piet_patient.uuid)
    assert [row.action for row in rows] == ["read film"]
    client.force_login(cast.piet)
    client.get(film)
    assert rows.count() == 1, "one's own page was written down already"


# Removal.


def sweep(*arguments) -> str:
    out = StringIO()
    call_command("sweep_pictures", *arguments, stdout=out)
    return out.getvalue()


def make_old():
    for path in films.folder().iterdir():
        os.utime(path, (0, 0))


def test_nothing_that_is_shown_is_swept(filmed):
    make_old()
    before, drawings = stored(), Rendering.objects.count()
    assert "Removed: 0 pictures, 0 files." in sweep("--delete")
    Film.objects.all().delete()
    Figure.objects.exclude(practice=None).delete()
    assert "Removed: 0 pictures, 0 files." in sweep("--delete"), "version 2 shows them"
    assert stored() == before and Rendering.objects.count() == drawings


def test_what_nobody_shows_is_listed_and_then_removed(filmed, photo, own_exercise):
    make_old()
    filmed.versions.filter(number=2).delete()
    filmed.prescriptions.filter(exercise=own_exercise).delete()
    Film.objects.all().delete()
    gone = photo.rendering_id
    photo.delete()
    listed = sweep()
    assert "Would remove: 1 pictures, 3 files." in listed and gone in listed
    assert len(stored()) == 3 and Rendering.objects.filter(pk=gone).exists()
    assert "Removed: 1 pictures, 3 files." in sweep("--delete")
    assert stored() == set() and not Rendering.objects.filter(pk=gone).exists()
    assert "Removed: 0 pictures, 0 files." in sweep("--delete")


def test_an_upload_of_today_is_left_alone(own_exercise):
    """Its row may come in a moment; half an upload of last week is rubbish."""
    with films.keeping() as kept:
        kept.bytes(b"x", "jpg")
    (films.folder() / "incoming-abc").write_bytes(b"half")
    assert "0 files" in sweep("--delete")
    make_old()
    assert "Removed: 0 pictures, 2 files." in sweep("--delete")


def test_sweeping_an_empty_installation(db):
    assert "Would remove: 0 pictures, 0 files." in sweep()
