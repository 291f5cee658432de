"""Sign-in: the limits, the same answer for every refusal, and the ends of a session."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from review.db import Database
from review.models import AuditEvent, SignInAttempt, WebSession, utc_now
from review.services import sessions
from review.services.passwords import hash_password, verify_password
from tests.factories import make_user

PASSWORD = "green kettle by the door"


@pytest.fixture(scope="module")
def password_hash() -> str:
    """One hash for all tests: making it takes as long as it should."""
    return hash_password(PASSWORD)


def fail(session: Session, email: str, address: str) -> None:
    with pytest.raises(sessions.SignInRefused) as refused:
        sessions.sign_in(session, email, "wrong", address, "")
    assert not isinstance(refused.value, sessions.TooManyAttempts)


def record_failures(session: Session, count: int, *, email: str = "x@example.com", address: str = "192.0.2.9") -> None:
    now = utc_now()
    for n in range(count):
        session.add(SignInAttempt(email=email, address=address, at=now - timedelta(seconds=n), succeeded=False))
    session.flush()


def test_only_a_hash_of_the_token_is_kept(database: Database, password_hash: str) -> None:
    with database.session() as session:
        user = make_user(session, "rep", email="jonas@example.com", password_hash=password_hash)
        opened = sessions.sign_in(session, " Jonas@Example.com ", PASSWORD, "192.0.2.1", "Browser\r\n1")
        assert opened.user_id == user.id
        row = session.scalars(select(WebSession)).one()
        assert opened.token not in (row.token_hash, row.address, row.user_agent)
        assert (row.address, row.user_agent) == ("192.0.2.1", "Browser1")
        assert sessions.find_session(session, opened.token) == user.id
        assert sessions.find_session(session, opened.token[:-1]) is None
        assert sessions.find_session(session, row.token_hash) is None
        assert sessions.find_session(session, "") is None
        sessions.sign_out(session, opened.token)
        sessions.sign_out(session, opened.token)
        assert sessions.find_session(session, opened.token) is None
        assert list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id))) == [
            "user.signed_in",
            "user.signed_out",
        ]


def test_every_refusal_reads_the_same(database: Database, password_hash: str) -> None:
    with database.session() as session:
        make_user(session, "rep", email="jonas@example.com", password_hash=password_hash)
        make_user(session, "rep", email="gone@example.com", password_hash=password_hash, disabled_at=utc_now())
        texts = set()
        for email, password in (
            ("jonas@example.com", "wrong"),
            ("gone@example.com", PASSWORD),
            ("nobody@example.com", PASSWORD),
            ("", ""),
            ("\x00", "\x00"),
        ):
            with pytest.raises(sessions.SignInRefused) as refused:
                sessions.sign_in(session, email, password, "192.0.2.1", "")
            texts.add(str(refused.value))
        assert len(texts) == 1
        assert len(session.scalars(select(SignInAttempt)).all()) == 5


def turned_away(session: Session, email: str, address: str) -> int:
    """The right password is refused for a while; how long, in seconds."""
    with pytest.raises(sessions.TooManyAttempts) as refused:
        sessions.sign_in(session, email, PASSWORD, address, "")
    return refused.value.retry_after


@pytest.fixture
def two_users(database: Database, password_hash: str) -> None:
    """Jonas and Anna."""
    with database.session() as session:
        for name in ("jonas", "anna"):
            make_user(session, "rep", email=f"{name}@example.com", password_hash=password_hash)


@pytest.mark.usefixtures("two_users")
def test_ten_failures_close_the_account_for_that_address_only(database: Database) -> None:
    with database.session() as session:
        record_failures(session, 9, email="jonas@example.com")
        fail(session, "jonas@example.com", "192.0.2.9")
        assert 0 < turned_away(session, "jonas@example.com", "192.0.2.9") <= 15 * 60
        # Neither the owner of the account elsewhere nor the others behind that address are shut out.
        sessions.sign_in(session, "jonas@example.com", PASSWORD, "192.0.2.2", "")
        sessions.sign_in(session, "anna@example.com", PASSWORD, "192.0.2.9", "")


@pytest.mark.usefixtures("two_users")
def test_a_hundred_failures_close_the_address(database: Database) -> None:
    with database.session() as session:
        for number in range(11):
            record_failures(session, 9, email=f"guess{number}@example.com")
        fail(session, "anna@example.com", "192.0.2.9")
        turned_away(session, "anna@example.com", "192.0.2.9")
        turned_away(session, "jonas@example.com", "192.0.2.9")
        sessions.sign_in(session, "anna@example.com", PASSWORD, "192.0.2.1", "")


@pytest.mark.usefixtures("two_users")
def test_fifty_failures_from_wherever_close_the_account(database: Database) -> None:
    with database.session() as session:
        for number in range(7):
            record_failures(session, 7, email="jonas@example.com", address=f"198.51.100.{number}")
        fail(session, "jonas@example.com", "192.0.2.1")
        turned_away(session, "jonas@example.com", "192.0.2.2")
        sessions.sign_in(session, "anna@example.com", PASSWORD, "198.51.100.1", "")


def test_failures_are_forgotten_after_the_window(database: Database, password_hash: str) -> None:
    with database.session() as session:
        make_user(session, "rep", email="jonas@example.com", password_hash=password_hash)
        record_failures(session, 30, email="jonas@example.com")
        later = utc_now() - sessions.FAILURE_WINDOW - timedelta(minutes=1)
        session.execute(update(SignInAttempt).values(at=later))
        sessions.sign_in(session, "jonas@example.com", PASSWORD, "192.0.2.9", "")


def test_a_refused_try_is_kept_when_caught_inside_the_scope(database: Database) -> None:
    with database.session() as session:
        fail(session, "nobody@example.com", "192.0.2.1")
    with database.read() as session:
        assert session.scalars(select(SignInAttempt.email)).all() == ["nobody@example.com"]


@pytest.mark.parametrize(
    ("column", "ago"),
    [("seen_at", sessions.IDLE + timedelta(minutes=1)), ("expires_at", timedelta(seconds=1))],
)
def test_idle_and_old_sessions_end(database: Database, password_hash: str, column: str, ago: timedelta) -> None:
    with database.session() as session:
        make_user(session, "rep", email="jonas@example.com", password_hash=password_hash)
        token = sessions.sign_in(session, "jonas@example.com", PASSWORD, "::1", "").token
        session.execute(update(WebSession).values({column: utc_now() - ago}))
        assert sessions.find_session(session, token) is None


def test_use_is_noted_now_and_then(database: Database, password_hash: str) -> None:
    with database.session() as session:
        user = make_user(session, "rep", email="jonas@example.com", password_hash=password_hash)
        token = sessions.sign_in(session, "jonas@example.com", PASSWORD, "::1", "").token
        assert sessions.read_session(session, token) == sessions.LiveSession(user.id, due=False)
        session.execute(update(WebSession).values(seen_at=utc_now() - timedelta(hours=2)))
        assert sessions.read_session(session, token) == sessions.LiveSession(user.id, due=True)
        sessions.touch_session(session, token)
        assert sessions.read_session(session, token) == sessions.LiveSession(user.id, due=False)


def test_reading_a_session_needs_no_right_to_write(database: Database) -> None:
    with database.read() as session:
        assert sessions.find_session(session, "none") is None


@pytest.mark.parametrize("email", ["nobody@example.com", "gone@example.com", "jonas@example.com"])
def test_every_try_costs_one_check_of_a_password(
    database: Database, password_hash: str, email: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time an answer takes must not tell whether the account exists."""
    checked: list[str | None] = []

    def note(stored: str | None, password: str) -> bool:
        checked.append(stored)
        return verify_password(stored, password)

    monkeypatch.setattr(sessions, "verify_password", note)
    with database.session() as session:
        make_user(session, "rep", email="jonas@example.com", password_hash=password_hash)
        make_user(session, "rep", email="gone@example.com", password_hash=password_hash, disabled_at=utc_now())
        fail(session, email, "192.0.2.1")
    assert len(checked) == 1


