"""A passkey in software: what a phone answers, made from a key of our own."""

import hashlib
import json
import os

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class Phone:
    """Knows one website and one key. `flags` says whether a finger was seen."""

    def __init__(self, site="http://localhost", *, verified=True):
        self.site, self.host = site, site.partition("://")[2].partition(":")[0]
        self.flags = PRESENT | (VERIFIED if verified else 0)
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = os.urandom(16)
        self.owner = None

    def _client_data(self, kind, challenge):
        said = {"type": f"webauthn.{kind}", "challenge": challenge, "origin": self.site}
        return json.dumps(said).encode()

    def _answer(self, **response):
        return json.dumps(
            {
                "id": websafe_encode(self.id),
                "rawId": websafe_encode(self.id),
                "type": "public-key",
                "response": {name: websafe_encode(value) for name, value in response.items()},
                "clientExtensionResults": {},
            }
        )

    def make(self, options) -> str:
        """Make a passkey for whom the page asks."""
        asked = options["publicKey"]
        self.owner = asked["user"]["id"]
        public = ES256.from_cryptography_key(self.key.public_key())
        data = AuthenticatorData.create(
            hashlib.sha256(self.host.encode()).digest(),
            self.flags | ATTESTED,
            0,
            AttestedCredentialData.create(b"\0" * 16, self.id, public),
        )
        return self._answer(
            clientDataJSON=self._client_data("create", asked["challenge"]),
            attestationObject=AttestationObject.create("none", data, {}),
        )

    def use(self, options) -> str:
        """Log in with it."""
        data = AuthenticatorData.create(hashlib.sha256(self.host.encode()).digest(), self.flags, 1)
        client = self._client_data("get", options["publicKey"]["challenge"])
        signed = bytes(data) + hashlib.sha256(client).digest()
        signature = self.key.sign(signed, ec.ECDSA(hashes.SHA256()))
        handle = self.owner.encode() if isinstance(self.owner, str) else self.owner
        answer = json.loads(
            self._answer(clientDataJSON=client, authenticatorData=data, signature=signature)
        )
        answer["response"]["userHandle"] = handle.decode()
        return json.dumps(answer)
