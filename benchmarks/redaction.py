"""How well private numbers are found in conversations: `python -m benchmarks.redaction [--dialogues N] [--json]`.

Recall: share of private values (per kind) of which every digit and letter is masked, wherever it was said; a misheard
digit ("for" for four) that the engine wrote as another word does not count as said. Precision: share of masks that
touch a value of their kind. Both with 95 % Wilson intervals.

The sets of scenes differ in their phrases; `first` and `second` were written before the detector, `third` and `fourth`
later. From `fifth` on the way of dictation is composed at random too (groups, separators, fillers, echoes, corrections,
read-backs, numbers nobody announced, what an engine writes as prices or times), and each set has ways the ones before
lack. Cards and codes on the first run over a set, before the gaps it showed were closed: recall 0.991 (second), 0.978
(third), 0.978 (fourth), 0.761 (fifth), 0.891 (sixth), 0.970 (seventh), 0.983 (eighth, mostly plain dictation). A run
today shows how the detector does on phrases it was improved on; for an honest new figure write a new set.

`--show` prints what was missed or masked wrongly.
`--folder` masks real dialogues (one JSON object a line) instead and prints every mask for a person to judge.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from benchmarks.redaction_dialogues import Dialogue
from benchmarks.redaction_sets import SETS, make_dialogues
from transcription.redaction.detection import find_private
from transcription.redaction.types import Place
from transcription.transcript import REDACTION_KINDS, Role, Turn

TARGETS: Final = {"recall": 0.99, "precision": 0.90}
"""For cards and their codes together, over all languages."""


@dataclass(slots=True)
class Figures:
    """Values said and found, masks made and right, of one kind in one language."""

    said: int = 0
    found: int = 0
    masks: int = 0
    right: int = 0

    def add(self, other: Figures) -> None:
        """Add another group's counts."""
        self.said += other.said
        self.found += other.found
        self.masks += other.masks
        self.right += other.right


@dataclass(slots=True)
class Outcome:
    """Figures by (language, kind), and what went wrong in words."""

    figures: dict[tuple[str, str], Figures] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    private: int = 0
    leaked: int = 0

    def of(self, language: str, kind: str) -> Figures:
        """The group's figures, made when new."""
        return self.figures.setdefault((language, kind), Figures())


