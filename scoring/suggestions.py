"""What a language model may suggest about a call, and what of it is let through: only what quotes the call verbatim.

A model's reply is untrusted text. Every suggestion must name a criterion and an answer of the standard and quote words
that stand in the transcript; the place of the quote is looked up here, never taken from the reply. Everything else is
dropped, with its reason. Nothing here changes a score: suggestions are shown beside the assessment, for a person.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from scoring.conversation import UNSURE_ROLES, Conversation, prepare
from scoring.evidence import Evidence
from scoring.standards import Standard
from transcription.transcript import Transcript

ABOUT: Final = ("who", "why", "wants", "objections", "next")
"""The lines of a summary, as in the assessment."""

FEWEST_CHARACTERS: Final = 6
FEWEST_CHARACTERS_CJK: Final = 3
LONGEST_TEXT: Final = 300
MOST: Final = 60
"""Suggestions read from one reply; a longer list is a model going round in circles."""

_CJK: Final = re.compile(r"[぀-ヿ㐀-䶿一-鿿가-힣]")
_FENCE: Final = re.compile(r"^\s*```(?:json)?\s*(.*?)\s*```\s*$", re.DOTALL)

DropReason = Literal[
    "not_json", "not_an_object", "unknown_criterion", "unknown_answer", "unknown_line", "no_quote", "quote_too_short",
    "not_verbatim", "twice", "too_many",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class SuggestedAnswer:
    """An answer to a criterion, with the words of the call it rests on; `text` is the model's own reason."""

    criterion: str
    answer: str
    text: str
    evidence: Evidence

    def to_json(self) -> dict[str, Any]:
        return {"criterion": self.criterion, "answer": self.answer, "text": self.text, **self.evidence.to_json()}


@dataclass(frozen=True, slots=True)
class SuggestedLine:
    """A line of a summary in the model's words, with the words of the call it rests on."""

    about: str
    text: str
    evidence: Evidence

    def to_json(self) -> dict[str, Any]:
        return {"about": self.about, "text": self.text, **self.evidence.to_json()}


@dataclass(frozen=True, slots=True)
class Dropped:
    """A suggestion that was not let through."""

    what: str
    reason: DropReason

    def to_json(self) -> dict[str, Any]:
        return {"what": self.what, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What is left of a model's replies about one call."""

    model: str
    answers: tuple[SuggestedAnswer, ...] = ()
    summary: tuple[SuggestedLine, ...] = ()
    dropped: tuple[Dropped, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "schema": 1,
            "model": self.model,
            "answers": [item.to_json() for item in self.answers],
            "summary": [item.to_json() for item in self.summary],
            "dropped": [item.to_json() for item in self.dropped],
        }


def check_reply(reply: str, transcript: Transcript, standard: Standard, model: str) -> Suggestions:
    """The suggestions in a model's reply that hold; never raises, whatever the reply says."""
    conversation = prepare(transcript)
    source = f"model:{model}"
    try:
        data = json.loads(_unfenced(reply))
    except (ValueError, RecursionError):
        return Suggestions(model, dropped=(Dropped("reply", "not_json"),))
    if not isinstance(data, Mapping):
        return Suggestions(model, dropped=(Dropped("reply", "not_an_object"),))
    answers: dict[str, SuggestedAnswer] = {}
    lines: dict[str, SuggestedLine] = {}
    dropped: list[Dropped] = []
    options = {c.id: {o.id for o in c.options} | {"na"} for section in standard.sections for c in section.criteria}
    for item in _items(data, "answers", dropped):
        name = str(item.get("criterion", ""))[:80]
        answer = str(item.get("answer", ""))
        if name not in options:
            dropped.append(Dropped(f"answer {name}", "unknown_criterion"))
        elif answer not in options[name]:
            dropped.append(Dropped(f"answer {name}", "unknown_answer"))
        elif name in answers:
            dropped.append(Dropped(f"answer {name}", "twice"))
        else:
            found = _quoted(conversation, item, source)
            if isinstance(found, Evidence):
                answers[name] = SuggestedAnswer(name, answer, _short(item.get("reason")), found)
            else:
                dropped.append(Dropped(f"answer {name}", found))
    for item in _items(data, "summary", dropped):
        about = str(item.get("about", ""))[:80]
        if about not in ABOUT:
            dropped.append(Dropped(f"summary {about}", "unknown_line"))
        elif about in lines:
            dropped.append(Dropped(f"summary {about}", "twice"))
        else:
            found = _quoted(conversation, item, source)
            if isinstance(found, Evidence):
                lines[about] = SuggestedLine(about, _short(item.get("text")), found)
            else:
                dropped.append(Dropped(f"summary {about}", found))
    ordered = tuple(lines[about] for about in ABOUT if about in lines)
    return Suggestions(model, tuple(answers[name] for name in options if name in answers), ordered, tuple(dropped))


def together(model: str, parts: list[Suggestions]) -> Suggestions:
    """Replies about successive parts of one call as one: the first answer to a criterion counts, and the first line."""
    answers: dict[str, SuggestedAnswer] = {}
    lines: dict[str, SuggestedLine] = {}
    for part in parts:
        for answer in part.answers:
            answers.setdefault(answer.criterion, answer)
        for line in part.summary:
            lines.setdefault(line.about, line)
    ordered = tuple(lines[about] for about in ABOUT if about in lines)
    return Suggestions(model, tuple(answers.values()), ordered, tuple(drop for part in parts for drop in part.dropped))


def _items(data: Mapping[str, Any], key: str, dropped: list[Dropped]) -> Iterator[Mapping[str, Any]]:
    items = data.get(key) or []
    if not isinstance(items, list):
        dropped.append(Dropped(key, "not_an_object"))
        return
    for item in items[:MOST]:
        if isinstance(item, Mapping):
            yield item
        else:
            dropped.append(Dropped(key, "not_an_object"))
    if len(items) > MOST:
        dropped.append(Dropped(key, "too_many"))


def _quoted(conversation: Conversation, item: Mapping[str, Any], source: str) -> Evidence | DropReason:
    """Where the quote stands, word for word (spaces aside); the turn the model named is looked at first."""
    quote = item.get("quote")
    if not isinstance(quote, str) or not quote.strip():
        return "no_quote"
    quote = " ".join(quote.split())
    least = FEWEST_CHARACTERS_CJK if _CJK.search(quote) else FEWEST_CHARACTERS
    if len(quote) < least:
        return "quote_too_short"
    pattern = re.compile(r"(?<!\w)" + r"\s+".join(map(re.escape, quote.split(" "))) + r"(?!\w)")
    if _CJK.search(quote):
        pattern = re.compile(r"\s+".join(map(re.escape, quote.split(" "))))
    named = item.get("turn")
    turns = [turn for turn in conversation.turns if turn.role not in UNSURE_ROLES] or list(conversation.turns)
    turns.sort(key=lambda turn: (not any(piece.turn == named for piece in turn.pieces), turn.index))
    for turn in turns:
        for piece in turn.pieces:
            found = pattern.search(turn.text, piece.start, piece.end)
            if found is not None:
                return turn.evidence(found.start(), found.end(), source)
    return "not_verbatim"


def _unfenced(reply: str) -> str:
    found = _FENCE.match(reply)
    return found.group(1) if found else reply


def _short(text: object) -> str:
    words = " ".join(text.split()) if isinstance(text, str) else ""
    return words if len(words) <= LONGEST_TEXT else words[: LONGEST_TEXT - 1] + "…"
