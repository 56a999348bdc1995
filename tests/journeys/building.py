"""The form of a programme in a browser."""

from django.urls import reverse

from .pages import log_in


def open_form(page, site, programme):
    log_in(page, site, "anna@linde.example")
    page.goto(site + reverse("admin:patients_programme_change", args=[programme.pk]))
    return page.locator(".prescription:not(.empty-form)")
