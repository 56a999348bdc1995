"""Coming in: passwords, passkeys and second factors, devices that are trusted, and sessions."""
