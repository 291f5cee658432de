"""Secrets of accounts, sealed at rest: of one-time codes and of the identity provider."""

from __future__ import annotations

from typing import Final

from review.errors import ReviewError
from review.services.crm_secrets import SecretBox, SecretsLost

_NAME: Final = "secret"


class SecretLost(ReviewError):
    """A sealed secret cannot be opened with this installation's key; `what` says whose."""

    code = "secret_lost"

    def __init__(self, what: str) -> None:
        super().__init__(
            f"The secret of {what} cannot be read: the secret key of this installation is not the one it was stored "
            "with. Nothing else is lost; set it up again."
        )
        self.what = what


class Seals:
    """Closes and opens secrets, each kind under a key of its own and bound to its row."""

    def __init__(self, secret_key: str) -> None:
        self._codes = SecretBox(secret_key, use="one-time codes 1")
        self._provider = SecretBox(secret_key, use="identity provider 1")

    def close_code(self, user_id: int, secret: str) -> bytes:
        """A person's secret of one-time codes, sealed."""
        return self._codes.close(user_id, {_NAME: secret})

    def open_code(self, user_id: int, body: bytes) -> str:
        """The secret again. Raises SecretLost."""
        try:
            return self._codes.open(user_id, body)[_NAME]
        except (SecretsLost, KeyError) as error:
            raise SecretLost(f"the one-time codes of user {user_id}") from error

    def close_provider(self, secret: str) -> bytes:
        """The provider's client secret, sealed."""
        return self._provider.close(1, {_NAME: secret})

    def open_provider(self, body: bytes | None) -> str | None:
        """The client secret again; None for a client without one. Raises SecretLost."""
        if body is None:
            return None
        try:
            return self._provider.open(1, body)[_NAME]
        except (SecretsLost, KeyError) as error:
            raise SecretLost("the identity provider") from error
