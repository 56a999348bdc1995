"""What the technical log says meanwhile."""

import io
import logging
from contextlib import contextmanager

from rugpijn.operations import technical_log


@contextmanager
def listening(formatter=None):
    """Everything that the app logs meanwhile, as a practice's server writes it."""
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    handler.setFormatter(formatter or technical_log.JsonLine())
    handler.addFilter(technical_log.WithoutKeys())
    logging.getLogger().addHandler(handler)
    try:
        yield text
    finally:
        logging.getLogger().removeHandler(handler)
