"""Mail that waits for the worker: what to write and to whom, never the link or the code in it."""
