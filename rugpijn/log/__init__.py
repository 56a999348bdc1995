"""The access log: who saw or changed which record, and when. `rugpijn/audit.py` is its door."""
