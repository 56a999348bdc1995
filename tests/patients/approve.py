"""Keep the paper as it is printed now: `python -m tests.patients.approve`, then look.

Writes tests/patients/approved/, which test_paper_variants.py compares with.
"""

import os
import sys

import pytest

if __name__ == "__main__":
    os.environ["APPROVE_PAPER"] = "1"
    sys.exit(pytest.main(["-q", "tests/patients/paper/test_paper_variants.py", "-k", "approved"]))
