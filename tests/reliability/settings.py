"""As a practice has it, but for TLS, and for names of static files that need collecting."""

import os

from rugpijn.settings import *  # noqa: F403
from rugpijn.settings import STORAGES

STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
ALLOWED_HOSTS = ["localhost", "testserver"]
SECURE_SSL_REDIRECT = False
# Nobody works at a queue here, but where mail is measured.
if "WITH_QUEUE" not in os.environ:
    TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
