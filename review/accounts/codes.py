"""One-time codes (RFC 6238, six digits, 30 s): set up, checked once each, turned off; recovery codes beside them.

A refused code must be remembered, so callers catch WrongCode and TooManyCodes *inside* their session scope.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, delete, func, select, text, update
from sqlalchemy.orm import Session

from review.accounts.installation import read_installation
from review.accounts.sealing import Seals
from review.errors import ReviewError
from review.models import OneTimeCode, RecoveryCode, SignInAttempt, User, UserRole, utc_now
from review.services import audit

ISSUER: Final = "Callcoach"
STEP: Final = 30  # seconds
DRIFT: Final = 1  # steps either way: a telephone's clock may be up to half a minute off
RECOVERY_CODES: Final = 10
MOST_WRONG: Final = 5  # within the window; five guesses of a million in a quarter of an hour
WINDOW: Final = timedelta(minutes=15)
_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is read as something else
_GROUPS, _GROUP = 4, 4  # 31^16: 79 bits, too many to try all even with the hashes at hand


class WrongCode(ReviewError):
    """The code is not right, was used before, or its time is over."""

    code = "wrong_code"

    def __init__(self) -> None:
        super().__init__("This code is not right any more. Wait for the next one and type that.")


class TooManyCodes(ReviewError):
    """Too many wrong codes for this account; `retry_after` in seconds."""

    code = "too_many_codes"

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"Too many wrong codes. Wait {max(1, -(-retry_after // 60))} min and try again.")
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeState:
    """How a person stands with one-time codes."""

    on: bool
    since: datetime | None
    recovery_left: int
    required: bool  # a role of theirs asks for codes


def read_state(session: Session, user_id: int) -> CodeState:
    """How the person stands with one-time codes."""
    since = session.scalar(select(OneTimeCode.confirmed_at).where(OneTimeCode.user_id == user_id))
    left = session.scalar(
        select(func.count()).select_from(RecoveryCode).where(_mine(user_id), RecoveryCode.used_at.is_(None))
    )
    return CodeState(on=since is not None, since=since, recovery_left=left or 0, required=is_required(session, user_id))


def is_required(session: Session, user_id: int) -> bool:
    """True when a role of the person must use one-time codes."""
    roles = read_installation(session).code_roles
    if not roles:
        return False
    found = select(UserRole.role).where(UserRole.user_id == user_id, UserRole.role.in_(roles)).limit(1)
    return session.scalar(found) is not None


def next_step(session: Session, user_id: int) -> str | None:
    """What follows the passphrase: `code` to type one, `set_up` where a role asks for codes, None for nothing."""
    confirmed = session.scalar(select(OneTimeCode.confirmed_at).where(OneTimeCode.user_id == user_id))
    if confirmed is not None:
        return "code"
    return "set_up" if is_required(session, user_id) else None


def begin(session: Session, user_id: int, seals: Seals) -> str:
    """The secret to put into an app, made on the first call and the same until a code of it is confirmed.

    Raises ValueError where codes are on already: a second secret would shut the first telephone out unseen.
    """
    import pyotp

    row = session.get(OneTimeCode, user_id)
    if row is not None and row.confirmed_at is not None:
        raise ValueError(f"user {user_id} has one-time codes already")
    if row is not None:
        return seals.open_code(user_id, row.secret)
    secret = pyotp.random_base32()
    session.add(OneTimeCode(user_id=user_id, secret=seals.close_code(user_id, secret)))
    session.flush()
    return secret


def address_of(session: Session, user_id: int, secret: str) -> str:
    """The `otpauth:` address that apps read from the picture."""
    import pyotp

    email = session.scalar(select(User.email).where(User.id == user_id)) or ""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)


def picture_of(address: str) -> str:
    """The address as a QR code: an SVG element that needs no style."""
    import segno

    return str(segno.make(address, error="m").svg_inline(border=4, dark="#000", light="#fff", omitsize=True))


def confirm(session: Session, user_id: int, code: str, seals: Seals) -> tuple[str, ...]:
    """Turn codes on with the first code typed; the recovery codes, shown only now. Raises WrongCode, TooManyCodes."""
    row = session.get(OneTimeCode, user_id)
    if row is None or row.confirmed_at is not None:
        raise WrongCode
    _one_at_a_time(session, user_id)
    _check_tries(session, user_id)
    if not _take_step(session, row, code, seals):
        _note_wrong(session, user_id)
        raise WrongCode
    row.confirmed_at = utc_now()
    codes = _make_recovery(session, user_id)
    audit.record(session, user_id, "user.codes_on", "user", user_id)
    return codes


def check(session: Session, user_id: int, code: str, seals: Seals) -> str:
    """Take a code or a recovery code, once; which of the two it was. Raises WrongCode, TooManyCodes."""
    _one_at_a_time(session, user_id)
    _check_tries(session, user_id)
    row = session.get(OneTimeCode, user_id)
    if row is not None and row.confirmed_at is not None:
        if _take_step(session, row, code, seals):
            return "code"
        if _take_recovery(session, user_id, code):
            audit.record(session, user_id, "user.recovery_code_used", "user", user_id)
            return "recovery"
    _note_wrong(session, user_id)
    raise WrongCode


def turn_off(session: Session, user_id: int, *, by: int | None) -> bool:
    """Forget the person's secret and recovery codes; False when there was nothing to forget."""
    row = session.get(OneTimeCode, user_id)
    if row is None:
        return False
    was_on = row.confirmed_at is not None
    session.delete(row)
    session.execute(delete(RecoveryCode).where(_mine(user_id)))
    session.flush()
    if was_on:
        audit.record(session, by, "user.codes_off" if by == user_id else "user.codes_reset", "user", user_id)
    return was_on


