"""Conversations of the composed sets: the order is random too, and the card may never be announced."""

from __future__ import annotations

import random
from typing import Any

from benchmarks.redaction_dialogues import Label, Maker
from benchmarks.redaction_grammar import Delivery, Line, spoken_code
from benchmarks.redaction_speech import Bit, say_digits, say_email, say_expiry
from benchmarks.redaction_values import DOCUMENTS, make_card, make_phone, make_ru_passport


class ComposedMaker(Maker):
    """Makes one conversation with numbers delivered by `Delivery`."""

    def __init__(self, rng: random.Random, language: str, scenes: dict[str, Any], later: int) -> None:
        super().__init__(rng, language, scenes)
        self.later = later
        self.delivery = Delivery(rng, language, scenes, later)

    def make(self) -> Any:
        """The conversation."""
        rng = self.rng
        self._lines(rng.choice(self.scenes["openings"]))
        few = [0, 0, 1] if self.later <= 2 else [0, 1, 1, 2]
        parts = ["plain"] * rng.randint(1, 3) + rng.sample(["phone", "email", "document"], rng.choice(few))
        parts += ["card"] * (rng.random() < 0.85) + ["one_time"] * (rng.random() < 0.2)
        rng.shuffle(parts)
        for part in parts:
            if part == "plain":
                self._lines(rng.choice(self.scenes["plain"]))
            elif part == "card":
                self._payment()
            elif part == "one_time":
                code = "".join(rng.choice("0123456789") for _ in range(rng.choice([4, 6, 6, 6])))
                self._code("one_time", code)
            elif part == "phone":
                groups = make_phone(rng, self.language)
                template = self._opened(self.scenes["phone"])
                self._lines_of(self.delivery.say("".join(groups), template, groups), "phone")
            elif part == "email":
                self._private("email", self.scenes["email"], None, say_email(rng, self.language))
            else:
                name = rng.choice(list(self.scenes["document"]))
                make = make_ru_passport if self.language == "ru" and name == "passport" else DOCUMENTS[name]
                self._private("document", self.scenes["document"][name], make(rng))
        self._lines(rng.choice(self.scenes["closings"]))
        return self.dialogue

    def _payment(self) -> None:
        rng = self.rng
        steps = ["card"] + [step for step in ("expiry", "card_code") if rng.random() < 0.75]
        if rng.random() < 0.08:
            rng.shuffle(steps)
        for step in steps:
            if step != steps[0] and rng.random() < 0.15:
                self._lines(rng.choice([*self.scenes["plain"], *self.scenes["chatter"]]))
            if step == "card":
                self._number()
            elif step == "expiry":
                self._private("card", self.scenes["expiry"], None, self._expiry())
            else:
                self._code("card_code", "".join(rng.choice("0123456789") for _ in range(rng.choice([3, 3, 3, 4]))))

    def _number(self) -> None:
        rng, scene = self.rng, self.scenes["card"]
        groups = make_card(rng)
        digits = "".join(groups)
        way = rng.random()
        late = way < 0.1
        template = rng.choice(scene["cold"]) if late else self._opened(scene)
        entity = self._lines_of(self.delivery.say(digits, template, groups), "card")
        if late and rng.random() < 0.5:
            self.dialogue.turns.append(("C", rng.choice(scene["late"])))
        if rng.random() < 0.3:
            self._lines_of(self.delivery.read_back(digits, groups), "card", entity)
        if rng.random() < 0.08:
            self.dialogue.turns.append(("R", rng.choice(self.scenes["again"])))
            self._lines_of(self.delivery.say(digits, rng.choice(scene["answer"]), groups), "card", entity)

    def _code(self, name: str, code: str) -> None:
        template = self._opened(self.scenes[name])
        before, behind = template.split("{}")
        said = Bit(spoken_code(self.rng, self.language, code, self.later))
        entity = self._lines_of([("C", [Bit(before, private=False), said, Bit(behind, private=False)])], "card_code")
        if self.rng.random() < 0.2:
            again = Bit(spoken_code(self.rng, self.language, code, self.later))
            self._lines_of([("R", [again, Bit(self.rng.choice(["?", "", "."]), private=False)])], "card_code", entity)

    def _expiry(self) -> list[list[Bit]]:
        rng = self.rng
        if rng.random() < (0.6 if self.later <= 2 else 0.85):
            return say_expiry(rng, self.language)
        month, year = str(rng.randint(1, 12)), str(rng.randint(26, 33))
        mark = {"en": "slash", "ru": "дробь", "ko": "슬래시", "zh": "斜杠"}[self.language]
        said = say_digits(rng, self.language, [month.zfill(2), year], rng.choice(["written", "single", "pairs"]))
        between = rng.choice([[Bit(mark, private=False)], [Bit("-", private=False)], []])
        return [said[0], [*between, *said[1]]]

    def _opened(self, scene: dict[str, Any]) -> str:
        """Ask and give the answer's template, or a template nobody asked for."""
        rng = self.rng
        if rng.random() < 0.25:
            return str(rng.choice(scene["volunteered"]))
        self.dialogue.turns.append(("R", rng.choice(scene["ask"])))
        return str(rng.choice(scene["answer"]))

    def _lines_of(self, lines: list[Line], kind: str, entity: int | None = None) -> int:
        """Add turns made by the grammar, with their labels."""
        if entity is None:
            self.dialogue.kinds.append(kind)
            entity = len(self.dialogue.kinds) - 1
        for who, bits in lines:
            text = ""
            for bit in bits:
                if bit.private:
                    place = (len(self.dialogue.turns), len(text), len(text) + len(bit.text))
                    self.dialogue.labels.append(Label(*place, entity, kind, bit.misheard))
                text += bit.text
            self.dialogue.turns.append((who, text))
        return entity