def wilson(hits: int, count: int, z: float = 1.96) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927)."""
    if not count:
        return 0.0, 1.0
    share = hits / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count)) / (1 + z * z / count)
    return max(0.0, middle - half), min(1.0, middle + half)


def measure(dialogues: list[Dialogue]) -> Outcome:
    """Run the detector over labelled conversations."""
    outcome = Outcome()
    for number, dialogue in enumerate(dialogues):
        transcript = dialogue.transcript()
        places = find_private(transcript.turns, dialogue.language)
        _score(number, dialogue, places, outcome)
    return outcome


def _score(number: int, dialogue: Dialogue, places: list[Place], outcome: Outcome) -> None:
    covered = {(p.turn, at) for p in places for at in range(p.start, p.end)}
    missed: dict[int, list[str]] = {}
    for label in dialogue.labels:
        if label.misheard:
            continue
        text = dialogue.turns[label.turn][1]
        characters = [(label.turn, at) for at in range(label.start, label.end) if text[at].isalnum()]
        leaked = [spot for spot in characters if spot not in covered]
        outcome.private += len(characters)
        outcome.leaked += len(leaked)
        if leaked:
            missed.setdefault(label.entity, []).append(f"{text[label.start : label.end]!r} in {text!r}")
    for entity, kind in enumerate(dialogue.kinds):
        figures = outcome.of(dialogue.language, kind)
        figures.said += 1
        figures.found += entity not in missed
        if entity in missed:
            outcome.wrong.append(f"#{number} {dialogue.language} {kind} missed: " + "; ".join(missed[entity][:4]))
    for place in places:
        figures = outcome.of(dialogue.language, place.kind)
        figures.masks += 1
        touched = {
            x.kind for x in dialogue.labels if x.turn == place.turn and x.start < place.end and place.start < x.end
        }
        figures.right += place.kind in touched
        if place.kind not in touched:
            text = dialogue.turns[place.turn][1]
            truth = "/".join(sorted(touched)) or "nothing private"
            quoted = f"{text[place.start : place.end]!r} in {text!r}"
            outcome.wrong.append(f"#{number} {dialogue.language} {place.kind} mask on {truth}: {quoted}")


def rows(outcome: Outcome) -> list[dict[str, Any]]:
    """A row per kind and language, per kind, and for cards and codes together."""
    totals: dict[tuple[str, str], Figures] = {}
    for (language, kind), figures in sorted(outcome.figures.items()):
        groups = [(kind, language), (kind, "all")]
        if kind in ("card", "card_code"):
            groups += [("card and code", language), ("card and code", "all")]
        for group in groups:
            totals.setdefault(group, Figures()).add(figures)
    order = [*REDACTION_KINDS, "card and code"]
    made = []
    for (kind, language), figures in sorted(totals.items(), key=lambda t: (order.index(t[0][0]), t[0][1] == "all")):
        made.append(
            {
                "kind": kind,
                "language": language,
                "values": figures.said,
                "recall": figures.found / figures.said if figures.said else None,
                "recall_interval": wilson(figures.found, figures.said),
                "masks": figures.masks,
                "precision": figures.right / figures.masks if figures.masks else None,
                "precision_interval": wilson(figures.right, figures.masks),
            }
        )
    return made


def table(made: list[dict[str, Any]]) -> str:
    """The rows as text."""
    lines = [f"{'kind':<15}{'language':<10}{'values':>7}  {'recall':<24}{'masks':>6}  precision"]
    for row in made:
        lines.append(
            f"{row['kind']:<15}{row['language']:<10}{row['values']:>7}  "
            f"{_share(row['recall'], row['recall_interval']):<24}{row['masks']:>6}  "
            f"{_share(row['precision'], row['precision_interval'])}"
        )
    return "\n".join(lines)


def _share(value: float | None, interval: tuple[float, float]) -> str:
    return "-" if value is None else f"{value:.3f} ({interval[0]:.3f}-{interval[1]:.3f})"


def read_dialogues(folder: Path) -> list[tuple[str, list[Turn]]]:
    """Real conversations from JSON lines with turns, or single utterances, under a folder."""
    roles: dict[str, Role] = {"rep": "rep", "client": "client", "a": "speaker_a", "b": "speaker_b"}
    found = []
    for path in sorted(folder.rglob("*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
            data = json.loads(line)
            turns = data.get("turns") or [{"role": "client", "text": data["text"]}]
            name = f"{path.parent.name}/{data.get('id', number)}"
            found.append((name, [Turn(roles.get(turn["role"], "client"), turn["text"]) for turn in turns]))
    return found


def show_masks(folder: Path) -> int:
    """Print every mask on real dialogues, and counts by folder and kind."""
    counts: Counter[str] = Counter()
    for name, turns in read_dialogues(folder):
        counts[f"{name.split('/')[0]} dialogues"] += 1
        for place in find_private(turns, None):
            text = turns[place.turn].text
            counts[f"{name.split('/')[0]} {place.kind}"] += 1
            around = text[max(0, place.start - 60) : place.end + 30].replace("\n", " ")
            print(f"{name} turn {place.turn} {place.kind}: {text[place.start : place.end]!r} in ...{around}")
    for key, count in sorted(counts.items()):
        print(f"{count:>7}  {key}")
    return 0


def main(arguments: list[str] | None = None) -> int:
    """Print the table; 1 when cards and codes miss their targets."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.redaction", description=__doc__)
    parser.add_argument("--dialogues", type=int, default=1200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scenes", choices=SETS, default="first")
    parser.add_argument("--folder", type=Path, help="real dialogues to mask instead")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args(arguments)
    if options.folder is not None:
        return show_masks(options.folder)
    outcome = measure(make_dialogues(options.dialogues, options.seed, options.scenes))
    made = rows(outcome)
    leaked = outcome.leaked / max(outcome.private, 1)
    facts = {
        "dialogues": options.dialogues,
        "seed": options.seed,
        "scenes": options.scenes,
        "characters_leaked": leaked,
    }
    if options.json:
        print(json.dumps({**facts, "rows": made}, indent=2))
    else:
        print(f"{options.dialogues} dialogues, seed {options.seed}, {options.scenes} scenes")
        print(table(made))
        print(f"private characters left readable: {leaked:.2%}")
    if options.show:
        print("\n".join(outcome.wrong))
    cards = next((row for row in made if row["kind"] == "card and code" and row["language"] == "all"), None)
    if cards is None or cards["recall"] is None or cards["precision"] is None:
        return 1
    return int(cards["recall"] < TARGETS["recall"] or cards["precision"] < TARGETS["precision"])


if __name__ == "__main__":
    sys.exit(main())
