"""The counselling sessions' turns with what their annotators said, shared by the tasks that read them."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from scoring.learning.question_view import AskedTurn
from scoring.learning.utterances import Utterance, utterances_of

KINDS = ("open", "closed")


@dataclass(frozen=True, slots=True)
class SessionTurn:
    """One turn of the therapist (`rep`) or the client, with each annotator's labels; `place` counts all turns.

    `asked` is the turn between its neighbours, `utterance` the turn as text models read it.
    """

    session: str
    role: str
    place: int
    asked: AskedTurn
    utterance: Utterance
    annotators: tuple[Mapping[str, str], ...]

    def most(self, key: str, among: Sequence[str] | None = None) -> str | None:
        """What most annotators say (of equal ones the first by name), of the values asked for; None where nobody."""
        counts = Counter(a[key] for a in self.annotators if among is None or a.get(key) in among)
        return min(counts, key=lambda value: (-counts[value], value)) if counts else None


def turns_of(sessions: Iterable[Mapping[str, Any]], role: str) -> list[SessionTurn]:
    """Every turn of a role, with its neighbours' words."""
    found = []
    for session in sessions:
        texts = ["", *(turn["text"] for turn in session["turns"]), ""]
        read = utterances_of([(turn["role"], turn["text"]) for turn in session["turns"]], "en")
        for place, turn in enumerate(session["turns"]):
            if turn["role"] == role:
                asked = AskedTurn(turn["text"], texts[place], texts[place + 2])
                labels = tuple(turn.get("annotators") or ())
                found.append(SessionTurn(str(session["id"]), role, place, asked, read[place], labels))
    return found


def without_marks(asked: AskedTurn) -> AskedTurn:
    """The turn and its neighbours as a speech engine without punctuation writes them."""
    return replace(asked, text=_bare(asked.text), before=_bare(asked.before), after=_bare(asked.after))


def bare_utterance(utterance: Utterance) -> Utterance:
    """The same for what a text model reads."""
    return replace(utterance, text=_bare(utterance.text), previous=tuple(map(_bare, utterance.previous)))


def annotator_pairs(turns: Iterable[SessionTurn], key: str, among: Sequence[str] | None) -> list[tuple[str, str, str]]:
    """(session, one's label, another's) for every two annotators of one turn, of the values asked for."""
    found = []
    for turn in turns:
        labels = [a.get(key, "") for a in turn.annotators]
        for one, other in itertools.combinations(labels, 2):
            if among is None or (one in among and other in among):
                found.append((turn.session, one, other))
    return found


def _bare(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s'’\[\]]", " ", text).lower().split())
