"""What the model of replies to objections is trained on: what reps say, under the client's objection they answer."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from scoring.assessment import OBJECTION_TYPES
from scoring.conversation import prepare
from scoring.engine import open_case
from scoring.facts import Facts
from scoring.languages import language_of
from scoring.objection_features import Signs, read_classes, read_signs
from scoring.objection_texts import FOLDS, PACKS
from scoring.packs import load_pack
from scoring.rep_model import HEARD, around
from transcription.transcript import Transcript

REP_TURNS: Final = "rep_turns"
"""The folder of a pack with the replies written for training."""

_LABELS: Final = frozenset(HEARD)


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply: the objection's types and words, the moves it is (none: it handles nothing), and its own words."""

    number: int
    types: tuple[str, ...]
    objection: str
    moves: frozenset[str]
    words: str


@dataclass(frozen=True, slots=True)
class RepText:
    """A reply made ready: its moves, its signs, its fold, and the moves the pack's phrases find in it."""

    moves: frozenset[str]
    signs: Signs
    fold: int
    voted: frozenset[str]


def rep_hash(language: str) -> str:
    """The hash of all that a language's model is made from: the texts, the classes, the pack's entries."""
    digest = hashlib.sha256()
    folder = PACKS / language
    for path in sorted([*folder.iterdir(), *(folder / REP_TURNS).iterdir()]):
        if path.name.endswith((".txt", ".yaml")):
            digest.update(path.name.encode() + b"\0" + path.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return digest.hexdigest()


def read_replies(language: str) -> list[Reply]:
    """The written replies. Raises ValueError naming file and line."""
    found = []
    number = -1
    for path in sorted((PACKS / language / REP_TURNS).glob("*.txt")):
        types: tuple[str, ...] = ()
        objection = ""
        for place, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            line = raw.strip()
            if not line or line.startswith("#"):
                continue
            label, _, words = line.removeprefix(">").strip().partition(":")
            labels = label.strip().split("+")
            known = OBJECTION_TYPES if line.startswith(">") else (*_LABELS, "none")
            if not words.strip() or not set(labels) <= set(known) or not (objection or line.startswith(">")):
                raise ValueError(f"{language}/{REP_TURNS}/{path.name}, line {place}: “{line}” is no labelled reply")
            if line.startswith(">"):
                types, objection, number = tuple(labels), words.strip(), number + 1
                continue
            found.append(Reply(number, types, objection, frozenset(labels) & _LABELS, words.strip()))
    return found


def read_texts(language: str) -> list[RepText]:
    """Everything the model of a language is trained on."""
    pack = load_pack(language)
    spoken = language_of(language)
    classes = read_classes(spoken)
    texts = []
    for reply in read_replies(language):
        said = [{"role": "client", "text": reply.objection}, {"role": "rep", "text": reply.words}]
        transcript = Transcript.from_json({"schema": 1, "language": language, "turns": said})
        case = open_case(transcript, prepare(transcript), pack, Facts())
        tokens = [token for sentence in case.turn(1).sentences for token in sentence.tokens]
        if not tokens:
            continue
        context = frozenset().union(
            *(around(case, 1, n, s.tokens, reply.types, (0,)) for n, s in enumerate(case.turn(1).sentences) if s.tokens)
        )
        voted = frozenset(
            hit.group.split(".")[1] if hit.group.startswith(("move.", "fault.")) else hit.group
            for hit in case.by_turn.get(1, ())
        )
        signs = read_signs(tokens, spoken, classes, context)
        texts.append(RepText(reply.moves, signs, reply.number * 7 % FOLDS, voted))
    return texts
