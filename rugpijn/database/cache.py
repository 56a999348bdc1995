"""The cache that all server processes share: Django's cache table, except that a failure is raised.

Django's `DatabaseCache` returns False when a write fails, whatever the reason. On a full disk a
limit on wrong passwords would then count nothing, or refuse everybody with 429; and in a
transaction the failed write makes the following queries fail. Here the error is raised, and
`web.unavailable` answers.
"""

import base64
import pickle
from datetime import UTC, datetime

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import DatabaseCache
from django.db import connections, router
from django.utils import timezone

# Written in one statement, so that two processes at once need no transaction and no lock.
WRITE = """INSERT INTO {table} AS kept (cache_key, value, expires) VALUES (%s, %s, %s)
    ON CONFLICT (cache_key) DO UPDATE SET value = excluded.value, expires = excluded.expires"""
ONLY_EXPIRED = " WHERE kept.expires < %s"
TOUCH = "UPDATE {table} SET expires = %s WHERE cache_key = %s"


class StrictDatabaseCache(DatabaseCache):
    def _base_set(self, mode, key, value, timeout=DEFAULT_TIMEOUT) -> bool:
        """Return whether a row was written.

        `mode` is “set”, “add” (only when there is no valid row) or “touch” (only the time of expiry
        changes).
        """
        connection = connections[router.db_for_write(self.cache_model_class)]
        table = connection.ops.quote_name(self._table)
        adapt = connection.ops.adapt_datetimefield_value
        now = timezone.now().replace(microsecond=0)
        expires = adapt(self._expires(timeout))
        with connection.cursor() as cursor:
            if mode == "touch":
                cursor.execute(TOUCH.format(table=table), [expires, key])
                return cursor.rowcount > 0
            cursor.execute(f"SELECT COUNT(*) FROM {table}")  # noqa: S608  our own name
            (number,) = cursor.fetchone()
            if number > self._max_entries:
                self._cull(connection.alias, cursor, now, number)
            pickled = base64.b64encode(pickle.dumps(value, self.pickle_protocol)).decode()
            sql, values = WRITE.format(table=table), [key, pickled, expires]
            if mode == "add":
                sql, values = sql + ONLY_EXPIRED, [*values, adapt(now)]
            cursor.execute(sql, values)
            return cursor.rowcount > 0

    def _expires(self, timeout) -> datetime:
        at = self.get_backend_timeout(timeout)
        if at is None:
            return datetime.max.replace(microsecond=0)
        return datetime.fromtimestamp(int(at), UTC)
