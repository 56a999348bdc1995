"""A dosage: one value with one parser, one notation and one sentence for the patient.

limits    the range and the label of each part
value     the value itself, its notation and its sentence
grammar   the parser, with a description of the grammar
words     the words of the grammar, as parts of patterns
refused   texts with two meanings, or with a meaning that a dosage cannot hold yet
"""

from .limits import LABELS, LIMITS, MAX_LENGTH, SIDES
from .value import Dosage

__all__ = ["LABELS", "LIMITS", "MAX_LENGTH", "SIDES", "Dosage"]
