"""Whose voice a provider's label means: names such as "Agent" or "客户", channel labels, or nameless speakers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final, cast

from transcription.errors import NotATranscript
from transcription.transcript import ROLES, Role
from transcription.turns import Voice

NAMED: Final = 0.99
"""Role confidence when the provider or the settings name the role."""

ORDERED: Final = 0.9
"""Role confidence when two channels follow the usual order: the rep first, then the client."""

UNKNOWN: Final = 0.0
"""Role confidence when nobody said who speaks."""

DEFAULT_ORDER: Final[tuple[Role, ...]] = ("rep", "client")

_REP: Final = (
    "rep, agent, seller, operator, salesperson, sales rep, sales, representative, employee, менеджер, оператор, "
    "продавец, сотрудник, агент, 상담원, 상담사, 직원, 판매자, 客服, 销售, 销售员, 坐席, 员工"
)
_CLIENT: Final = (
    "client, customer, caller, buyer, lead, prospect, клиент, покупатель, абонент, 고객, 구매자, 客户, 顾客, 用户"
)
_SYSTEM: Final = "system, ivr, announcement, автоответчик"
_NUMBERED = re.compile(r"(?:speaker|spk|spkr|channel|ch|спикер|화자|说话人)[ _-]*([0-9]+|[a-z])", re.IGNORECASE)

_COUNTED = re.compile(r"(?<=\w)[ _-]*[0-9]{1,2}$")


def named_role(label: str) -> Role | None:
    """The role a label names in so many words, or None."""
    if label in ROLES:
        return cast(Role, label)
    name = _name(label)
    for role, words in (("rep", _REP), ("client", _CLIENT), ("system", _SYSTEM)):
        if name in words.split(", "):
            return cast(Role, role)
    return None


def _name(label: str) -> str:
    """The label without the number that tells people of one role apart ("Agent 2")."""
    return _COUNTED.sub("", " ".join(label.split()).casefold())


def looks_like_speaker(label: str) -> bool:
    """True when a "Name:" prefix is surely a speaker: a role word or a numbered speaker."""
    return named_role(label) is not None or _NUMBERED.fullmatch(label.strip()) is not None


def check_roles(roles: Sequence[str]) -> tuple[Role, ...]:
    """Roles given by a caller, checked. Raises ValueError naming the one that is wrong."""
    for role in roles:
        if role not in ROLES:
            raise ValueError(f"'{role}' is not a role: use {', '.join(ROLES)}")
    return tuple(cast(Role, role) for role in roles)


class Speakers:
    """Turns labels into voices, in the order the labels appear; one object per transcript."""

    def __init__(self, channel_roles: Sequence[str] | None = None) -> None:
        self._roles = check_roles(channel_roles) if channel_roles else None
        self._known: dict[str, Voice] = {}

    def speaker(self, label: str | None, channel: int | None = None) -> Voice:
        """The voice of a speaker label without a channel of its own.

        A label that names no role becomes speaker_a, the next one speaker_b; a third is counted to speaker_b as a
        speaker of its own ("speaker_3"), because who of them is the client nobody has said. A second label of one
        role ("Agent 2" after "Agent 1") is that role's second person.
        """
        key = (label or "").strip()
        voice = self._known.get(key)
        if voice is None:
            role = named_role(key)
            if role is None:
                nameless = sum(1 for v in self._known.values() if v.role in ("speaker_a", "speaker_b"))
                person = f"speaker_{nameless + 1}" if nameless > 1 else None
                voice = Voice("speaker_a" if nameless == 0 else "speaker_b", UNKNOWN, channel, person)
            else:
                voice = Voice(
                    role, UNKNOWN if role in ("speaker_a", "speaker_b") else NAMED, channel, self._person(key)
                )
            self._known[key] = voice
        return voice

    def expect(self, labels: Iterable[str | None]) -> None:
        """The speakers of a whole file in order, so that speech without a label takes no named speaker's place."""
        for label in labels:
            if label and label.strip():
                self.speaker(label)

    def _person(self, label: str) -> str | None:
        """The speaker for the second numbered label of a role ("rep_2"); None for the first, or without a number."""
        role = named_role(label)
        if role not in ("rep", "client") or _COUNTED.search(label) is None:
            return None
        before = sum(1 for known, voice in self._known.items() if voice.role == role and _COUNTED.search(known))
        return f"{role}_{before + 1}" if before else None

    def channel(self, number: int, count: int) -> Voice:
        """The voice on one of `count` separate channels: the roles given, else the rep first, then the client."""
        if self._roles is not None:
            if number >= len(self._roles):
                raise NotATranscript(f"it has channel {number}, but roles were given for {len(self._roles)}")
            return Voice(self._roles[number], NAMED, number)
        if count == len(DEFAULT_ORDER):
            return Voice(DEFAULT_ORDER[number], ORDERED, number)
        return Voice("speaker_a" if number == 0 else "speaker_b", UNKNOWN, number)
