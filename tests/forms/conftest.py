"""The world of access_world.py, for tests that walk over every form."""

from ..access.conftest import built, world

__all__ = ["built", "world"]
