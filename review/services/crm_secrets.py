"""Keys and tokens of CRMs and webhooks, encrypted at rest with a key derived from the installation's own secret."""

from __future__ import annotations

import json
import secrets as random_bytes
from collections.abc import Mapping
from typing import Final

from review.errors import ReviewError

_VERSION: Final = b"\x01"  # AES-256-GCM, 12-byte nonce, connection's id as associated data
_NONCE: Final = 12


class SecretsLost(ReviewError):
    """The keys of a connection cannot be read with this installation's secret."""

    code = "crm_secrets_lost"

    def __init__(self, connection_id: int) -> None:
        super().__init__(
            f"The keys of connection {connection_id} cannot be read: the secret key of this installation is not the "
            "one they were stored with. Nothing else is lost; enter the keys again."
        )
        self.connection_id = connection_id


class SecretBox:
    """Closes and opens a row's secrets (HKDF-SHA256 from the installation's secret key); each `use` has its own key."""

    def __init__(self, secret_key: str, *, use: str = "crm connections 1", kind: str = "crm") -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"callcoach {use}".encode("ascii"))
        self._kind = kind
        self._cipher = AESGCM(derived.derive(secret_key.encode("utf-8")))

    def close(self, connection_id: int, secrets: Mapping[str, str]) -> bytes:
        """The secrets as bytes that open only for the same connection."""
        nonce = random_bytes.token_bytes(_NONCE)
        plain = json.dumps(dict(secrets), ensure_ascii=False).encode("utf-8")
        return _VERSION + nonce + self._cipher.encrypt(nonce, plain, self._bound_to(connection_id))

    def open(self, connection_id: int, body: bytes | None) -> dict[str, str]:
        """The secrets again; none for None. Raises SecretsLost."""
        from cryptography.exceptions import InvalidTag

        if body is None:
            return {}
        try:
            if body[:1] != _VERSION:
                raise ValueError("unknown version")
            plain = self._cipher.decrypt(body[1 : 1 + _NONCE], body[1 + _NONCE :], self._bound_to(connection_id))
        except (InvalidTag, ValueError) as error:
            raise SecretsLost(connection_id) from error
        return {str(name): str(value) for name, value in json.loads(plain).items()}

    def _bound_to(self, row_id: int) -> bytes:
        return f"{self._kind}:{row_id}".encode("ascii")
