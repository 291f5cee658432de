"""Numbers dictated in ways composed at random: groupings, separators, fillers, echoes, corrections and read-backs.

The first four sets of scenes have one way of dictation with varying phrases; here the way itself varies, so that a rule
that fits one way shows its gaps. `Delivery` turns the digits of one value into turns of two people.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any, Final

from benchmarks.redaction_speech import MISHEARD, Bit
from benchmarks.redaction_wording import say_group, style_of, word

Line = tuple[str, list[Bit]]
"""Who speaks, and what verbatim."""

_BETWEEN: Final = {
    "en": [" ", " ", ", ", ", ", ". ", "... ", " - ", " dash ", " then ", " and ", " space ", "; "],
    "ru": [" ", " ", ", ", ", ", ". ", "... ", " - ", " тире ", " потом ", " и ", " дальше ", "; "],
    "ko": [" ", " ", ", ", ", ", ". ", "... ", " - ", " 다시 ", " 그다음 ", "에 ", " 그리고 "],
    "zh": ["", " ", "，", "，", "。", "……", "-", "，然后", "杠", "、", "接下来"],
}
_SIGNS: Final = ["_", "*", " | ", "/", " # ", "' ", " (", "\n", " . . . ", " — "]
_ORDINARY: Final = 0.7
"""Share of values said as most callers say them, from the eighth set on."""

_EVERYDAY: Final = {
    "en": ("written", "written", "words", "words", "pairs", "doubled"),
    "ru": ("written", "written", "words", "whole", "pairs"),
    "ko": ("written", "written", "joined", "joined", "words"),
    "zh": ("written", "written", "joined", "joined", "words"),
}
_STOPS: Final = {"en": ".", "ru": ".", "ko": ".", "zh": "。"}


@dataclass(slots=True)
class Delivery:
    """One value said by a client; `scenes` are its phrases, `later` allows ways the fifth set (0) lacks."""

    rng: random.Random
    language: str
    scenes: dict[str, Any]
    later: int

    def say(self, digits: str, template: str, groups: list[str]) -> list[Line]:
        """All turns of the value, from the client's first piece to the last confirmation."""
        rng = self.rng
        if self.later > 2 and rng.random() < _ORDINARY:
            return self._plainly(digits, template, groups)
        parts = self._partition(digits, groups)
        before, behind = template.split("{}")
        pieces = self._cut(parts)
        style = style_of(rng, self.language, self.later > 0)
        one_style = rng.random() < 0.7
        names = rng.choice(self.scenes["groups"]) if rng.random() < 0.15 and 3 <= len(parts) <= 4 else None
        between = rng.choice(_BETWEEN[self.language])
        twice = False
        if self.later > 1 and rng.random() < 0.25:
            between = rng.choice(_SIGNS)
            twice = rng.random() < 0.3
        lines: list[Line] = []
        number = 0
        for index, piece in enumerate(pieces):
            bits = [Bit(before, private=False)] if index == 0 else []
            for at, group in enumerate(piece):
                if at:
                    bits.append(Bit(between, private=False))
                if names:
                    bits.append(Bit(f"{names[min(number, len(names) - 1)]} ", private=False))
                way = style if one_style else style_of(rng, self.language, self.later > 0)
                bits += self._group(group, way, noisy=number > 0)
                if twice:
                    bits += [Bit(between, private=False), Bit(say_group(rng, self.language, group, way))]
                number += 1
            if index == len(pieces) - 1:
                bits.append(Bit(behind, private=False))
            speaker = "R" if self.later and index == 0 and len(pieces) > 2 and rng.random() < 0.08 else "C"
            lines.append((speaker, bits))
            if index < len(pieces) - 1:
                lines += self._between_turns(piece[-1], style)
        return lines

    def _plainly(self, digits: str, template: str, groups: list[str]) -> list[Line]:
        """As printed, in one style, in one go or group by group, with an echo or a "yes" between."""
        rng = self.rng
        before, behind = template.split("{}")
        style = rng.choice(_EVERYDAY[self.language])
        parts = groups if style != "written" or rng.random() < 0.7 else [digits]
        between = rng.choice(_BETWEEN[self.language][:4])
        pieces = [parts]
        if len(parts) > 1 and rng.random() < 0.45:
            cuts = rng.choice([[1], [2], list(range(1, len(parts)))])
            pieces = [parts[a:b] for a, b in zip([0, *cuts], [*cuts, len(parts)], strict=True) if parts[a:b]]
        lines: list[Line] = []
        for index, piece in enumerate(pieces):
            bits = [Bit(before, private=False)] if index == 0 else []
            for at, group in enumerate(piece):
                bits += [Bit(between, private=False)] * (at > 0)
                bits.append(Bit(say_group(rng, self.language, group, style)))
            last = index == len(pieces) - 1
            lines.append(("C", [*bits, Bit(behind, private=False)] if last else bits))
            if not last:
                said = [Bit(say_group(rng, self.language, piece[-1], rng.choice([style, "written"])))]
                heard = [Bit(rng.choice(self.scenes[rng.choice(["acks", "acks", "prompts"])]), private=False)]
                lines.append(("R", said if rng.random() < 0.3 else heard))
        return lines

    def read_back(self, digits: str, groups: list[str]) -> list[Line]:
        """The rep repeats the whole number, perhaps wrongly in one group; the client agrees or corrects."""
        rng = self.rng
        before, behind = rng.choice(self.scenes["readback"]).split("{}")
        parts = self._partition(digits, groups)
        style = style_of(rng, self.language, self.later > 0)
        between = rng.choice(_BETWEEN[self.language][:6])
        wrong_at = rng.randrange(len(parts)) if rng.random() < 0.3 else -1
        bits = [Bit(before, private=False)]
        said = ""
        for at, group in enumerate(parts):
            said = self._wrong(group) if at == wrong_at else group
            bits += [Bit(between, private=False)] * (at > 0)
            bits.append(Bit(say_group(rng, self.language, said, style)))
            if at == wrong_at:
                wrong = said
        lines: list[Line] = [("R", [*bits, Bit(behind, private=False)])]
        if wrong_at < 0:
            return [*lines, ("C", [Bit(rng.choice(self.scenes["agree"]), private=False)])]
        return [*lines, ("C", self._filled(rng.choice(self.scenes["reject"]), parts[wrong_at], wrong))]

    def _partition(self, digits: str, groups: list[str]) -> list[str]:
        """The printed groups, or others: twos, threes, fives, whatever comes."""
        rng = self.rng
        way = rng.random()
        if way < 0.55:
            return groups
        if way < 0.65:
            return [digits]
        sizes = {0: [2], 1: [3], 2: [8], 3: [1, 2, 3, 4, 5], 4: [4, 6, 2]}[rng.randint(0, 4)]
        parts = []
        while digits:
            size = rng.choice(sizes)
            parts.append(digits[:size])
            digits = digits[size:]
        return parts

    def _cut(self, parts: list[str]) -> list[list[str]]:
        rng = self.rng
        if rng.random() < 0.45:
            return [parts]
        if self.later and rng.random() < 0.2:
            at = rng.randrange(len(parts))
            if len(parts[at]) > 2:
                middle = rng.randint(1, len(parts[at]) - 1)
                parts = [*parts[:at], parts[at][:middle], parts[at][middle:], *parts[at + 1 :]]
        if len(parts) < 2:
            return [parts]
        cuts = sorted(rng.sample(range(1, len(parts)), min(len(parts) - 1, rng.randint(1, 4))))
        return [parts[a:b] for a, b in zip([0, *cuts], [*cuts, len(parts)], strict=True)]

    def _group(self, group: str, style: str, noisy: bool) -> list[Bit]:
        rng, scenes = self.rng, self.scenes
        bits: list[Bit] = []
        gap = "" if self.language == "zh" else " "
        if noisy and rng.random() < 0.12:
            bits.append(Bit(rng.choice(scenes["fillers"]) + gap, private=False))
        if rng.random() < 0.06:
            bits.append(Bit(say_group(rng, self.language, self._wrong(group), style)))
            bits.append(Bit(f"{',' if gap else '，'}{gap}{rng.choice(scenes['fixes'])}{gap}", private=False))
        elif len(group) > 2 and rng.random() < 0.06:
            cut = rng.randint(1, len(group) - 1)
            bits.append(Bit(say_group(rng, self.language, group[:cut], style)))
            bits.append(Bit(f"{'...' if gap else '……'}{gap}{rng.choice(scenes['fillers'])}{gap}", private=False))
            group = group[cut:]
        elif len(group) > 2 and rng.random() < 0.02:
            group = group[1:]
        heard = MISHEARD[self.language].get(group[0])
        if noisy and heard and style == "words" and len(group) > 1 and rng.random() < 0.08:
            bits.append(Bit(rng.choice(heard) + gap, misheard=True))
            group = group[1:]
        return [*bits, Bit(say_group(rng, self.language, group, style))]

    def _between_turns(self, last: str, style: str) -> list[Line]:
        rng, scenes = self.rng, self.scenes
        way = rng.random()
        stop = _STOPS[self.language]
        if way < 0.18:
            text = say_group(rng, self.language, last, style if rng.random() < 0.6 else "written")
            tail = rng.choice(["", "?", stop, f"{stop} {rng.choice(scenes['acks'])}"])
            return [("R", [Bit(text), Bit(tail, private=False)])]
        if way < 0.24:
            lines: list[Line] = [("R", self._filled(rng.choice(scenes["which"]), last, self._wrong(last)))]
            return [*lines, ("C", self._filled(rng.choice(scenes["which_answer"]), last, last))]
        if way < 0.32:
            return [("R", [Bit(rng.choice(scenes["asides"]), private=False)])]
        if self.later > 1 and way < 0.4:
            # Something else is asked and answered in the middle.
            return [
                ("R", [Bit(rng.choice(scenes["asides"]), private=False)]),
                ("C", [Bit(rng.choice(scenes["agree"]), private=False)]),
                ("R", [Bit(rng.choice(scenes["prompts"]), private=False)]),
            ]
        kind = "prompts" if way < 0.6 else "acks"
        return [("R", [Bit(rng.choice(scenes[kind]), private=False)])]

    def _filled(self, template: str, right: str, wrong: str) -> list[Bit]:
        """A phrase with {right} and {wrong}, both private."""
        style = style_of(self.rng, self.language, self.later > 0)
        bits: list[Bit] = []
        for part in template.replace("{right}", "\0right\0").replace("{wrong}", "\0wrong\0").split("\0"):
            if part in ("right", "wrong"):
                bits.append(Bit(say_group(self.rng, self.language, right if part == "right" else wrong, style)))
            elif part:
                bits.append(Bit(part, private=False))
        return bits

    def _wrong(self, group: str) -> str:
        if not group.isdigit():
            return group
        at = self.rng.randrange(len(group))
        return group[:at] + str((int(group[at]) + self.rng.randint(1, 9)) % 10) + group[at + 1 :]


def spoken_code(rng: random.Random, language: str, code: str, later: int) -> str:
    """A security or one-time code in one breath."""
    if later > 2 and rng.random() < _ORDINARY:
        return say_group(rng, language, code, rng.choice(_EVERYDAY[language]))
    if len(code) == 6 and rng.random() < 0.4:
        style = style_of(rng, language, later > 0)
        return (rng.choice([" ", ", ", "-"])).join(
            say_group(rng, language, half, style) for half in (code[:3], code[3:])
        )
    if rng.random() < 0.1:
        return (", " if language != "zh" else "，").join(word(rng, language, digit) for digit in code)
    return say_group(rng, language, code, style_of(rng, language, later > 0))
