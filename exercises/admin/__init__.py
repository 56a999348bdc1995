"""The admin pages of the library."""

from . import figures, films, library, own_choices, photos  # noqa: F401
