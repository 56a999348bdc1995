"""What may not stand in a log: an address that is a key."""

import logging
import re

# The part of an address after which everything opens something, for whoever reads it.
KEYS = re.compile(r"(/(?:calendar|reminders/stop|s|invitation|colleague)/)[^\s/?\"']+")


class WithoutKeys(logging.Filter):
    """Takes the key out of an address before any handler sees it. Lets every record through."""

    def filter(self, record):
        if isinstance(record.msg, str):
            record.msg = KEYS.sub(r"\1…", record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(
                KEYS.sub(r"\1…", one) if isinstance(one, str) else one for one in record.args
            )
        return True
