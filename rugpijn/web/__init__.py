"""Requests and answers: headers, limits, addresses, files, and what a failure shows."""
