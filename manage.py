#!/usr/bin/env python
"""Django's command line."""

import os
import sys


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rugpijn.settings")
    try:
        from django.conf import settings
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
    except ImportError as error:
        raise SystemExit(
            "Django is not installed in this environment. Type `make run`, "
            "which makes one, or activate yours first."
        ) from error
    try:
        settings.INSTALLED_APPS  # noqa: B018  reads the settings now, to say clearly what is missing
    except ImproperlyConfigured as error:
        raise SystemExit(
            f"{error}. For a try-out on this computer: DEBUG=1 {sys.argv[0]} …"
        ) from error
    try:
        execute_from_command_line(sys.argv)
    except Exception as error:
        from rugpijn.web import unavailable

        if said := unavailable.sentence(error):
            raise SystemExit(said) from error
        raise


if __name__ == "__main__":
    main()
