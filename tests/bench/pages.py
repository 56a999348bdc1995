"""What the busiest pages cost, beside an empty page of the same layout in the same run.

A page of a patient is compared with an empty page of patients, and a page of staff with an empty
page of staff. The empty pages pass the same middleware and have the same heading and menu.
"""

import statistics
import time
from dataclasses import dataclass

from django.conf import settings
from django.contrib import admin
from django.db import connection
from django.http import HttpResponse
from django.template import engines
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import include, path, reverse

from tests.logging_in import force_login

from . import clinic
from .measure import table

ROUNDS = 30
EMPTY_OF_PATIENTS, EMPTY_OF_STAFF = "bench_patient", "bench_staff"


def empty_of_patients(request):
    return HttpResponse(
        engines["django"].from_string("{% extends 'base.html' %}").render({}, request)
    )


def empty_of_staff(request):
    page = engines["django"].from_string("{% extends 'admin/base_site.html' %}")
    return HttpResponse(page.render(admin.site.each_context(request), request))


urlpatterns = [
    path("bench/patient/", empty_of_patients, name=EMPTY_OF_PATIENTS),
    path("bench/staff/", empty_of_staff, name=EMPTY_OF_STAFF),
    path("", include("rugpijn.urls")),
]


@dataclass
class Cost:
    """Of one answer: milliseconds of processor and of the wall clock, queries, and bytes sent."""

    processor: float
    wall: float
    queries: int
    bytes: int


def run() -> None:
    settings.ALLOWED_HOSTS = ["*"]
    with clinic.programme() as running, override_settings(ROOT_URLCONF=__name__):
        by_patient, by_staff = Client(), Client()
        force_login(by_patient, patient_login(running))
        force_login(by_staff, running.therapist)
        groups = (
            (by_patient, EMPTY_OF_PATIENTS, pages_of_patients(running)),
            (by_staff, EMPTY_OF_STAFF, pages_of_staff(running)),
        )
        rows = []
        for client, empty, pages in groups:
            addresses = {"an empty page": reverse(empty), **pages}
            costs = measured(client, addresses)
            base = costs["an empty page"]
            rows += [
                [
                    name,
                    cost.processor,
                    f"{cost.processor / base.processor:.1f}",
                    cost.wall,
                    f"{cost.wall / base.wall:.1f}",
                    str(cost.queries),
                    f"{cost.bytes / 1000:.1f}",
                ]
                for name, cost in costs.items()
            ]
    head = ("page", "processor ms", "ratio", "wall ms", "ratio", "queries", "kB")
    table(f"Pages on {connection.vendor}, the median of {ROUNDS} in turns", head, rows)


def patient_login(programme):
    from rugpijn.models import User

    patient = programme.patient
    patient.user = User.objects.create_user("piet@mail.example", "-", name=patient.name)
    patient.save()
    return patient.user


def pages_of_patients(programme) -> dict[str, str]:
    own = {
        name: reverse(f"patients:{route}", args=[programme.uuid])
        for name, route in (
            ("programme", "programme_detail"),
            ("session", "programme_session"),
            ("own progress", "progress"),
            ("messages", "messages"),
        )
    }
    return {"Today": reverse("patients:home"), **own, "my data": reverse("patients:my_data")}


def pages_of_staff(programme) -> dict[str, str]:
    return {
        "worklist": reverse("admin:index"),
        "list of patients": reverse("admin:patients_patient_changelist"),
        "patient": reverse("admin:patients_patient_change", args=[programme.patient_id]),
        "programme form": reverse("admin:patients_programme_change", args=[programme.pk]),
        "how it went": reverse("admin:patients_programme_course", args=[programme.pk]),
        "list of exercises": reverse("admin:exercises_exercise_changelist"),
    }


def measured(client: Client, addresses: dict[str, str]) -> dict[str, Cost]:
    """The pages take turns, so that a slow moment of the machine meets all of them."""

    def get(address: str) -> HttpResponse:
        response = client.get(address, headers={"accept-encoding": "gzip"})
        assert response.status_code == 200, (address, response.status_code)
        return response

    queries, size = {}, {}
    for name, address in addresses.items():
        get(address)
        with CaptureQueriesContext(connection) as captured:
            size[name] = len(get(address).content)
        queries[name] = len(captured)
    times = {name: [] for name in addresses}
    for _round in range(ROUNDS):
        for name, address in addresses.items():
            processor, wall = time.process_time(), time.perf_counter()
            get(address)
            times[name].append((time.process_time() - processor, time.perf_counter() - wall))
    return {
        name: Cost(
            *(statistics.median(column) * 1000 for column in zip(*runs, strict=True)),
            queries[name],
            size[name],
        )
        for name, runs in times.items()
    }
