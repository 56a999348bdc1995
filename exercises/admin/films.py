"""The page for the film of an exercise.

It is not part of the form of the exercise, because an upload takes long and that form may fail.
"""

import logging

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from rugpijn import audit
from rugpijn.saving import two_at_once
from rugpijn.web import unavailable

from ..media import films, serving
from ..media.film_forms import FilmForm
from ..media.films import Clip
from ..models import Exercise, Film

log = logging.getLogger(__name__)


def film_view(request, admin, exercise: Exercise):
    """Add, replace or remove the film of one of the practice's own exercises."""
    if exercise.practice_id is None or not admin.has_change_permission(request, exercise):
        raise PermissionDenied
    film = Film.objects.filter(exercise=exercise).first()
    back = admin.change_url(exercise)
    if request.method == "POST" and "remove" in request.POST:
        if film is not None:
            try:
                with transaction.atomic():
                    _lock(request, exercise)
                    audit.record(request, "delete", thing=film)
                    film.delete()
            except two_at_once.ChangedMeanwhileError as error:
                messages.warning(request, str(error))
                return HttpResponseRedirect(request.path)
            messages.success(
                request,
                _("The film was removed. Programmes that were issued with it still show it."),
            )
        return HttpResponseRedirect(back)
    data = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form, status = FilmForm(*data, film=film), 200
    if form.is_valid():
        try:
            if _save(request, exercise, film, form):
                messages.success(request, _("The film is saved."))
                return HttpResponseRedirect(back)
            status = 503
        except two_at_once.ChangedMeanwhileError as error:
            form.add_error(None, str(error))
            status = 400
    elif form.errors:
        status = 400
    context = {
        **admin.admin_site.each_context(request),
        "title": _("Film"),
        "subtitle": str(exercise),
        "opts": admin.opts,
        **film_context(exercise),
        "form": form,
        "back": back,
        two_at_once.OPENED_WITH: two_at_once.stamp_for(request, _content(exercise)),
        two_at_once.RECORD: two_at_once.record_number(exercise),
    }
    page = "admin/exercises/exercise/film.html"
    response = TemplateResponse(request, page, context, status=status)
    if status == 503:
        response.headers["Retry-After"] = str(unavailable.FULL_SECONDS)
    return response


def _content(exercise: Exercise) -> dict | None:
    """The stored row of its film, to detect that another user saved meanwhile."""
    return Film.objects.filter(exercise=exercise).values().first()


def _lock(request, exercise: Exercise) -> None:
    """Lock the exercise. Raises ChangedMeanwhileError when another user changed its film."""
    Exercise.objects.select_for_update(no_key=True).get(pk=exercise.pk)
    film = Film.objects.filter(exercise=exercise).first()
    two_at_once.refuse_if_another(request, film or exercise, _content(exercise))


def _save(request, exercise: Exercise, film: Film | None, form: FilmForm) -> bool:
    """Save the film. Returns False, with an error on the form, when it could not be stored."""
    try:
        with films.keeping() as kept:
            _lock(request, exercise)
            own = films.save(exercise, form.upload(), kept)
            audit.record(request, "change" if film else "add", thing=own)
    except OSError as error:
        log.warning("A film could not be stored: %s", error)
        form.add_error("film", _("The film could not be stored; the disk may be full."))
        return False
    return True


def media_view(request, admin, digest: str):
    """A photo or film, for staff who may see the exercise to which it belongs."""
    file = serving.in_library(request, digest)
    if file is None:
        raise Http404
    return serving.answer(request, file)


def film_context(exercise: Exercise) -> dict:
    """The template context for the player of the exercise's film, if it has one."""
    film = Film.objects.filter(exercise=exercise).first()
    clip = Clip.of(film, get_language()) if film else None
    return {
        "exercise": exercise,
        "film": film,
        "clip": clip,
        "media": {d: serving.library_address(d) for d in film.digests} if film else {},
    }
