"""The voices of a call before anybody has said who is the rep: types, and what was said in the order it was said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from transcription.speech import Utterance
from transcription.turns import Voice, merge_channels


@dataclass(frozen=True, slots=True)
class Side:
    """Everything one voice says: a channel of its own, or one person's share of a channel that holds two.

    `voice` is what is believed so far: a role from the settings, from the usual order of channels, or speaker_a/b.
    """

    utterances: tuple[Utterance, ...]
    voice: Voice


@dataclass(frozen=True, slots=True)
class RoleHints:
    """What is known of a call beforehand. `named` means that settings or a person said who is on which channel."""

    direction: str | None = None
    company_names: tuple[str, ...] = ()
    rep_names: tuple[str, ...] = ()
    language: str | None = None
    named: bool = False


@dataclass(frozen=True, slots=True)
class RolesTold:
    """Who each side is. `voices` come in the sides' order; reasons are short codes of the cues that weighed most."""

    voices: tuple[Voice, ...]
    confidence: float
    swapped: bool = False
    """The words turned the usual order of the channels round."""

    doubt: bool = False
    """The words contradict what settings or the usual order say, without being sure: offer the swap."""

    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Saying:
    """What one side says until another speaks; `side` counts the sides from 0, times in seconds or None."""

    side: int
    text: str
    start: float | None = None
    end: float | None = None


def in_order(
    sides: Sequence[Sequence[Utterance]], language: str | None, *, cut_at_silence: bool = False
) -> tuple[Saying, ...]:
    """What all sides say, in the order it is heard, one saying for all a side says until another speaks.

    With `cut_at_silence` a long silence (`turns.TURN_GAP`) ends a saying too.
    """
    voices = [Voice("speaker_a", None, number) for number in range(len(sides))]
    sayings: list[Saying] = []
    for turn in merge_channels(sides, voices, language):
        side = turn.channel or 0
        if sayings and sayings[-1].side == side and not cut_at_silence:
            last = sayings[-1]
            sayings[-1] = Saying(side, f"{last.text} {turn.text}", last.start, turn.end)
        else:
            sayings.append(Saying(side, turn.text, turn.start, turn.end))
    return tuple(sayings)
