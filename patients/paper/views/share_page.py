"""The page behind the QR code on paper: exercises, and no name."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from exercises.media import serving
from rugpijn.web import rates
from rugpijn.web.middleware import unlisted

from ...models import ShareLink
from ...models.share_link import read_share_token
from ...sheet import Sheet
from ...sheet_changes import PART_LABELS, changes
from ...sheet_media import of_link
from .. import handout, variants
from ..press import PrintingError
from ..printing_places import PEOPLE, STRANGERS, asked_by
from .handout import asked_variant, cannot_print, pdf_response


@login_not_required
@never_cache
@require_safe
def share_page(request, token, number):
    """What the paper says, in the language of the paper, and whether it is outdated."""
    link = _link(token)
    if link is None:
        return _closed(request, token)
    version = get_object_or_404(link.programme.versions, number=number)
    sheet = version.nameless_sheet
    newest = link.programme.current_version()
    today = timezone.localdate()
    with translation.override(sheet.language):
        response = render(
            request,
            "patients/share_page.html",
            {
                "sheet": sheet,
                "number": number,
                "newest": newest.number,
                "changes": _told(sheet, newest.nameless_sheet) if number < newest.number else [],
                "token": token,
                "media": of_link(token, number, sheet),
                "practice": link.programme.patient.practice,
                "ended_on": link.programme.ended_on,
                "pause": link.programme.pause_on(today),
                "LANGUAGE_CODE": sheet.language,
            },
        )
    return unlisted(response)


def _told(before: Sheet, after: Sheet) -> list[str]:
    """What changed since, a sentence each, as far as this page shows it."""
    told = []
    for change in changes(before, after):
        words = {"exercise": change.where, "part": PART_LABELS[change.part], "now": change.after}
        if change.part == "language":
            sentence = _("It is in another language now.")
        elif change.part == "order":
            sentence = _("The exercises are in another order.")
        elif change.part == "line" and change.after:
            sentence = _("New: %(exercise)s") % words
        elif change.part in ("line", "advice") and not change.after:
            sentence = _("No longer there: %(exercise)s") % words
        elif change.part == "sentence":
            sentence = _("%(exercise)s: now %(now)s") % words
        else:
            sentence = _("%(exercise)s: something else in %(part)s") % words
        if sentence not in told:
            told.append(sentence)
    return told


@login_not_required
@never_cache
@require_safe
@rates.at_most("pdf")
def share_handout(request, token, number):
    """The same on paper, without a name."""
    link = _link(token)
    if link is None:
        return _closed(request, token)
    version = get_object_or_404(link.programme.versions, number=number)
    version.programme = link.programme
    variant = variants.nameless(asked_variant(request, link.programme.patient.practice))
    if variant is None:
        raise Http404("A diary is one person's.")
    try:
        share = PEOPLE if request.user.is_authenticated else STRANGERS
        with asked_by(share):
            pdf = handout.nameless(version, variant)
    except handout.ErasedError as error:
        raise Http404(str(error)) from error
    except PrintingError as error:
        return cannot_print(request, error)
    return unlisted(pdf_response(pdf, number))


@login_not_required
@never_cache
@require_safe
def share_media(request, token, number, digest):
    """A photo or a film of this version. A revoked link opens none."""
    link = _link(token)
    if link is None:
        return _closed(request, token)
    version = get_object_or_404(link.programme.versions, number=number)
    found = serving.find(digest) if digest in version.sheet.media() else None
    if found is None:
        raise Http404
    return unlisted(serving.answer(request, found))


def _link(token: str) -> ShareLink | None:
    """The link of this token; None when it is forged, revoked, expired or unknown."""
    link, signature = _found(token)
    if link is None or not link.accepts(signature) or timezone.localdate() > link.valid_until:
        return None
    link.programme.share_link = link
    return link


def _found(token: str) -> tuple[ShareLink | None, bytes]:
    parts = read_share_token(token)
    if parts is None:
        return None, b""
    uuid, signature = parts
    links = ShareLink.objects.select_related("programme__patient__practice")
    return links.filter(uuid=uuid).first(), signature


def _closed(request, token):
    """Whom to call. By name when we once made this link ourselves: revoked and expired paper is
    real paper. A forged link learns nothing, and not whether there is one like it."""
    link, signature = _found(token)
    genuine = link is not None and link.ever_accepted(signature)
    practice = link.programme.patient.practice if genuine else None
    page = render(request, "patients/share_closed.html", {"practice": practice}, status=404)
    return unlisted(page)
