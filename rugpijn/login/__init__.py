"""Logging in: passwords, passkeys, second factors, trusted devices and sessions."""
