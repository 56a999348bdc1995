"""An authenticator app as RFC 6238 describes it, written apart from the code that it checks."""

import base64
import hashlib
import hmac
import time

STEP = 30  # seconds


def app_code(secret: str, steps: int = 0) -> str:
    """The six digits that an app with this secret shows now, or so many half minutes later."""
    counter = int(time.time()) // STEP + steps
    digest = hmac.new(base64.b32decode(secret), counter.to_bytes(8), hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at : at + 4]) & 0x7FFFFFFF) % 1_000_000:06}"