def renew_recovery(session: Session, user_id: int, *, by: int | None) -> tuple[str, ...]:
    """New recovery codes in place of all old ones, shown only now."""
    codes = _make_recovery(session, user_id)
    audit.record(session, by, "user.recovery_codes_renewed", "user", user_id)
    return codes


def _take_step(session: Session, row: OneTimeCode, code: str, seals: Seals) -> bool:
    """True when the code is right and no code of its step or a later one was taken before."""
    import pyotp

    typed = "".join(code.split())
    if len(typed) != 6 or not (typed.isascii() and typed.isdecimal()):
        return False
    totp = pyotp.TOTP(seals.open_code(row.user_id, row.secret))
    now = int(utc_now().timestamp()) // STEP
    fitting = [
        step for step in range(now - DRIFT, now + DRIFT + 1) if secrets.compare_digest(totp.generate_otp(step), typed)
    ]
    if not fitting:
        return False
    # The row count decides: of two browsers with the same code one comes in.
    taken = session.execute(
        update(OneTimeCode)
        .where(OneTimeCode.user_id == row.user_id, OneTimeCode.last_step < fitting[-1])
        .values(last_step=fitting[-1])
    )
    return bool(taken.rowcount)  # type: ignore[attr-defined]


def _take_recovery(session: Session, user_id: int, code: str) -> bool:
    typed = "".join(letter for letter in code[:100].lower() if letter.isalnum())
    taken = session.execute(
        update(RecoveryCode)
        .where(_mine(user_id), RecoveryCode.code_hash == _hash(user_id, typed), RecoveryCode.used_at.is_(None))
        .values(used_at=utc_now())
    )
    return bool(taken.rowcount)  # type: ignore[attr-defined]


def _make_recovery(session: Session, user_id: int) -> tuple[str, ...]:
    session.execute(delete(RecoveryCode).where(_mine(user_id)))
    codes = []
    for _ in range(RECOVERY_CODES):
        plain = "".join(secrets.choice(_ALPHABET) for _ in range(_GROUPS * _GROUP))
        session.add(RecoveryCode(user_id=user_id, code_hash=_hash(user_id, plain)))
        codes.append("-".join(plain[at : at + _GROUP] for at in range(0, len(plain), _GROUP)))
    session.flush()
    return tuple(codes)


def _hash(user_id: int, plain: str) -> str:
    return hashlib.sha256(f"{user_id}:{plain}".encode()).hexdigest()


def _mine(user_id: int) -> ColumnElement[bool]:
    return RecoveryCode.user_id == user_id


def _tries_name(user_id: int) -> str:
    return f"code of user {user_id}"  # holds spaces, so it is nobody's address


def _one_at_a_time(session: Session, user_id: int) -> None:
    """Tries of one account wait for each other, or a hundred at once would each count none; SQLite's do anyway."""
    if session.get_bind().dialect.name == "postgresql":
        key = int(hashlib.sha256(_tries_name(user_id).encode()).hexdigest()[:15], 16)
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


def _check_tries(session: Session, user_id: int) -> None:
    now = utc_now()
    count, oldest = session.execute(
        select(func.count(), func.min(SignInAttempt.at)).where(
            SignInAttempt.email == _tries_name(user_id),
            SignInAttempt.succeeded.is_(False),
            SignInAttempt.at > now - WINDOW,
        )
    ).one()
    if count >= MOST_WRONG:
        raise TooManyCodes(max(1, int((oldest + WINDOW - now).total_seconds())))


def _note_wrong(session: Session, user_id: int) -> None:
    session.add(SignInAttempt(email=_tries_name(user_id), address="", at=utc_now(), succeeded=False))
    audit.record(session, user_id, "user.code_refused", "user", user_id)
    session.flush()
