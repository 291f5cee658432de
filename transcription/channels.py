"""Who speaks on which channel: from the source's settings, the call's direction, or honestly unknown."""

from __future__ import annotations

from collections.abc import Sequence

from transcription.engines.speakers import DEFAULT_ORDER, NAMED, ORDERED, UNKNOWN
from transcription.errors import WrongChannels
from transcription.transcript import ROLES, Role
from transcription.turns import Voice

CHANNEL_NAMES = (*ROLES, "caller", "callee")
"""What settings may call a channel: a role, or the end of the line it records."""


def name_voices(
    count: int, channel_roles: Sequence[str] | None = None, direction: str | None = None
) -> tuple[Voice, ...]:
    """The voice on each of a recording's `count` channels.

    `channel_roles` names them in order, as roles or as caller and callee (the rep is the callee of an inbound call and
    the caller of an outbound one). Without it two channels are the rep and then the client. One channel alone may hold
    both people: it is speaker_a with role confidence 0. Raises WrongChannels.
    """
    if channel_roles is not None:
        roles = [_role(name, direction) for name in channel_roles]
        if len(roles) == count:
            return tuple(Voice(role, NAMED, number) for number, role in enumerate(roles))
        if count != 1:
            raise WrongChannels(
                f"The recording has {count} channels, but {_given(len(roles))}: name one role per channel."
            )
    if count == len(DEFAULT_ORDER):
        return tuple(Voice(role, ORDERED, number) for number, role in enumerate(DEFAULT_ORDER))
    return tuple(Voice("speaker_a" if number == 0 else "speaker_b", UNKNOWN, number) for number in range(count))


def _given(count: int) -> str:
    return "one role was given" if count == 1 else f"{count} roles were given"


def _role(name: str, direction: str | None) -> Role:
    for role in ROLES:
        if role == name:
            return role  # type: ignore[return-value]
    if name not in CHANNEL_NAMES:
        raise WrongChannels(f"'{name}' is not a channel name: use {', '.join(CHANNEL_NAMES)}.")
    if direction not in ("inbound", "outbound"):
        raise WrongChannels(f"The channel '{name}' has no role while the call's direction is unknown: say which it is.")
    return "rep" if (name == "callee") == (direction == "inbound") else "client"
