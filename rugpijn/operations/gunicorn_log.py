"""Gunicorn's own log, without keys in its error and access lines.

For `gunicorn --logger-class rugpijn.operations.gunicorn_log.Logger`, as in docs/examples.
"""

import logging

from gunicorn import glogging

from .technical_log import without_keys


class _WithoutKeys(logging.Formatter):
    """Removes keys from the whole text of a record, including its trace."""

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