@pytest.mark.parametrize(
    ("earlier", "email", "address"),
    [
        (0, "jonas@example.com", "192.0.2.1"),
        (sessions.MOST_FOR_ACCOUNT - 10, "jonas@example.com", "192.0.2.{}"),
        (sessions.MOST_FROM_ADDRESS - 10, "user{}@example.com", "192.0.2.1"),
    ],
)
def test_tries_at_the_same_moment_are_counted_too(
    database: Database, monkeypatch: pytest.MonkeyPatch, earlier: int, email: str, address: str
) -> None:
    """Sixteen tries at once when ten are left: ten passwords are looked at, the others are turned away."""
    with database.session() as session:
        other = {"email": "x@example.com"} if "{}" in email else {"address": "192.0.2.99"}
        record_failures(session, earlier, **{"email": email, "address": address, **other})
    looked_at: list[str] = []
    monkeypatch.setattr(sessions, "verify_password", lambda _stored, password: bool(looked_at.append(password)))
    start = Barrier(16)

    def attempt(number: int) -> bool:
        start.wait(timeout=30)
        with database.session() as session:
            try:
                sessions.sign_in(session, email.format(number), f"guess {number}", address.format(number), "")
            except sessions.TooManyAttempts:
                return False
            except sessions.SignInRefused:
                return True
        raise AssertionError("a wrong password signed somebody in")

    with ThreadPoolExecutor(16) as pool:
        tried = list(pool.map(attempt, range(16)))
    assert tried.count(True) == len(looked_at) == 10
