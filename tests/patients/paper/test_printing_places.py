"""Who may print when: nobody waits who keeps others from their pages, and what failed is known."""

import time
from contextlib import ExitStack
from dataclasses import replace
from threading import BoundedSemaphore

import pytest
from django.test import Client
from django.urls import reverse

from patients.paper import failed_papers, handout, press, printing_places
from patients.paper.printing_places import (
    AT_ONCE,
    PEOPLE,
    STRANGERS,
    WORKER,
    BusyError,
    asked_by,
    place,
    seat,
    take,
)
from rugpijn.operations import health

from ...conftest import fresh_login

THREADS, PROCESSES = 4, 2  # as docs/install.md starts gunicorn


def test_there_are_fewer_seats_than_threads():
    assert PEOPLE.seats + STRANGERS.seats < THREADS * PROCESSES
    assert STRANGERS.seats < PEOPLE.seats and len(STRANGERS.places) < len(PEOPLE.places) == AT_ONCE
    for _two in range(2):  # of one process: half of its threads stay
        assert printing_places._threads.acquire(blocking=False)
    assert not printing_places._threads.acquire(blocking=False)
    printing_places._threads.release(2)


@pytest.fixture
def quick(monkeypatch):
    """The shares, with one try for a place instead of seconds, in a process with enough threads."""
    monkeypatch.setattr(printing_places, "_threads", BoundedSemaphore(9))
    return {
        share.name: replace(share, wait=0, threads=BoundedSemaphore(9))
        for share in (PEOPLE, STRANGERS, WORKER)
    }


def test_only_so_many_at_once(quick):
    with ExitStack() as busy:
        for _place in range(AT_ONCE):
            busy.enter_context(asked_by(quick["people"]))
            busy.enter_context(place())
        for share in quick.values():
            with asked_by(share), pytest.raises(BusyError), place():
                pass
    with place():
        pass


def test_strangers_leave_a_place_to_the_practice(quick):
    with ExitStack() as busy:
        busy.enter_context(asked_by(quick["strangers"]))
        busy.enter_context(place())
        with pytest.raises(BusyError), place():  # theirs is taken
            pass
        with asked_by(quick["people"]), place():
            pass


@pytest.mark.parametrize("share", [PEOPLE, STRANGERS])
def test_who_finds_no_seat_is_told_at_once(monkeypatch, share):
    """A thread that waits answers nobody. Seats are of all processes, threads of this one."""
    with ExitStack() as busy:
        for _seat in range(share.seats):
            busy.enter_context(take(share.name, range(share.seats)))
        began = time.monotonic()
        with asked_by(share), pytest.raises(BusyError), seat():
            pass
        assert time.monotonic() - began < 1
    with ExitStack() as busy, asked_by(share):
        while share.threads.acquire(blocking=False):
            busy.callback(share.threads.release)
        with pytest.raises(BusyError), seat():
            pass
    with asked_by(share), seat(), place():
        pass


def test_the_worker_takes_no_seat(quick):
    with ExitStack() as busy:
        for share in (PEOPLE, STRANGERS):
            for _seat in range(share.seats):
                busy.enter_context(take(share.name, range(share.seats)))
        with asked_by(quick["worker"]), seat(), place():
            pass


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["nobody", "piet", "anna"])
def test_a_busy_printer_is_said_in_words(client, cast, programme, monkeypatch, who):
    """And when to try again. Nothing is remembered: there is nothing the matter with the paper."""
    address = reverse("patients:share_handout", args=[programme.share_link.token, 1])
    share = STRANGERS
    if who != "nobody":
        fresh_login(client, getattr(cast, who))
        address, share = reverse("patients:programme_handout", args=[programme.uuid]), PEOPLE
    with ExitStack() as busy:
        for _seat in range(share.seats):
            busy.enter_context(take(share.name, range(share.seats)))
        answer = client.get(address)
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert "De printer is bezet. Probeer het zo nog eens." in answer.content.decode()
    assert failed_papers.problem() is None
    monkeypatch.setattr(handout, "render_pdf", lambda html: b"%PDF-1.7")
    assert client.get(address).status_code == 200


@pytest.mark.django_db
def test_what_failed_is_not_tried_again_for_a_while(client, programme, monkeypatch):
    tries = []

    def too_long(html):
        tries.append(html)
        raise press.PaperError("Het duurde te lang.")

    monkeypatch.setattr(handout, "render_pdf", too_long)
    address = reverse("patients:share_handout", args=[programme.share_link.token, 1])
    first, second = client.get(address), Client().get(address)
    assert "Het duurde te lang." in first.content.decode()
    assert "Over een kwartier" in second.content.decode()
    assert second.status_code == 503 and second["Retry-After"] == "900"
    assert len(tries) == 1
    client.get(f"{address}?variant=large")  # another paper
    assert len(tries) == 2
    health.forget()
    [finding] = [one for one in health.look() if one.name == "handouts"]
    assert not finding.well and finding.state.startswith("2 ")
    later = time.time() + failed_papers.KEPT + 1
    monkeypatch.setattr(failed_papers.time, "time", lambda: later)
    assert failed_papers.problem() is None
    client.get(address)
    assert len(tries) == 3


@pytest.mark.django_db
def test_no_room_is_not_the_papers_fault(client, programme, monkeypatch):
    def no_room(html):
        raise press.PrintingError(press.no_room())

    monkeypatch.setattr(handout, "render_pdf", no_room)
    address = reverse("patients:share_handout", args=[programme.share_link.token, 1])
    assert client.get(address)["Retry-After"] == "300"
    assert failed_papers.problem() is None
