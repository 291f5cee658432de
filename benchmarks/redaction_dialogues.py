"""Labelled conversations for the redaction benchmark, made from the scenes in `redaction_scenes` and a seed.

Numbers are dictated in pieces, with fillers, corrections, misheard and dropped digits, while the other person says
"yes", asks for the rest or repeats what was heard. Every private word carries its entity.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from typing import Any

from benchmarks.redaction_plain import say_plain
from benchmarks.redaction_speech import (
    MISHEARD,
    Bit,
    Group,
    say_digits,
    say_email,
    say_expiry,
    styles,
)
from benchmarks.redaction_values import DOCUMENTS, make_card, make_phone, make_ru_passport
from transcription.transcript import Role, Transcript, Turn


@dataclass(frozen=True, slots=True)
class Label:
    """Characters `start` to `end` of a turn that belong to private entity `entity`."""

    turn: int
    start: int
    end: int
    entity: int
    kind: str
    misheard: bool = False


@dataclass(slots=True)
class Dialogue:
    """A conversation with its labels; `kinds[n]` is the kind of entity n."""

    language: str
    turns: list[tuple[str, str]] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)

    def transcript(self) -> Transcript:
        """What an engine would hand on."""
        roles: dict[str, Role] = {"R": "rep", "C": "client"}
        return Transcript(tuple(Turn(roles[who], text) for who, text in self.turns), language=self.language)


class Maker:
    """Makes one conversation from a set of scenes; the first four sets."""

    def __init__(self, rng: random.Random, language: str, scenes: dict[str, Any]) -> None:
        self.rng, self.language, self.scenes = rng, language, scenes
        self.dialogue = Dialogue(language)
        self.gap = "" if language == "zh" else " "

    def make(self) -> Dialogue:
        """The conversation."""
        rng = self.rng
        self._lines(rng.choice(self.scenes["openings"]))
        parts: list[str] = ["negative"] * rng.randint(1, 3) + rng.sample(
            ["phone", "email", "document"], rng.randint(0, 2)
        )
        if rng.random() < 0.7:
            parts.append("card")
        if rng.random() < 0.5:
            parts.append("chatter")
        rng.shuffle(parts)
        for part in parts:
            if part == "negative":
                self._lines(rng.choice(self.scenes["negatives"]))
            elif part == "chatter":
                self._lines(rng.choice(self.scenes["chatter"]))
            elif part == "card":
                self._card()
            elif part == "document":
                name = rng.choice(list(self.scenes["document"]))
                make = make_ru_passport if self.language == "ru" and name == "passport" else DOCUMENTS[name]
                self._private("document", self.scenes["document"][name], make(rng))
            elif part == "phone":
                self._private("phone", self.scenes["phone"], make_phone(rng, self.language))
            else:
                self._private("email", self.scenes["email"], None, say_email(rng, self.language))
        self._lines(rng.choice(self.scenes["closings"]))
        return self.dialogue

    def _card(self) -> None:
        rng = self.rng
        self._private("card", self.scenes["card"], make_card(rng))
        steps = [step for step in ("expiry", "card_code") if rng.random() < 0.7]
        for step in steps:
            if rng.random() < 0.15:
                self._lines(rng.choice(self.scenes["chatter"]))
            if step == "expiry":
                self._private("card", self.scenes["expiry"], None, say_expiry(rng, self.language))
            else:
                code = "".join(rng.choice("0123456789") for _ in range(3))
                self._private("card_code", self.scenes["card_code"], [code])

    def _private(
        self, kind: str, scene: dict[str, Any], groups: list[str] | None, said: list[Group] | None = None
    ) -> None:
        """One private value: asked for and answered, or volunteered; perhaps in pieces over several turns."""
        rng = self.rng
        if "volunteered" in scene and rng.random() < 0.25:
            template = rng.choice(scene["volunteered"])
        else:
            self._say("R", [rng.choice(scene["ask"])])
            template = rng.choice(scene["answer"])
        if said is None:
            assert groups is not None
            said = self._noise(say_digits(rng, self.language, groups, rng.choice(styles(self.language))))
        self.dialogue.kinds.append(kind)
        entity = len(self.dialogue.kinds) - 1
        before, behind = template.split("{}")
        pieces = self._cut(said)
        for number, piece in enumerate(pieces):
            last = number == len(pieces) - 1
            parts: list[str | list[Bit]] = [before if number == 0 else ""]
            parts += [[bit for group in piece for bit in group], behind if last else ""]
            self._say("C", parts, entity, kind, _joiner(rng, said, self.gap))
            if not last:
                self._interject(piece, entity, kind)
        if kind == "phone" and rng.random() < 0.2:
            self._say("R", [[bit for group in said for bit in group], "?"], entity, kind)

    def _cut(self, said: list[Group]) -> list[list[Group]]:
        if len(said) < 2 or self.rng.random() > 0.45:
            return [said]
        cuts = sorted(self.rng.sample(range(1, len(said)), min(len(said) - 1, self.rng.randint(1, 3))))
        return [said[a:b] for a, b in zip([0, *cuts], [*cuts, len(said)], strict=True)]

    def _interject(self, piece: list[Group], entity: int, kind: str) -> None:
        way = self.rng.random()
        if way < 0.2:
            self._say("R", [[bit for bit in piece[-1] if bit.private]], entity, kind)
        elif way < 0.4:
            self._say("R", [self.rng.choice(self.scenes["prompts"])])
        else:
            self._say("R", [self.rng.choice(self.scenes["acks"])])

    def _noise(self, said: list[Group]) -> list[Group]:
        rng = self.rng
        noisy: list[Group] = []
        for group in said:
            made: Group = []
            for bit in group:
                if rng.random() < 0.012 and len(group) > 1:
                    continue
                digit = _digit(bit.text)
                if digit in MISHEARD[self.language] and rng.random() < 0.03:
                    bit = Bit(rng.choice(MISHEARD[self.language][digit]), misheard=True)
                made.append(bit)
            if noisy and rng.random() < 0.12:
                made.insert(0, Bit(rng.choice(self.scenes["fillers"]), private=False))
            if rng.random() < 0.03 and len(said) > 1:
                made += [Bit(rng.choice(self.scenes["fixes"]), private=False), *group]
            noisy.append(made)
        return noisy

    def _lines(self, lines: list[str]) -> None:
        order = ""
        for line in lines:
            text = line[2:].strip()
            if "{order}" in text:
                # An order's number that the other person repeats is the same number.
                order = order or say_plain(self.rng, self.language, "order")
                text = text.replace("{order}", order)
            text = re.sub(r"\{(\w+)\}", lambda m: say_plain(self.rng, self.language, m[1]), text)
            self.dialogue.turns.append((line[0], text))

    def _say(
        self, who: str, parts: list[str | list[Bit]], entity: int = -1, kind: str = "", joiner: str | None = None
    ) -> None:
        text = ""
        number = len(self.dialogue.turns)
        for part in parts:
            if isinstance(part, str):
                text += part
                continue
            for index, bit in enumerate(part):
                if index:
                    between = (self.gap if joiner is None else joiner) or ""
                    # Engines write Latin words apart even where the language has no spaces.
                    latin = text[-1:].isascii() and bit.text[:1].isascii() and (text[-1:] + bit.text[:1]).isalpha()
                    text += between or " " * latin
                if bit.private:
                    place = (number, len(text), len(text) + len(bit.text))
                    self.dialogue.labels.append(Label(*place, entity, kind, bit.misheard))
                text += bit.text
        self.dialogue.turns.append((who, text))


def _joiner(rng: random.Random, said: list[Group], gap: str) -> str:
    written = all(len(group) == 1 and group[0].text.isdigit() for group in said)
    return rng.choice([" ", "-", " ", ", ", ""]) if written and len(said) > 1 else gap


def _digit(text: str) -> str:
    from benchmarks.redaction_speech import ONES

    for words in ONES.values():
        if text in words:
            return str(words.index(text))
    return ""
