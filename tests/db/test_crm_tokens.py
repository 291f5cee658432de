"""Two processes of one connection whose token runs out: one renews it, the other takes what was stored."""

from __future__ import annotations

import pytest

from review.crm.errors import CrmSignedOut
from review.models import CrmConnection
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
