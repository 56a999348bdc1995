"""The project's own app, and the admin site it puts in place of Django's."""

from django.apps import AppConfig
from django.contrib.admin import apps as django_admin
from django.utils.translation import gettext_lazy as _


class RugpijnConfig(AppConfig):
    name = "rugpijn"
    verbose_name = _("Practice")
    default = True

    def ready(self):
        from . import accounts, checks, second_factor  # noqa: F401  what listens to signals, and the checks


class PracticeAdminConfig(django_admin.AdminConfig):
    default = False  # named in INSTALLED_APPS, in the place of django.contrib.admin
    default_site = "rugpijn.site.PracticeAdminSite"
