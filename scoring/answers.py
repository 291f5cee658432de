"""Facts given as an answer: "what is your budget" - "five thousand a year" says what neither turn says alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from scoring.assessment import Evidence, FoundFact
from scoring.case import Case
from scoring.conversation import MergedTurn
from scoring.languages import Token
from scoring.matching import Hit
from scoring.promises import accepted_proposals, find_promises
from scoring.stream import Stream

_ASKED: Final = {
    "budget": ("fact_asked.budget",),
    "timing": ("fact_asked.timing",),
    "decision_maker": ("asks.authority",),
}
_GIVEN: Final = {"budget": ("money", "number"), "timing": ("date",), "decision_maker": ("someone",)}
_SHORT_ANSWER: Final = 3
"""An answer of this many times the language's gap (9 words, 24 Korean or 18 Chinese syllables) is quoted whole."""


def answer_to(case: Case, name: str) -> Evidence | None:
    """The client's first answer to the rep's question for a fact, when it holds a sum, a date or a person."""
    for hit in case.found(_ASKED.get(name, ()), role="rep"):
        reply = case.conversation.next_turn(hit.turn, "client", within=1)
        if reply is None or reply.index not in case.trusted_turns or not _asks(case, hit):
            continue
        for slot in _GIVEN[name]:
            place = next(_places(case, reply, slot), None)
            if place is not None:
                start, end = _with_its_sentence(case, reply, *place)
                return reply.evidence(start, end, f"rule:{hit.source}")
    return None


def named_rival(case: Case) -> Evidence | None:
    """The first competitor of the call's facts that the client names."""
    language = case.pack.vocabulary.language
    wanted = [stems for name in case.facts.competitors if (stems := [t.stem for t in language.tokens(name)])]
    for turn in case.conversation.turns:
        if turn.role != "client" or turn.index not in case.trusted_turns or not wanted:
            continue
        for sentence in turn.sentences:
            said = [token.stem for token in sentence.tokens]
            for at in range(len(said)):
                for stems in wanted:
                    if said[at : at + len(stems)] == stems:
                        last = sentence.tokens[at + len(stems) - 1]
                        return turn.evidence(sentence.tokens[at].start, last.end, "rule:facts.competitors")
    return None


def agreed_contact(case: Case) -> FoundFact | None:
    """The day of the last call or visit that the rep named in the close and the client accepted."""
    close = case.window("close")
    commits = [hit for hit in case.found(("next_step",), close, "rep") if "commit" in hit.entry.tags]
    kinds = {"call_back", "meeting"}
    hits = [hit for hit in (*commits, *accepted_proposals(case)) if kinds & hit.entry.tags and close.holds(hit.turn)]
    promised = {promise.evidence.turn for promise in find_promises(case) if promise.what in kinds}
    for hit in sorted(hits, key=lambda hit: (hit.turn, hit.start, hit.entry.id), reverse=True):
        reply = case.conversation.next_turn(hit.turn, "client", within=1)
        if reply is None or case.evidence(hit).turn not in promised:
            continue
        accepted = next(iter(case.in_turn(reply.index, "accept")), None)
        days = [day for day in case.in_turn(hit.turn, "date") if day.sentence == hit.sentence]
        if accepted is None or not days:
            continue
        # Of several days in one breath the one said with the call: inside its words, else the nearest.
        day = min(days, key=lambda day: (max(hit.start - day.end, day.start - hit.end, 0), day.start))
        value = " ".join(case.turn(hit.turn).text[day.start : day.end].split())
        return FoundFact("next_contact", value, case.evidence(accepted))
    return None


def _asks(case: Case, hit: Hit) -> bool:
    """Whether the hit's words are asked, with a mark or without, and are no proposal of a day."""
    if any(step.sentence == hit.sentence for step in case.in_turn(hit.turn, "proposal")):
        return False
    sentence = case.turn(hit.turn).sentences[hit.sentence]
    return sentence.asks or not sentence.ended


def _places(case: Case, turn: MergedTurn, slot: str) -> Iterator[tuple[int, int]]:
    """Where the turn holds something of the slot; a bare number counts from two words or three digits on."""
    vocabulary = case.pack.vocabulary
    if slot not in vocabulary.slots:
        return
    stream = Stream(turn, vocabulary)
    for match in stream.find(case.pack.phrase(f"<{slot}>")):
        first, last = stream.span(match.start(), match.end())
        start, end = stream.tokens[first].start, stream.tokens[last].end
        if last >= first and (slot != "number" or last > first or sum(c.isdigit() for c in turn.text[start:end]) > 2):
            yield start, end


def _with_its_sentence(case: Case, turn: MergedTurn, start: int, end: int) -> tuple[int, int]:
    """A short answer whole ("five thousand dollars a year"), of a long one only what was found."""
    most = _SHORT_ANSWER * case.pack.vocabulary.language.gap
    for sentence in turn.sentences:
        tokens: tuple[Token, ...] = sentence.tokens
        if tokens and tokens[0].start <= start and end <= tokens[-1].end and len(tokens) <= most:
            return tokens[0].start, tokens[-1].end
    return start, end
