"""What the model of client turns is trained on: replies written for it, and the lines of the packs' entries."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from scoring.assessment import OBJECTION_TYPES
from scoring.conversation import prepare
from scoring.engine import open_case
from scoring.facts import Facts
from scoring.languages import Token, language_of
from scoring.objection_context import cued
from scoring.objection_features import CUED, VOTE, Signs, context_signs, read_classes, read_signs, vote_signs
from scoring.packs import Pack, load_pack
from transcription.transcript import Transcript

PACKS: Final = Path(__file__).parent / "packs"
TURNS: Final = "turns"
"""The folder of a pack with the replies written for training."""

FOLDS: Final = 6
_NOT_OBJECTING: Final = frozenset({
    "accept", "buying_signal", "client_step", "fact.budget", "fact.timing", "fact.decision_maker", "fact.competitor",
    "wants", "client_reason", "client_promise", "about_another", "asks_price", "leaves",
})  # fmt: skip
_MAY_OBJECT: Final = ("objection.", "hard_no", "soft_no", "send_info", "callback", "do_not_call")


@dataclass(frozen=True, slots=True)
class Written:
    """A text with its types (none: no objection), its signs, its fold (-1: always trained on), and the rules' vote."""

    types: frozenset[str]
    signs: Signs
    fold: int
    voted: bool
    tokens: tuple[Token, ...] = ()
    made: bool = False


def read_texts(language: str) -> list[Written]:
    """Everything the model of a language is trained on."""
    replies = _replies(language)
    return replies + _joined(replies, language) + _pack_lines(load_pack(language))


def training_hash(language: str) -> str:
    """The hash of all that a language's model is made from: the texts, the classes, the pack's entries."""
    digest = hashlib.sha256()
    folder = PACKS / language
    for path in sorted([*folder.iterdir(), *(folder / TURNS).iterdir()]):
        if path.name.endswith((".txt", ".yaml")):
            digest.update(path.name.encode() + b"\0" + path.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return digest.hexdigest()


def read_replies(language: str) -> list[tuple[int, str, frozenset[str], str]]:
    """The written replies: number of the rep's line, that line, types, words. Raises ValueError naming the line."""
    found = []
    number = -1
    for path in sorted((PACKS / language / TURNS).glob("*.txt")):
        asked = ""
        for place, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            line = raw.strip()
            if not line or line.startswith("#"):
                continue
            if line.startswith(">"):
                asked, number = line[1:].strip(), number + 1
                continue
            label, _, words = line.partition(":")
            types = frozenset() if label == "none" else frozenset(label.split("+"))
            if not words.strip() or not asked or not types <= set(OBJECTION_TYPES):
                raise ValueError(f"{language}/{TURNS}/{path.name}, line {place}: “{line}” is no labelled reply")
            found.append((number, asked, types, words.strip()))
    return found


def _replies(language: str) -> list[Written]:
    pack = load_pack(language)
    spoken = language_of(language)
    classes = read_classes(spoken)
    texts = []
    for number, asked, types, words in read_replies(language):
        said = [{"role": "rep", "text": asked}, {"role": "client", "text": words}]
        transcript = Transcript.from_json({"schema": 1, "language": language, "turns": said})
        case = open_case(transcript, prepare(transcript), pack, Facts())
        tokens = [token for sentence in case.turn(1).sentences for token in sentence.tokens]
        if not tokens:
            continue
        cues = cued(case, 1)
        around = context_signs(case, 1) | vote_signs(case, cues, 1, 0, len(case.turn(1).text))
        signs = read_signs(tokens, spoken, classes, around)
        texts.append(Written(types, signs, number * 7 % FOLDS, bool(cues), tuple(tokens)))
    return texts


def _joined(texts: Sequence[Written], language: str) -> list[Written]:
    """Long turns made of replies of one fold: two that object to nothing, or one of them with one that objects."""
    spoken = language_of(language)
    classes = read_classes(spoken)
    found = []
    for fold in range(FOLDS):
        mine = [text for text in texts if text.fold == fold]
        plain = [text for text in mine if not text.types]
        for number, text in enumerate(mine):
            other = plain[number * 31 % len(plain)]
            votes = {sign for sign in other.signs.context if sign.startswith((VOTE, CUED))}
            context = text.signs.context | votes
            both = (*other.tokens, *text.tokens) if number % 2 else (*text.tokens, *other.tokens)
            found.append(Written(text.types, read_signs(both, spoken, classes, context), fold, False, both, True))
    return found


def _pack_lines(pack: Pack) -> list[Written]:
    """The packs' lines: what an objection's entry must find, what it must pass by, and what else clients say."""
    spoken = language_of(pack.language)
    classes = read_classes(spoken)
    found: dict[str, frozenset[str]] = {}
    for entry in pack.entries:
        if entry.group.startswith("objection."):
            for line in entry.match:
                found[line] = found.get(line, frozenset()) | {entry.group.split(".", 1)[1]}
    for entry in pack.entries:
        if entry.role == "client" and entry.group in _NOT_OBJECTING:
            lines: Sequence[str] = entry.match
        elif entry.group.startswith("objection."):
            lines = [line for line in entry.miss if not _may_object(line, pack)]
        else:
            continue
        for line in lines:
            found.setdefault(line, frozenset())
    return [
        Written(types, read_signs(spoken.tokens(line), spoken, classes, frozenset()), -1, False)
        for line, types in sorted(found.items())
    ]


def _may_object(line: str, pack: Pack) -> bool:
    """Whether a near miss of one entry is found by another that may be an objection."""
    said = {"schema": 1, "language": pack.language, "turns": [{"role": "client", "text": line}]}
    transcript = Transcript.from_json(said)
    case = open_case(transcript, prepare(transcript), pack, Facts())
    return any(hit.group.startswith(_MAY_OBJECT) for hit in case.hits)
