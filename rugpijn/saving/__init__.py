"""Saving a form: two people at one record, and work that could not be saved at once."""
