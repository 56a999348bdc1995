"""The admin of patients and programmes; it gives the views of the rooms their addresses."""

from . import patient, programme  # noqa: F401
