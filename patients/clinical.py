"""The rules of the trade, each with its source, for a physiotherapist to read and correct.

Nothing here knows a database or a page. Whoever uses a rule asks it here.
"""

PAIN_LEAST, PAIN_MOST = 0, 10
"""Numeric pain rating scale: whole numbers, 0 is no pain. KNGF Lage rugpijn 2021, measurement."""

DIARY_WEEKS = 3
"""The diary on paper covers the weeks after which improvement should be felt.

The leaflet "Lage rugpijn" and KNGF 2013 A.3: no improvement in three weeks is a
deviating course, and the patient should contact the therapist.
"""

EXERCISES_ENOUGH, EXERCISES_MANY = 4, 8
"""More than the first: a hint. The second or more: a clear word. Never a block.

e-Exercise low back pain, built on KNGF, gives 3 to 4 home exercises in all; two were done
better than eight (quality, n = 15). Where "many" begins is our own working assumption.
"""
