"""Help with writing for patients: what in a text is hard to read."""
