"""What people change of their own account, after showing once more that it is they who sit there."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.errors import ReviewError
from review.models import User
from review.services import users
from review.services.sessions import SignInRefused, TooManyAttempts, check_passphrase, end_sessions
from review.services.users import NO_PASSWORD


class WrongPassphrase(ReviewError):
    """The passphrase that was typed is not the person's."""

    code = "wrong_passphrase"

    def __init__(self) -> None:
        super().__init__("This is not your passphrase. Nothing was changed.")


def confirm_passphrase(session: Session, user_id: int, password: str, address: str) -> None:
    """Check it as a sign-in does, with its limits. Raises WrongPassphrase, TooManyAttempts.

    Callers catch both inside their session scope, so that a wrong try is remembered.
    """
    email = session.scalar(select(User.email).where(User.id == user_id)) or ""
    try:
        check_passphrase(session, email, password, address)
    except TooManyAttempts:
        raise
    except SignInRefused as error:
        raise WrongPassphrase from error


def has_passphrase(session: Session, user_id: int) -> bool:
    """False for a person who only ever came by another provider."""
    return session.scalar(select(User.password_hash).where(User.id == user_id)) != NO_PASSWORD


def change_passphrase(session: Session, user_id: int, old: str, new: str, *, address: str, keep: str) -> None:
    """Set a new passphrase and end every session but the one with the token `keep`.

    Raises WrongPassphrase, TooManyAttempts, WeakPassword.
    """
    confirm_passphrase(session, user_id, old, address)
    users.set_password(session, user_id, new, by=user_id, keep=keep)


def end_other_sessions(session: Session, user_id: int, keep: str) -> int:
    """End all sessions but the one with the token `keep`; how many."""
    return end_sessions(session, user_id, keep=keep, by=user_id)
