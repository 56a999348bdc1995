"""Help while somebody writes for patients: the findings of `findings`, as sentences."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from ..login.second_factor import answers_json
from ..validators import citizen_number, is_citizen_number
from ..web import rates
from .findings import LanguageFinding, findings

MOST_LETTERS = 20_000  # more than any field holds
MOST_LINES = 5  # nobody reads help that is longer than the text
SHOWN = 6  # words of a long sentence that are shown


@answers_json
@require_POST
@login_not_required  # asked here, so that the answer is JSON
def plain_language(request):
    """Return the lines to show under a field. The text is posted, so that no note about a patient
    is in an address."""
    if not request.user.is_authenticated:
        return JsonResponse({"error": _("Log in first.")}, status=401)
    if not request.user.is_staff:
        raise PermissionDenied
    if (refused := rates.refusal(request, "search", to_script=True)) is not None:
        return refused
    text = request.POST.get("text", "")[:MOST_LETTERS]
    found = findings(text, request.POST.get("language", ""))
    lines = [_line(finding) for finding in found[:MOST_LINES]]
    if citizen_number(text):
        lines.insert(0, {"says": is_citizen_number(), "strong": True})
    if rest := len(found) - len(lines):
        more = ngettext("And %d more place.", "And %d more places.", rest) % rest
        lines.append({"says": more})
    return JsonResponse({"lines": lines})


def _line(finding: LanguageFinding) -> dict:
    if finding.reason == "word":
        return _word(finding)
    says = ngettext(
        "%(reason)s (%(count)d word): “%(text)s”",
        "%(reason)s (%(count)d words): “%(text)s”",
        finding.words,
    )
    very = finding.reason == "very long"
    return {
        "says": says
        % {
            "reason": _("A very long sentence") if very else _("A long sentence"),
            "count": finding.words,
            "text": " ".join(finding.text.split()[:SHOWN]) + " …",
        },
        "strong": very,
    }


def _word(finding: LanguageFinding) -> dict:
    if not finding.suggestion:
        return {"says": _("“%s” is a hard word.") % finding.text}
    words = {"hard": finding.text, "simple": finding.suggestion}
    return {
        "says": _("“%(hard)s” is a hard word: perhaps “%(simple)s”.") % words,
        "button": _("Replace"),
        "label": _("Replace “%(hard)s” by “%(simple)s”") % words,
        "start": finding.start,
        "end": finding.end,
        "hard": finding.text,
        "simple": finding.suggestion,
    }
