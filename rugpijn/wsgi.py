"""The door for gunicorn. A start that could hurt a patient is refused here."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rugpijn.settings")
application = get_wsgi_application()

from .operations.checks import (  # noqa: E402  needs the settings
    refuse_dangerous_settings,
    refuse_half_restore,
    refuse_missing_database,
    refuse_unguarded_log,
)

refuse_dangerous_settings()
refuse_half_restore()
refuse_missing_database()
refuse_unguarded_log()
