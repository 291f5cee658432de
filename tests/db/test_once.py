"""Requests of programs that are done once: the first answer again, whatever became of the first try."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from review.db import Database
from review.models import ApiOnce, utc_now
from review.services.once import Answered, KeyUsedOtherwise, begin, finish, forget_old
from review.services.tokens import create_api_token
from tests.factories import make_user


def token(database: Database) -> int:
    with database.session() as session:
        return create_api_token(session, make_user(session, "quality_lead").id, "x", ["calls:write"]).id


def test_the_same_request_is_done_once_and_answered_alike(database: Database) -> None:
    mine, other = token(database), token(database)
    with database.session() as session:
        assert begin(session, mine, "k1", b"POST /x {}") is None
        finish(session, mine, "k1", 201, {"id": 7})
    with database.session() as session:
        assert begin(session, mine, "k1", b"POST /x {}") == Answered(201, {"id": 7})
        assert begin(session, other, "k1", b"POST /x {}") is None  # another program's key
        assert begin(session, mine, "k2", b"POST /x {}") is None
    with database.session() as session, pytest.raises(KeyUsedOtherwise):
        begin(session, mine, "k1", b"POST /x {1}")


def test_what_failed_may_be_sent_again(database: Database) -> None:
    mine = token(database)
    with pytest.raises(RuntimeError), database.session() as session:
        assert begin(session, mine, "k1", b"x") is None
        raise RuntimeError
    with database.session() as session:
        assert begin(session, mine, "k1", b"x") is None


def test_old_ones_are_forgotten(database: Database) -> None:
    mine = token(database)
    with database.session() as session:
        begin(session, mine, "k1", b"x")
        assert forget_old(session, utc_now()) == 0
        assert forget_old(session, utc_now() + timedelta(days=3)) == 1
        assert session.scalar(select(func.count()).select_from(ApiOnce)) == 0
