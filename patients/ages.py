"""Who may log in for a patient, by the patient's age.

WGBO, BW 7:447: from 16 a patient decides alone, and a parent reads along no more. BW 7:450: from
12 to 16 patient and parents decide together. BW 7:465: below 12 the parents act for the child;
for an adult it is whoever the adult chose, or who represents them.
"""

from datetime import date

TOGETHER_FROM, ALONE_FROM = 12, 16
PATIENT, PARENT, HELPER = "patient", "parent", "helper"


def birthday(birth_date: date, age: int) -> date:
    """The day on which somebody reaches an age; 1 March for who was born on 29 February."""
    try:
        return birth_date.replace(year=birth_date.year + age)
    except ValueError:
        return date(birth_date.year + age, 3, 1)


def is_so_old(birth_date: date, age: int, day: date) -> bool:
    return birthday(birth_date, age) <= day


def latest_birth(age: int, day: date) -> date:
    """The last birth date of who has reached this age on `day`; for a database query."""
    try:
        return day.replace(year=day.year - age)
    except ValueError:
        return date(day.year - age, 2, 28)


def who_may_log_in(birth_date: date, day: date) -> tuple[str, ...]:
    """For whom an invitation may be made (PATIENT, PARENT, HELPER), the usual one first."""
    if is_so_old(birth_date, ALONE_FROM, day):
        return (PATIENT, HELPER)
    if is_so_old(birth_date, TOGETHER_FROM, day):
        return (PATIENT, PARENT)
    return (PARENT,)
