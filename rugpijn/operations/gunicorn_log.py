"""What gunicorn writes itself: as it does, and without keys, also in errors and access lines.

For `gunicorn --logger-class rugpijn.operations.gunicorn_log.Logger`, as docs/examples starts it.
"""

import logging

from gunicorn import glogging

from .technical_log import without_keys


class _WithoutKeys(logging.Formatter):
    """The whole of a record, with its trace, as the formatter before it makes it."""

    def __init__(self, before: logging.Formatter):
        super().__init__()
        self.before = before

    def format(self, record):
        return without_keys(self.before.format(record))


class Logger(glogging.Logger):
    def setup(self, cfg):
        super().setup(cfg)
        for handler in (*self.error_log.handlers, *self.access_log.handlers):
            handler.setFormatter(_WithoutKeys(handler.formatter or logging.Formatter()))
