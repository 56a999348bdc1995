"""Read library files strictly, and load them without overwriting what was changed here.

A file holds exercises and at most one protocol, with texts by language (TOML, `exercises/data/`).
The files that practices exchange (`exercises/exchange/`) contain the same tables, which are read
and written here too.
"""
