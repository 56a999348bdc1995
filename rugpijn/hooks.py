"""Hooks with which an app extends a module that may not import it.

An app adds to a hook in `ready` (apps.py), and the module reads the hook when it needs it. A `Hook`
holds any number of things in the order in which they were added; a `Slot` holds one.
"""

from collections.abc import Iterator


class Hook:
    def __init__(self):
        self._added = []

    def add(self, *things) -> None:
        self._added.extend(things)

    def __iter__(self) -> Iterator:
        return iter(self._added)


class Slot:
    """Holds one thing. `value` is None until an app sets it."""

    value = None


# Functions of a backup.restore.Restored, called when a backup has been restored and before anybody
# logs in. Each returns a sentence about what it did, or None.
after_restore = Hook()
# backup.revocations.RevocationKind: what can be taken away, and must stay away after a restore.
revocation_kinds = Hook()
# Pairs of a name and a function without arguments. It returns what is wrong, or None.
health_problems = Hook()
# Functions of a User. Each returns patient records of this user, for the access log.
own_records = Hook()
# Functions of a User. When one returns True, a login by password needs a second step.
asks_second_step = Hook()
# The patients in the access log of a practice, by name and by id: privacy.log_people.PatientsInLog.
patients_in_log = Slot()
# What a patient reads for each symptom, by its name and in the order in which they are asked.
symptom_words = Slot()
# A function of a region of the body. It returns the names of symptoms that are always asked there.
symptoms_of_region = Slot()
