"""A dosage is one value with one parser, one notation and one sentence.

limits    what each part may be, and what it is called
value     the value itself, its notation and its sentence
grammar   how a text is read; the grammar is written out there
refused   what has two meanings, or one that a dosage cannot hold yet
"""

from .limits import LABELS, LIMITS, MAX_LENGTH, SIDES
from .value import Dosage

__all__ = ["LABELS", "LIMITS", "MAX_LENGTH", "SIDES", "Dosage"]
