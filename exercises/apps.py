from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExercisesConfig(AppConfig):
    """The library of exercises. It imports nothing from the patients app."""

    name = "exercises"
    verbose_name = _("Library")
