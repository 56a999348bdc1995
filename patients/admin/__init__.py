"""The admin pages of patients and programmes; each mounts the pages of the rooms."""

from . import patient, programme  # noqa: F401
