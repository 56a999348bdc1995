"""The practice: people who log in, settings, and what every app stands on."""

__version__ = "0.1.dev0"  # stands in a backup
