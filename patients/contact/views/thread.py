"""Messages: the patient's page, and the therapist's."""

from datetime import timedelta

from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rugpijn import audit
from rugpijn.saving import given_back, two_at_once
from rugpijn.saving.two_at_once import OPENED_WITH
from rugpijn.web.numbers import number

from ... import writes
from ...access import find_own
from ...admin_base import programme_page
from ...follow_up import judgements
from ...models import Message, Programme
from ..forms import MessageForm
from ..messages import send_message

AGAIN = timedelta(hours=1)  # within this time the same text counts as the same message


@require_http_methods(["GET", "HEAD", "POST"])
def own_messages(request, uuid):
    """The patient's page of messages. Opening it marks the practice's messages as seen."""
    programme = find_own(
        request, Programme.objects.select_related("patient__practice", "patient__user"), uuid=uuid
    )
    version = programme.current_version()
    if version is None:
        raise Http404
    form = _form(request, programme)
    if form.is_valid():
        if _sent_before(request, programme, form):
            return redirect("patients:messages", programme.uuid)
        refusal = _write(request, programme, form, by_patient=True)
        if refusal is None:
            messages.success(request, _("Your message has been sent. Your practice will read it."))
            return redirect("patients:messages", programme.uuid)
        form.add_error(None, refusal)
    written = list(programme.messages.all())
    if request.method == "GET":
        unread = programme.messages.filter(by_patient=False, seen_at=None)
        unread.update(seen_at=timezone.now())
    audit.record(request, "read messages", programme.patient, thing=programme)
    return render(
        request,
        "patients/messages.html",
        {
            "programme": programme,
            "practice": programme.patient.practice,
            "sheet": version.sheet,
            "written": written,
            "form": form,
        },
    )


def at_the_desk(request, programme):
    """The therapist's page of messages: to answer, or to mark as seen without an answer."""
    here = redirect("admin:patients_programme_messages", programme.pk)
    open_messages = list(Message.objects.unanswered(Programme.objects.filter(pk=programme.pk)))
    if request.method == "POST" and "seen" in request.POST:
        if open_messages and _came_since(programme, request.POST.get(OPENED_WITH)):
            text = _("A new message has come in. Read it first; nothing was marked as seen.")
            messages.warning(request, text)
            return here
        if open_messages and not _is_seen(programme, open_messages):
            last = str(open_messages[-1].pk)
            judgements.mark_seen(
                programme=programme, reasons=[("message", last)], note="", by=request.user
            )
            audit.record(request, "seen", programme.patient, thing=programme)
        messages.success(request, _("Marked as seen."))
        return here
    form = _form(request, programme)
    may_answer = programme.is_running and programme.patient.has_login
    newer = []
    if form.is_valid():
        if _sent_before(request, programme, form):
            return here
        newer = _came_since(programme, request.POST.get(OPENED_WITH), form)
        refusal = None if newer else _write(request, programme, form, by_patient=False)
        if refusal is None and not newer:
            messages.success(
                request, _("Your answer has been sent to %s.") % programme.patient.name
            )
            return here
        if not may_answer:
            leads = [(here["Location"], _("Back to the messages"))]
            return given_back.page(request, refusal, given_back.words(request), leads=leads)
        if refusal:
            form.add_error(None, refusal)
    return programme_page(
        request,
        programme,
        "messages",
        _("Messages"),
        act="read messages",
        written=programme.messages.all(),
        form=form,
        newer=newer,
        last=_last_number(programme),
        may_answer=may_answer,
        asks=bool(open_messages) and not _is_seen(programme, open_messages),
    )


def _form(request, programme) -> MessageForm:
    own = programme.messages.filter(by=request.user).last()
    sent = own.text if own is not None else ""
    return MessageForm(request.POST if request.method == "POST" else None, sent=sent)


def _sent_before(request, programme, form) -> bool:
    """Whether this is the last message once more, which the browser restored in the form."""
    last = programme.messages.last()
    text, operation = form.cleaned_data["text"], form.cleaned_data["operation"]
    is_again = (
        last is not None
        and (last.by, last.text) == (request.user, text)
        and last.operation != operation
        and timezone.now() - last.written_at < AGAIN
    )
    if is_again:
        text = _("You already sent this message, at %s. It was not sent again.")
        messages.info(request, text % two_at_once.at(last.written_at))
    return is_again


def _last_number(programme) -> int:
    last = programme.messages.last()
    return last.pk if last is not None else 0


def _came_since(programme, opened: str | None, form=None) -> list:
    """Return the messages after number `opened`, the last one when the page was opened.

    None of them for a form that is sent a second time.
    """
    if (last := number(opened)) is None:
        return []
    if form is not None:
        operation = form.cleaned_data["operation"]
        if programme.patient.messages.filter(operation=operation).exists():
            return []
    return list(programme.messages.filter(pk__gt=last))


def _is_seen(programme, open_messages) -> bool:
    marks = programme.seen_marks.filter(reason="message", withdrawn_at=None)
    return marks.filter(occasion=str(open_messages[-1].pk)).exists()


def _write(request, programme, form, *, by_patient) -> str | None:
    """Store the message and its row in the access log. Returns why it was refused, or None."""
    try:
        with transaction.atomic():
            message = send_message(
                programme=programme,
                operation=form.cleaned_data["operation"],
                text=form.cleaned_data["text"],
                by=request.user,
                by_patient=by_patient,
            )
            if message.is_new:
                act = "send message" if by_patient else "answer"
                audit.record(request, act, programme.patient, thing=programme)
    except writes.RefusedError as error:
        return str(error)
    return None
