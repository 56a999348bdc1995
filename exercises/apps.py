from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExercisesConfig(AppConfig):
    """The library: imports nothing from patients."""

    name = "exercises"
    verbose_name = _("Library")
