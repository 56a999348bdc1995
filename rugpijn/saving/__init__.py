"""Saving a form: when two people change one record, and when the session has ended."""
