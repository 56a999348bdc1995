"""The page behind the QR code on paper. It has exercises and no name, and needs no login."""

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
from .handout import cannot_print, pdf_response, variant_of


@login_not_required
@never_cache
@require_safe
def share_page(request, token, number):
    """The exercises of a version in its own language, and what is new since that version."""
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
                "changes": _sentences(sheet, newest.nameless_sheet),
                "token": token,
                "media": of_link(token, number, sheet),
                "practice": link.programme.patient.practice,
                "ended_on": link.programme.ended_on,
                "pause": link.programme.pause_on(today),
                "LANGUAGE_CODE": sheet.language,
            },
        )
    return unlisted(response)


def _sentences(before: Sheet, after: Sheet) -> list[str]:
    """A sentence for each difference between two nameless sheets."""
    sentences = []
    for change in changes(before, after):
        words = {"exercise": change.where, "part": PART_LABELS[change.part], "now": change.after}
        if change.part == "language":
            sentence = _("It is now in another language.")
        elif change.part == "order":
            sentence = _("The exercises are in a different order.")
        elif change.part == "line" and change.after:
            sentence = _("New: %(exercise)s") % words
        elif change.part in ("line", "advice") and not change.after:
            sentence = _("No longer in your programme: %(exercise)s") % words
        elif change.part == "sentence":
            sentence = _("%(exercise)s: now %(now)s") % words
        else:
            sentence = _("%(exercise)s: changed in %(part)s") % words
        if sentence not in sentences:
            sentences.append(sentence)
    return sentences


@login_not_required
@never_cache
@require_safe
@rates.at_most("pdf")
def share_handout(request, token, number):
    """The same version as a PDF, without a name."""
    link = _link(token)
    if link is None:
        return _closed(request, token)
    version = get_object_or_404(link.programme.versions, number=number)
    version.programme = link.programme
    variant = variants.nameless(variant_of(request, link.programme.patient.practice))
    if variant is None:
        raise Http404("A diary is one person's.")
    share = PEOPLE if request.user.is_authenticated else STRANGERS
    try:
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
    """A photo or film of this version."""
    link = _link(token)
    if link is None:
        return _closed(request, token)
    version = get_object_or_404(link.programme.versions, number=number)
    medium = serving.find(digest) if digest in version.sheet.media() else None
    if medium is None:
        raise Http404
    return unlisted(serving.answer(request, medium))


def _link(token: str) -> ShareLink | None:
    """The link of this token; None when it is forged, revoked, expired or unknown."""
    link, signature = _read(token)
    if link is None or not link.accepts(signature) or timezone.localdate() > link.valid_until:
        return None
    link.programme.share_link = link
    return link


def _read(token: str) -> tuple[ShareLink | None, bytes]:
    """The link that a token names, and the token's signature, which is not checked here."""
    parts = read_share_token(token)
    if parts is None:
        return None, b""
    uuid, signature = parts
    links = ShareLink.objects.select_related("programme__patient__practice")
    return links.filter(uuid=uuid).first(), signature


def _closed(request, token):
    """The answer to a link that no longer works: call the practice. The practice is named when the
    link was once real. A forged link does not learn whether there is one like it."""
    link, signature = _read(token)
    genuine = link is not None and link.ever_accepted(signature)
    practice = link.programme.patient.practice if genuine else None
    page = render(request, "patients/share_closed.html", {"practice": practice}, status=404)
    return unlisted(page)
