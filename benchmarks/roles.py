"""How well words alone tell the rep from the client: shared dialogues and the sample calls with the sides hidden.

    python -m benchmarks.roles --data DIR [--half dev|test|both] [--noise 0.3] [--json]

DIR holds `insurance_calls/`, `chinese_service/` and `donation_persuasion/` (JSON lines whose turns say rep or client).
Half of the dialogues, by a hash of their id, was looked at while the cues were written (dev); the other was not (test).
"told" is the share with a confidence of 0.7 or more, "sure" of 0.9 or more; "right" is among all, with nothing else
known (no channels, no order). "wrong order" starts from channels in the wrong order at the usual 0.9. With `--noise`
that share of words (of characters in Chinese and Korean) is lost or replaced by another of the same dialogue, as a weak
speech engine would.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from transcription.engines.speakers import ORDERED
from transcription.roles import RoleHints, Side, tell_roles
from transcription.roles.telling import SURE
from transcription.speech import Span, Utterance
from transcription.transcript import Role, Word
from transcription.turns import Voice

FOLDERS: Final = {
    "insurance_calls": ("calls.jsonl", "en"),
    "donation_persuasion": ("dialogues.jsonl", "en"),
    "chinese_service": ("dialogues.jsonl", "zh"),
}
CERTAIN: Final = 0.9


@dataclass(frozen=True, slots=True)
class Dialogue:
    """One conversation: who says what, in order."""

    id: str
    language: str
    turns: tuple[tuple[str, str], ...]
    hints: RoleHints = field(default_factory=RoleHints)


@dataclass(frozen=True, slots=True)
class Guess:
    """What was told of one dialogue whose rep is known."""

    dialogue: Dialogue
    rep_first: bool
    confidence: float
    right: bool | None
    reasons: tuple[str, ...]


def read_dialogues(folder: Path, half: str) -> Iterator[tuple[str, list[Dialogue]]]:
    """Each task's dialogues of one half."""
    for name, (file, language) in FOLDERS.items():
        path = folder / name / file
        if not path.is_file():
            continue
        with path.open(encoding="utf-8") as lines:
            found = [_dialogue(json.loads(line), language) for line in lines]
        yield name, [d for d in found if half == "both" or half_of(d.id) == half]


def sample_calls() -> Iterator[tuple[str, list[Dialogue]]]:
    """The sample calls' scripts, by language."""
    from workers.demo.script import COMPANY_NAMES, read_scripts

    groups: dict[str, list[Dialogue]] = {}
    for script in read_scripts():
        hints = RoleHints(script.facts.get("direction"), tuple(COMPANY_NAMES), (script.facts.get("rep", ""),))
        turns = tuple((line.role, line.text) for line in script.lines)
        groups.setdefault(script.language, []).append(Dialogue(script.id, script.language, turns, hints))
    for language, dialogues in sorted(groups.items()):
        yield f"samples {language}", dialogues


def half_of(dialogue: str) -> str:
    """ "dev" or "test", for ever the same for one id."""
    return "dev" if hashlib.sha256(dialogue.encode()).digest()[0] % 2 == 0 else "test"


def utterances_of(dialogue: Dialogue, role: str) -> tuple[Utterance, ...]:
    """One side's words, with made-up times that keep the order of the turns."""
    said = []
    for number, (who, text) in enumerate(dialogue.turns):
        if who == role and text.split():
            at = number * 100.0
            words = tuple(Word(w, at + n * 0.2, at + n * 0.2 + 0.2) for n, w in enumerate(text.split()))
            said.append(Utterance(Span(at, at + len(words) * 0.2), words))
    return tuple(said)


def guess(dialogue: Dialogue, *, rep_first: bool, ordered: bool, named: bool = False) -> Guess:
    """What is told when the rep stands first or second; `ordered` says the usual order of channels is believed."""
    order = ("rep", "client") if rep_first else ("client", "rep")
    priors: tuple[Role, Role] = ("rep", "client") if ordered else ("speaker_a", "speaker_b")
    sides = [
        Side(utterances_of(dialogue, role), Voice(prior, ORDERED if ordered else 0.0, n))
        for n, (role, prior) in enumerate(zip(order, priors, strict=True))
    ]
    hints = RoleHints(
        dialogue.hints.direction,
        dialogue.hints.company_names,
        dialogue.hints.rep_names,
        dialogue.language,
        named,
    )
    told = tell_roles(sides, hints)
    right = told.voices[0].role == order[0] if told.confidence >= SURE else None
    return Guess(dialogue, rep_first, told.confidence, right, told.reasons)


def measure(guesses: Sequence[Guess]) -> dict[str, Any]:
    """Counts and shares over the dialogues of one task."""
    told = [g for g in guesses if g.right is not None]
    sure = [g for g in told if g.confidence >= CERTAIN]
    return {
        "n": len(guesses),
        "told": _share(len(told), len(guesses)),
        "told_right": _share(sum(g.right is True for g in told), len(told)),
        "sure": _share(len(sure), len(guesses)),
        "sure_right": _share(sum(g.right is True for g in sure), len(sure)),
        "sure_wrong": sum(g.right is False for g in sure),
    }


def run(folder: Path | None, half: str, noise: float = 0.0) -> dict[str, Any]:
    """Every task measured: nothing known, the right order given, the wrong order given."""
    tasks = [*(read_dialogues(folder, half) if folder else ()), *sample_calls()]
    answer: dict[str, Any] = {}
    for name, clean in tasks:
        dialogues = [with_noise(d, noise) for d in clean] if noise else clean
        answer[name] = {
            "nothing known": measure(
                [guess(d, rep_first=half_of(d.id + "order") == "dev", ordered=False) for d in dialogues]
            ),
            "right order": measure([guess(d, rep_first=True, ordered=True) for d in dialogues]),
            "wrong order": measure([guess(d, rep_first=False, ordered=True) for d in dialogues]),
        }
    return answer


def with_noise(dialogue: Dialogue, share: float) -> Dialogue:
    """The dialogue with that share of its words wrong: half of them lost, half replaced. The same every time."""
    rng = random.Random(dialogue.id)  # noqa: S311
    by_character = dialogue.language in ("ko", "zh")
    pieces = [list(text) if by_character else text.split() for _, text in dialogue.turns]
    pool = [piece for turn in pieces for piece in turn]
    turns = []
    for (who, _), turn in zip(dialogue.turns, pieces, strict=True):
        heard = []
        for piece in turn:
            if rng.random() >= share:
                heard.append(piece)
            elif rng.random() < 0.5:
                heard.append(rng.choice(pool))
        turns.append((who, ("" if by_character else " ").join(heard)))
    return replace(dialogue, turns=tuple(turns))


def _dialogue(data: dict[str, Any], language: str) -> Dialogue:
    return Dialogue(data["id"], language, tuple((turn["role"], turn["text"]) for turn in data["turns"]))


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 3) if whole else None


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--half", choices=("dev", "test", "both"), default="test")
    parser.add_argument("--noise", type=float, default=0.0, metavar="SHARE")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    answer = run(args.data, args.half, args.noise)
    if args.json:
        print(json.dumps(answer, indent=1))
        return
    for name, cases in answer.items():
        for case, row in cases.items():
            cells = "  ".join(f"{key} {'-' if value is None else value}" for key, value in row.items())
            print(f"{name:<20} {case:<14} {cells}")


if __name__ == "__main__":
    main()
