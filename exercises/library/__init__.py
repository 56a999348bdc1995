"""Library files: read strictly, loaded once, and never over what was changed here.

A file holds exercises and at most one protocol, with texts by language (TOML,
`exercises/data/`). What practices give each other (`exercises/exchange/`) has the
same shape, and is read and written here too.
"""
