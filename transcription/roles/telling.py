"""Which voice is the rep and which the client, told from what each says."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from transcription.engines.speakers import NAMED
from transcription.roles.cues import load_cues, plain_text
from transcription.roles.names import name_cues
from transcription.roles.sides import RoleHints, RolesTold, Saying, Side, in_order
from transcription.speech import Utterance, primary_language
from transcription.transcript import Role
from transcription.turns import Voice

SURE: Final = 0.7
"""Least confidence with which a voice is called rep or client; below it is speaker A or B (contract: under 0.7 a
criterion about one side cannot be judged)."""

MOST: Final = 0.99
"""Words alone never make a role surer than a person's settings do."""

UNDECIDED: Final = 0.5

TEMPER: Final = 0.6
"""Cues lean on each other (who offers help also offers goods), so their log-odds are counted at this share. Chosen on
half of the evaluation dialogues for calibration (benchmarks/roles.py)."""

REPEATS: Final = (1.0, 0.5, 0.25)
"""What the first, second and third saying with the same cue count; more add nothing."""

FIRST_WORD: Final = {"inbound": 0.6, "outbound": -0.3}
"""Log-odds for whoever speaks first. A recording of an outbound call often begins after the client's hello."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """Log-odds that a side is the rep, from its words alone, and the cues they came from."""

    odds: float
    cues: tuple[tuple[str, float], ...]


def tell_roles(sides: Sequence[Side], hints: RoleHints) -> RolesTold:
    """Who each side is, and how sure that is (0..1).

    What settings or the channels' order say (each side's `voice`) is the prior, the words are the evidence. Agreement
    raises the confidence; a clear contradiction turns round an order nobody named, and makes one that was named
    doubtful. Voices that stay under SURE become speaker_a and speaker_b, except named ones: they keep their role with
    the low confidence, so that a person can see what is doubted. A single voice is left as it is: it may be two people.
    """
    voices = tuple(side.voice for side in sides)
    people = [n for n, voice in enumerate(voices) if voice.role != "system"]
    language = primary_language(hints.language)
    if len(people) < 2:
        return RolesTold(voices, min((v.confidence or 0.0 for v in voices), default=0.0))
    weighed = weigh([side.utterances for side in sides], replace(hints, language=language))
    if len(people) == 2:
        return _tell_two(voices, people, weighed, hints.named)
    return _tell_many(voices, people, weighed, hints.named)


def weigh(sides: Sequence[Sequence[Utterance]], hints: RoleHints) -> tuple[Weighed, ...]:
    """What the words of each side say about it; nothing where the language has no cue list."""
    cues = load_cues(hints.language)
    if not cues:
        return tuple(Weighed(0.0, ()) for _ in sides)
    sayings = in_order(sides, hints.language)
    return tuple(_weigh_side(number, sayings, hints) for number in range(len(sides)))


def _weigh_side(number: int, sayings: Sequence[Saying], hints: RoleHints) -> Weighed:
    mine = [plain_text(saying.text, hints.language) for saying in sayings if saying.side == number]
    found: dict[str, float] = {}
    for cue in load_cues(hints.language):
        times = sum(1 for text in mine if cue.pattern.search(text))
        if times:
            found[cue.id] = cue.weight * sum(REPEATS[:times])
    for cue_id, weight in name_cues(mine, hints):
        found[cue_id] = weight
    first = _first_word(number, sayings, hints)
    if first:
        found["speaks_first"] = first
    odds = TEMPER * sum(found.values())
    return Weighed(odds, tuple(sorted(found.items(), key=lambda item: (-abs(item[1]), item[0]))))


def _first_word(number: int, sayings: Sequence[Saying], hints: RoleHints) -> float:
    """Who answers the telephone speaks first: the rep of an inbound call, the client of an outbound one."""
    if not sayings or sayings[0].start is None or hints.direction not in FIRST_WORD:
        return 0.0
    lean = FIRST_WORD[hints.direction]
    return lean if sayings[0].side == number else 0.0


def _tell_two(voices: tuple[Voice, ...], people: Sequence[int], weighed: Sequence[Weighed], named: bool) -> RolesTold:
    first, second = people
    prior = _prior(voices[first], voices[second])
    evidence = weighed[first].odds - weighed[second].odds
    chance = _chance(_log_odds(prior) + evidence)
    believed = max(chance, 1 - chance)
    rep_first = chance >= 0.5
    expected = prior > UNDECIDED
    reasons = _reasons(weighed, people, rep_first)
    told = list(voices)
    if named:
        kept = chance if expected else 1 - chance
        confidence = min(NAMED, kept)
        for n in people:
            told[n] = replace(voices[n], confidence=round(confidence, 3))
        doubt = confidence < SURE
        return RolesTold(tuple(told), confidence, False, doubt, reasons if doubt else ())
    confidence = min(MOST, believed)
    ordered = prior != UNDECIDED
    if confidence < SURE:
        names: tuple[Role, Role] = ("speaker_a", "speaker_b")
        for n, role in zip(people, names, strict=True):
            told[n] = replace(voices[n], role=role, confidence=round(confidence, 3))
        return RolesTold(tuple(told), confidence, False, ordered, reasons if ordered else ())
    roles: tuple[Role, Role] = ("rep", "client") if rep_first else ("client", "rep")
    for n, role in zip(people, roles, strict=True):
        told[n] = replace(voices[n], role=role, confidence=round(confidence, 3))
    return RolesTold(tuple(told), confidence, ordered and rep_first != expected, False, reasons)


def _tell_many(voices: tuple[Voice, ...], people: Sequence[int], weighed: Sequence[Weighed], named: bool) -> RolesTold:
    """Three channels and more: each voice on its own, because there may be two reps or two clients."""
    told = list(voices)
    reasons: list[str] = []
    doubt = False
    for n in people:
        voice = voices[n]
        prior = _rep_share(voice)
        chance = _chance(_log_odds(prior) + weighed[n].odds)
        if named:
            confidence = min(NAMED, chance if prior > UNDECIDED else 1 - chance)
            doubt = doubt or confidence < SURE
            told[n] = replace(voice, confidence=round(confidence, 3))
            continue
        confidence = min(MOST, max(chance, 1 - chance))
        if confidence < SURE:
            role: Role = "speaker_a" if n == people[0] else "speaker_b"
        else:
            role = "rep" if chance >= 0.5 else "client"
            reasons += [cue for cue, weight in weighed[n].cues if (weight > 0) == (role == "rep")][:2]
        told[n] = replace(voice, role=role, confidence=round(confidence, 3))
    least = min((told[n].confidence or 0.0 for n in people), default=0.0)
    return RolesTold(tuple(told), least, False, doubt, tuple(dict.fromkeys(reasons)))


def _prior(first: Voice, second: Voice) -> float:
    """How likely the first of two voices is the rep, before any word is heard."""
    share = _rep_share(first)
    return share if share != UNDECIDED else 1 - _rep_share(second)


def _rep_share(voice: Voice) -> float:
    if voice.role == "rep":
        return voice.confidence if voice.confidence is not None else NAMED
    if voice.role == "client":
        return 1 - (voice.confidence if voice.confidence is not None else NAMED)
    return UNDECIDED


def _reasons(weighed: Sequence[Weighed], people: Sequence[int], rep_first: bool) -> tuple[str, ...]:
    """The cues that weighed most for the way it was told, strongest first."""
    rep, client = people if rep_first else tuple(reversed(people))
    found = [(abs(w), f"rep:{cue}") for cue, w in weighed[rep].cues if w > 0]
    found += [(abs(w), f"client:{cue}") for cue, w in weighed[client].cues if w < 0]
    return tuple(code for _, code in sorted(found, key=lambda item: (-item[0], item[1]))[:4])


def _log_odds(chance: float) -> float:
    chance = min(max(chance, 1e-6), 1 - 1e-6)
    return math.log(chance / (1 - chance))


def _chance(odds: float) -> float:
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, odds))))
