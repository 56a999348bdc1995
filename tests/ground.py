"""What many tests begin with: the people, the library and a programme, written once.

Each stands in a transaction around all tests in a row that ask for it, and each test is rolled
back to it. A test gets copies of the objects, so that what it does to them is gone as well.
"""

import copy
from collections.abc import Callable

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.utils import translation


class Layer:
    """One transaction, and what was written in it and in those around it, by name."""

    def __init__(self, name: str, make: Callable, below: dict):
        self.name = name
        self.connection = connections[DEFAULT_DB_ALIAS]
        self.around = transaction.atomic()
        self.around.__enter__()
        self.made = copy.deepcopy(below)
        with translation.override(settings.LANGUAGE_CODE):
            self.made[name] = make(self.made)

    def take_back(self):
        """Roll back. A browser that has begun since gave this thread a connection of its own."""
        current = connections[DEFAULT_DB_ALIAS]
        connections[DEFAULT_DB_ALIAS] = self.connection
        try:
            transaction.set_rollback(True)
            self.around.__exit__(None, None, None)
        finally:
            connections[DEFAULT_DB_ALIAS] = current


class Ground:
    """The layers that stand in the database now.

    `makers` says by name how each is made of those before it, from the lowest up.
    """

    def __init__(self, makers: dict[str, Callable]):
        self.makers = makers
        self.layers: list[Layer] = []

    def stand_on(self, names) -> dict:
        """Have exactly these layers, and return what was made as copies for one test."""
        wanted = [name for name in self.makers if name in names]
        while [layer.name for layer in self.layers] != wanted[: len(self.layers)]:
            self.layers.pop().take_back()
        for name in wanted[len(self.layers) :]:
            self.layers.append(Layer(name, self.makers[name], self.made))
        return copy.deepcopy(self.made)

    @property
    def made(self) -> dict:
        return self.layers[-1].made if self.layers else {}


def is_transactional(item) -> bool:
    """Whether the tables are emptied after this test, where other tests are rolled back."""
    mark = item.get_closest_marker("django_db")
    asked = {"live_server", "transactional_db"} & set(item.fixturenames)
    return bool(asked) or bool(mark and mark.kwargs.get("transaction"))
