"""A disk without room, as the database and the file system report it."""

from django.db import OperationalError, connection, transaction


class DriverError(Exception):
    sqlite_errorname = "SQLITE_FULL"
    sqlstate = "53100"


def refuse(execute, sql, params, many, context):
    """Each statement that writes fails, as on a full disk."""
    if sql.lstrip().startswith(("INSERT", "UPDATE", "DELETE")):
        raise OperationalError("database or disk is full") from DriverError()
    return execute(sql, params, many, context)


def full():
    return connection.execute_wrapper(refuse)


def ask(method, address, **sent):
    """The answer on a full disk. What the tests' own transaction was left with is taken back."""
    method.__self__.raise_request_exception = False
    with transaction.atomic():
        with full():
            answer = method(address, **sent)
        transaction.set_rollback(True)
    return answer
