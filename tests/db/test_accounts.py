"""Accounts under the rows: one use under races, drift and replay of codes, sealed secrets, the last admin."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pyotp
import pytest
from sqlalchemy import select, update

from review.accounts import codes
from review.accounts.granting import LastAdmin
from review.accounts.invitations import InvitationClosed, accept, invite
from review.accounts.resets import ResetClosed, ask_reset, use_reset
from review.accounts.sealing import Seals, SecretLost
from review.accounts.second_step import begin_second_step, find_second_step
from review.db import Database
from review.models import Letter, OneTimeCode, PendingSignIn, RecoveryCode, User, utc_now
from review.queries.viewer import Viewer, load_viewer
from review.services import users
from review.services.audit import read_events
from tests.factories import make_user

PASSPHRASE = "seven swans cross the fjord"
SEALS = Seals("k" * 48)


def admin_of(session: object) -> Viewer:
    found = load_viewer(session, make_user(session, "admin").id)  # type: ignore[arg-type]
    assert found is not None
    return found


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each act gave or raised, all begun together."""
    gate, found = threading.Barrier(len(acts)), [object()] * len(acts)

    def run(number: int) -> None:
        gate.wait()
        try:
            found[number] = acts[number]()
        except Exception as error:  # noqa: BLE001 (what it raised is what is asked)
            found[number] = error

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_an_invitation_accepted_twice_at_once_makes_one_person(database: Database) -> None:
    with database.session() as session:
        made = invite(session, admin_of(session), lambda token: token, email="nina@example.com", roles=["rep"])

    def take() -> int:
        with database.session() as session:
            return accept(session, made.url, name="Nina", password=PASSPHRASE)

    found = at_once(take, take, take)
    assert sum(isinstance(one, int) for one in found) == 1
    assert all(isinstance(one, int | InvitationClosed) for one in found), found


def test_a_reset_used_twice_at_once_works_once(database: Database) -> None:
    with database.session() as session:
        make_user(session, "rep", email="rita@example.com")
        assert ask_reset(session, " Rita@Example.com", lambda token: token)
        token = session.scalars(select(Letter.body)).one()["url"]

    def use(word: str) -> int:
        with database.session() as session:
            return use_reset(session, token, f"{PASSPHRASE} {word}")

    found = at_once(lambda: use("one"), lambda: use("two"))
    assert sum(isinstance(one, int) for one in found) == 1
    assert sum(isinstance(one, ResetClosed) for one in found) == 1


def test_two_admins_who_shut_each_other_out_at_once_leave_one(database: Database) -> None:
    with database.session() as session:
        first, second = make_user(session, "admin").id, make_user(session, "admin", "rep").id

    def shut(user_id: int, by: int) -> None:
        with database.session() as session:
            users.disable_user(session, user_id, by=by)

    found = at_once(lambda: shut(first, second), lambda: shut(second, first))
    assert sum(isinstance(one, LastAdmin) for one in found) == 1
    with database.session() as session:
        left = session.scalars(select(User.id).where(User.disabled_at.is_(None))).all()
        assert len(left) == 1
        with pytest.raises(LastAdmin):
            users.set_roles(session, left[0], ["rep"])


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """A clock that stands in the middle of a half minute, so that no test meets the change of codes."""
    now = utc_now()
    still = now.replace(second=now.second // 30 * 30 + 15, microsecond=0)
    monkeypatch.setattr(codes, "utc_now", lambda: still)
    return still


def set_up(database: Database, clock: datetime) -> tuple[int, pyotp.TOTP, tuple[str, ...]]:
    with database.session() as session:
        user_id = make_user(session, "rep").id
        totp = pyotp.TOTP(codes.begin(session, user_id, SEALS))
        recovery = codes.confirm(session, user_id, totp.at(clock - timedelta(seconds=30)), SEALS)
    return user_id, totp, recovery


def test_a_code_is_taken_once_even_by_two_at_once(database: Database, clock: datetime) -> None:
    user_id, totp, _recovery = set_up(database, clock)
    with database.session() as session:
        session.execute(update(OneTimeCode).values(last_step=0))
    code = totp.at(clock)

    def take() -> str:
        with database.session() as session:
            return codes.check(session, user_id, code, SEALS)

    found = at_once(take, take)
    assert sum(one == "code" for one in found) == 1
    assert sum(isinstance(one, codes.WrongCode) for one in found) == 1


@pytest.mark.parametrize(("steps", "fits"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_telephones_clock_may_be_one_step_off(database: Database, clock: datetime, steps: int, fits: bool) -> None:
    user_id, totp, _recovery = set_up(database, clock)
    with database.session() as session:
        session.execute(update(OneTimeCode).values(last_step=0))
        code = totp.at(clock + timedelta(seconds=30 * steps))
        if fits:
            assert codes.check(session, user_id, code, SEALS) == "code"
            earlier = totp.at(clock + timedelta(seconds=30 * (steps - 1)))
            with pytest.raises(codes.WrongCode):  # an older code than the last one taken is stale
                codes.check(session, user_id, earlier, SEALS)
        else:
            with pytest.raises(codes.WrongCode):
                codes.check(session, user_id, code, SEALS)


def test_wrong_codes_are_limited_and_one_good_one_does_not_help(database: Database, clock: datetime) -> None:
    user_id, _totp, recovery = set_up(database, clock)
    with database.session() as session:
        for _try in range(codes.MOST_WRONG):
            with pytest.raises(codes.WrongCode):
                codes.check(session, user_id, "000000", SEALS)
        with pytest.raises(codes.TooManyCodes):
            codes.check(session, user_id, recovery[0], SEALS)


def test_secrets_are_sealed_for_their_owner_and_codes_are_hashes(database: Database, clock: datetime) -> None:
    user_id, totp, recovery = set_up(database, clock)
    with database.session() as session:
        row = session.get_one(OneTimeCode, user_id)
        assert totp.secret.encode() not in row.secret
        assert SEALS.open_code(user_id, row.secret) == totp.secret
        for owner, seals in ((user_id + 1, SEALS), (user_id, Seals("x" * 48))):
            with pytest.raises(SecretLost):
                seals.open_code(owner, row.secret)
        stored = "".join(session.scalars(select(RecoveryCode.code_hash)))
        assert recovery[0].replace("-", "") not in stored
        told = str([event.details for event in read_events(session)])
        assert totp.secret not in told
        codes.turn_off(session, user_id, by=None)
        assert read_events(session, limit=1)[0].action == "user.codes_reset"
        assert session.scalars(select(RecoveryCode)).all() == []


def test_the_second_step_ends_by_time_and_with_its_person(database: Database) -> None:
    with database.session() as session:
        make_user(session, "admin")
        user_id = make_user(session, "rep").id
        step = begin_second_step(session, user_id, "code", "::1", "x")
        assert find_second_step(session, step.token) is not None
        assert find_second_step(session, None) is None
        session.execute(update(PendingSignIn).values(expires_at=utc_now() - timedelta(seconds=1)))
        assert find_second_step(session, step.token) is None
        again = begin_second_step(session, user_id, "code", "::1", "x")
        users.set_password(session, user_id, PASSPHRASE)
        assert find_second_step(session, again.token) is None
