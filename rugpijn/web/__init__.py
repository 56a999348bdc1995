"""Requests and answers: headers, limits, addresses, files, and what is shown after a failure."""
