"""Mail that waits for the worker: what to write to whom, never the link or the code in it."""
