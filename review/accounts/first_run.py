"""The first day of an installation: the set-up code that makes the first admin, and how far the first steps are."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from typing import Final

from sqlalchemy import exists, func, select, text
from sqlalchemy.orm import Session

from review.accounts.installation import open_row, read_installation
from review.errors import ReviewError
from review.models import Call, Invitation, Source, SourceDoor, User, utc_now
from review.services import audit
from review.services.users import create_user

SAMPLE_SOURCE: Final = "sample calls"
_LETTERS: Final = 12  # of 32: 60 bits, and whoever guesses asks our server each time
_LOCK: Final = 0x6669727374  # advisory lock on PostgreSQL: two browsers at once make one admin


class WrongSetupCode(ReviewError):
    """The set-up code is not this installation's."""

    code = "wrong_setup_code"

    def __init__(self) -> None:
        super().__init__("This is not the set-up code. `callcoach user first` shows it.")


class NotFirst(ReviewError):
    """Somebody can sign in already, so nobody becomes admin by the set-up code any more."""

    code = "not_first"

    def __init__(self) -> None:
        super().__init__("Somebody can sign in here already. Ask them for an invitation.")


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstSteps:
    """How far an installation is; each is what the database says, not what somebody ticked."""

    named: bool  # the company said who it is
    calls: int  # calls that came, sample calls too
    scored: int
    own_scored: int  # of the company's own
    connected: bool  # calls arrive by themselves: a telephone system or a watched folder
    invited: bool  # somebody else can sign in, or was asked in
    dismissed: bool

    @property
    def done(self) -> bool:
        """True when nothing is left to do."""
        return self.named and self.own_scored > 0 and self.connected and self.invited


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstCall:
    """How far the first call is, with nothing of what was said: admins see this without seeing calls."""

    id: int
    state: str
    progress: float  # 0..1 of the step that runs
    score: float | None
    failure: str


def is_first(session: Session) -> bool:
    """True while nobody can sign in."""
    return session.scalar(select(User.id).limit(1)) is None


def setup_code(secret_key: str) -> str:
    """The code that lets its reader make the first admin: shown in the terminal, worth nothing once there is one.

    Made of the installation's secret, so that every start of every process shows the same.
    """
    digest = hmac.new(secret_key.encode(), b"callcoach first account 1", hashlib.sha256).digest()
    letters = base64.b32encode(digest).decode("ascii")[:_LETTERS]
    return "-".join(letters[at : at + 4] for at in range(0, _LETTERS, 4))


def make_first_admin(
    session: Session, secret_key: str, *, code: str, email: str, name: str, password: str, reviews: bool, language: str
) -> int:
    """Make the first account; its id. `reviews`: it also sees and scores calls.

    Raises WrongSetupCode, NotFirst, BadUser, WeakPassword.
    """
    typed = "".join(letter for letter in code[:100].upper() if letter.isalnum())
    if not hmac.compare_digest(typed.encode(), setup_code(secret_key).replace("-", "").encode()):
        raise WrongSetupCode
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    if not is_first(session):
        raise NotFirst
    roles = ["admin", "quality_lead"] if reviews else ["admin"]
    user_id = create_user(session, email=email, name=name, password=password, roles=roles, language=language)
    audit.record(session, user_id, "installation.first_admin", "user", user_id)
    return user_id


def ask_for_samples(session: Session, *, by: int | None) -> bool:
    """Ask the workers for the sample calls; False when they were asked for before."""
    row = open_row(session)
    if row.samples_at is not None:
        return False
    row.samples_at = utc_now()
    session.flush()
    audit.record(session, by, "installation.samples_asked", "installation", row.id)
    return True


def dismiss(session: Session, *, by: int | None) -> None:
    """Put the list of first steps away for everybody."""
    row = open_row(session)
    if row.dismissed_at is None:
        row.dismissed_at = utc_now()
        session.flush()
        audit.record(session, by, "installation.steps_dismissed", "installation", row.id)


def first_call(session: Session) -> FirstCall | None:
    """The call that is furthest: one that is scored, else the newest; None while there is none."""
    row = session.execute(
        select(Call.id, Call.state, Call.progress, Call.score_final, Call.failure)
        .order_by((Call.state == "scored").desc(), Call.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    failure = row.failure if isinstance(row.failure, dict) else {}
    why = " ".join(str(failure.get(name) or "") for name in ("message", "advice")).strip()
    return FirstCall(id=row.id, state=row.state, progress=row.progress or 0.0, score=row.score_final, failure=why)


def read_steps(session: Session, *, named: bool = False, watches: bool = False) -> FirstSteps:
    """How far it is. `named` and `watches` are what the settings say: company names, watched folders."""
    kept = read_installation(session)
    if kept.dismissed_at is not None:
        return FirstSteps(named=True, calls=0, scored=0, own_scored=0, connected=True, invited=True, dismissed=True)
    scored = exists().where(Call.state == "scored")
    own = exists().where(Call.state == "scored", Call.source != SAMPLE_SOURCE)
    row = session.execute(
        select(
            exists().where(Call.id > 0).label("calls"),
            scored.label("scored"),
            own.label("own"),
            exists().where(SourceDoor.source != "").label("doors"),
            select(func.count()).select_from(select(User.id).limit(2).subquery()).scalar_subquery().label("people"),
            exists().where(Invitation.withdrawn_at.is_(None)).label("invitations"),
            exists().where(Source.kind.not_in(("upload", "import"))).label("sources"),
        )
    ).one()
    return FirstSteps(
        named=named or kept.named_at is not None,
        calls=int(row.calls),
        scored=int(row.scored),
        own_scored=int(row.own),
        connected=bool(row.doors or row.sources or watches),
        invited=row.people > 1 or bool(row.invitations),
        dismissed=False,
    )
