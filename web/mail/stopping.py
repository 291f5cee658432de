"""The address that ends mails of one kind: signed, so that nobody can end another person's."""

from __future__ import annotations

from itsdangerous import BadSignature, URLSafeSerializer

SALT = "stop mails of a kind"
LONGEST = 400  # characters of a token we could have made


def make_token(secret: str, user_id: int, kind: str) -> str:
    """A token for the address; it holds as long as the installation's secret."""
    made = URLSafeSerializer(secret, salt=SALT).dumps([user_id, kind])
    return made if isinstance(made, str) else made.decode("ascii")


def read_token(secret: str, token: str) -> tuple[int, str] | None:
    """Whose mails of which kind are to end; None for a token we did not make."""
    if len(token) > LONGEST or not token.isascii():
        return None
    try:
        found = URLSafeSerializer(secret, salt=SALT).loads(token)
    except BadSignature:
        return None
    match found:
        case [int(user_id), str(kind)]:
            return user_id, kind
    return None
