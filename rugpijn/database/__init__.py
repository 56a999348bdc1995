"""How the database is opened, migrated, and used as a cache."""
