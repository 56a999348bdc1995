"""Encryption of a backup: anyone can encrypt with the public key, and only the private key
decrypts.

The key of a file comes from X25519 between a key that is made for this file and the public key of
the owner. The contents are encrypted with it in chunks (ChaCha20-Poly1305). The number of each
chunk, and whether it is the last, are authenticated, so no chunk can be left out, moved or cut off.
This is the construction of the tool age, with a heading of our own.
"""

import base64
import binascii
import hashlib
import io
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from . import BackupError

MAGIC = b"rugpijn backup 1\n"
CHUNK = 64 * 1024  # bytes of contents; encrypted they are TAG longer
TAG = 16
PUBLIC, PRIVATE = "rugpijn-public-", "rugpijn-private-"


def new_pair() -> tuple[str, str]:
    """Return a new private and public key, as text."""
    private = X25519PrivateKey.generate()
    return (
        PRIVATE + base64.urlsafe_b64encode(private.private_bytes_raw()).decode(),
        PUBLIC + base64.urlsafe_b64encode(private.public_key().public_bytes_raw()).decode(),
    )


def public_of(private: str) -> str:
    """Return the public key that belongs to a private key."""
    raw = _private(private).public_key().public_bytes_raw()
    return PUBLIC + base64.urlsafe_b64encode(raw).decode()


def check_public(text: str) -> None:
    """Raise BackupError when this key cannot be used to encrypt."""
    _public(text)


def _private(text: str) -> X25519PrivateKey:
    """Find the private key in a text, on a line of its own."""
    for line in text.split():
        if line.startswith(PRIVATE):
            return X25519PrivateKey.from_private_bytes(_raw(line.removeprefix(PRIVATE)))
    raise BackupError(f"This is no private key. It begins with “{PRIVATE}”.")


def _public(text: str) -> X25519PublicKey:
    if not text.startswith(PUBLIC):
        raise BackupError(f"BACKUP_KEY is no public key. It begins with “{PUBLIC}”.")
    return X25519PublicKey.from_public_bytes(_raw(text.removeprefix(PUBLIC)))


def _raw(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != 32:
        raise BackupError("The key was not copied whole.")
    return raw


def _file_key(shared: bytes, heading: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=heading, info=MAGIC).derive(shared)


def _mark(public: X25519PublicKey) -> bytes:
    """Return the digest that tells with which key a file was encrypted, to tell a wrong key from a
    damaged file."""
    return hashlib.sha256(public.public_bytes_raw()).digest()[:16]


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


class Sealer(io.RawIOBase):
    """Writes an encrypted file. Without `close` the file has no end, and nothing can open it."""

    def __init__(self, file: BinaryIO, public: str):
        super().__init__()
        owner, moment = _public(public), X25519PrivateKey.generate()
        self.heading = MAGIC + moment.public_key().public_bytes_raw() + _mark(owner)
        self.key = _file_key(moment.exchange(owner), self.heading)  # to read back what was written
        self.file, self.number, self.waiting = file, 0, bytearray()
        file.write(self.heading)

    def writable(self):
        return True

    def write(self, data) -> int:
        self.waiting += data
        while len(self.waiting) > CHUNK:  # a chunk waits until it is known not to be the last
            self._seal(bytes(self.waiting[:CHUNK]), last=False)
            del self.waiting[:CHUNK]
        return len(data)

    def finish(self) -> None:
        self._seal(bytes(self.waiting), last=True)

    def _seal(self, chunk: bytes, *, last: bool) -> None:
        nonce = _nonce(self.number, last)
        self.file.write(ChaCha20Poly1305(self.key).encrypt(nonce, chunk, self.heading))
        self.number += 1


class Opener(io.RawIOBase):
    """Reads an encrypted file with the private key, or with the key of the file right after writing
    it."""

    def __init__(self, file: BinaryIO, *, private: str | None = None, key: bytes = b""):
        super().__init__()
        length = len(MAGIC) + 32 + 16
        heading = file.read(length)
        if not heading.startswith(MAGIC) or len(heading) != length:
            raise BackupError("This is no backup of Rugpijn, or only a small piece of one.")
        if private is not None:
            owner = _private(private)
            if heading[-16:] != _mark(owner.public_key()):
                raise BackupError("This backup was sealed for another key. Look for that one.")
            moment = X25519PublicKey.from_public_bytes(heading[len(MAGIC) : -16])
            key = _file_key(_exchange(owner, moment), heading)
        self.key, self.heading, self.file, self.number = key, heading, file, 0
        self.sealed, self.opened = file.read(CHUNK + TAG), b""
        self.ended = False

    def readable(self):
        return True

    def readinto(self, buffer) -> int:
        if not self.opened and not self.ended:
            self._open()
        taken = self.opened[: len(buffer)]
        buffer[: len(taken)] = taken
        self.opened = self.opened[len(taken) :]
        return len(taken)

    def _open(self) -> None:
        following = self.file.read(CHUNK + TAG)
        self.ended = not following
        try:
            nonce = _nonce(self.number, self.ended)
            self.opened = ChaCha20Poly1305(self.key).decrypt(nonce, self.sealed, self.heading)
        except InvalidTag:
            raise not_whole() from None
        self.sealed = following
        self.number += 1


def _exchange(owner: X25519PrivateKey, moment: X25519PublicKey) -> bytes:
    try:
        return owner.exchange(moment)
    except ValueError:  # a point of small order: nobody's key
        raise not_whole() from None


def not_whole() -> BackupError:
    return BackupError(
        "This file is not whole: it was cut off, or something in it was changed. "
        "Take another backup."
    )
