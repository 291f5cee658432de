"""Two processes of one connection whose token runs out: one renews it, the other takes what was stored."""

from __future__ import annotations

import pytest

from review.crm.errors import CrmSignedOut
from review.crm.tokens import renewed
from review.models import CrmConnection
from review.services.crm_connections import change_connection
from tests.db.crm_world import BOX, World, world

__all__ = ["world"]


def test_a_token_another_process_renewed_is_taken_not_renewed_again(world: World) -> None:
    if not world.fake.can_refresh:
        pytest.skip("this kind has no tokens that run out")
    reading, sending = world.connector(), world.connector()
    world.fake.expire()
    assert reading.test()
    assert sending.test()  # its refresh token counts no more
    assert world.fake.refreshed == 1


def test_a_token_stored_while_ours_was_refused_is_taken(world: World) -> None:
    if not world.fake.can_refresh:
        pytest.skip("this kind has no tokens that run out")
    world.fake.expire()
    world.fake.refresh_token = "given to the other"

    def store_meanwhile(seconds: float) -> None:
        world.fake.token = "the other's"
        with world.database.session() as session:
            row = session.get_one(CrmConnection, world.connection_id)
            secrets = {**BOX.open(row.id, row.secrets), "token": "the other's", "refresh_token": "given to the other"}
            row.secrets = BOX.close(row.id, secrets)

    world.waited = _Waits(store_meanwhile)
    slow = world.connector()
    assert slow.test()
    assert world.fake.refreshed == 0


def test_nobody_renewed_it_is_said_as_before(world: World) -> None:
    if not world.fake.can_refresh:
        pytest.skip("this kind has no tokens that run out")
    connector = world.connector()
    world.fake.expire()
    world.fake.refresh_token = "taken back"
    with pytest.raises(CrmSignedOut):
        connector.test()


class _Waits(list[float]):
    """Waits that somebody else uses."""

    def __init__(self, act: object) -> None:
        super().__init__()
        self._act = act

    def append(self, seconds: float) -> None:
        self._act(seconds)  # type: ignore[operator]
        super().append(seconds)


def test_what_an_admin_enters_while_a_token_is_renewed_stays(world: World) -> None:
    """The CRM answers our renewal after somebody signed in anew: their pair is kept, and used."""
    if not world.fake.can_refresh:
        pytest.skip("this kind has no tokens that run out")
    connector = world.connector()
    world.fake.expire()
    answer = world.fake.answer

    def enter_meanwhile(method: str, path: str, query: object, body: object) -> object:
        said = answer(method, path, query, body)
        if world.fake.is_open(path) and world.fake.token != "entered":
            world.fake.token = "entered"
            enter(world, token="entered", refresh_token="entered too")
        return said

    world.fake.answer = enter_meanwhile
    assert connector.test()
    assert kept(world)["token"] == "entered"
    assert kept(world)["refresh_token"] == "entered too"


def test_another_key_entered_meanwhile_stays_beside_the_renewed_pair(world: World) -> None:
    if not world.fake.can_refresh:
        pytest.skip("this kind has no tokens that run out")
    connector = world.connector()
    world.fake.expire()
    answer = world.fake.answer

    def enter_meanwhile(method: str, path: str, query: object, body: object) -> object:
        said = answer(method, path, query, body)
        if world.fake.is_open(path):
            enter(world, client_secret="the next one")
        return said

    world.fake.answer = enter_meanwhile
    assert connector.test()
    assert kept(world)["client_secret"] == "the next one"
    assert kept(world)["token"] == world.fake.token


@pytest.mark.parametrize(
    ("entered", "expected"),
    [
        ({}, {"token": "new", "refresh_token": "new", "client_secret": "s"}),
        ({"client_secret": "t"}, {"token": "new", "refresh_token": "new", "client_secret": "t"}),
        ({"token": "x"}, {"token": "x", "refresh_token": "old", "client_secret": "s"}),
        ({"code": "c"}, {"token": "old", "refresh_token": "old", "client_secret": "s", "code": "c"}),
    ],
)
def test_what_is_kept_of_a_renewed_pair(entered: dict[str, str], expected: dict[str, str]) -> None:
    read = {"token": "old", "refresh_token": "old", "client_secret": "s"}
    changed = {**read, "token": "new", "refresh_token": "new"}
    assert renewed({**read, **entered}, read, changed) == expected


def enter(world: World, **secrets: str) -> None:
    """An admin stores keys on the connection's page."""
    with world.database.session() as session:
        row = session.get_one(CrmConnection, world.connection_id)
        settings = {name: value for name, value in row.settings.items() if name != "has"}
        change_connection(
            session, BOX, row.id, name=row.name, settings=settings, secrets=secrets, note_when=row.note_when
        )


def kept(world: World) -> dict[str, str]:
    """The connection's secrets as they are stored."""
    with world.database.read() as session:
        return BOX.open(world.connection_id, session.get_one(CrmConnection, world.connection_id).secrets)
