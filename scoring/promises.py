"""Promises: what the rep or the client said they would do, and by when, each with its quote."""

from __future__ import annotations

from typing import Final

from scoring.assessment import Promise
from scoring.case import Case
from scoring.matching import Hit

_KINDS: Final = ("send_offer", "call_back", "meeting", "other")


def find_promises(case: Case) -> tuple[Promise, ...]:
    """The promises of both sides in order, one of a kind for each turn; a proposal that is a question is none."""
    found: list[Promise] = []
    seen: set[tuple[int, str]] = set()
    for group, by in (("next_step", "rep"), ("client_promise", "client")):
        for hit in case.found((group,)):
            if "commit" not in hit.entry.tags and group == "next_step":
                continue
            if case.turn(hit.turn).sentences[hit.sentence].asks or _turned_down(case, hit):
                continue
            kind = next((kind for kind in _KINDS if kind in hit.entry.tags), "other")
            if (hit.turn, kind) not in seen:
                seen.add((hit.turn, kind))
                found.append(Promise(by, kind, _due(case, hit), case.evidence(hit)))
    return tuple(sorted(found, key=lambda p: (p.evidence.turn or 0, p.evidence.start or 0.0, p.what)))


def _turned_down(case: Case, hit: Hit) -> bool:
    if case.turn(hit.turn).role != "rep":
        return False
    reply = case.conversation.next_turn(hit.turn, "client", within=1)
    return reply is not None and bool(case.in_turn(reply.index, "hard_no"))


def _due(case: Case, hit: Hit) -> str | None:
    """The ISO date named with the promise: in its own clause, else later in its sentence."""
    if case.facts.started_at is None:
        return None
    language = case.pack.vocabulary.language
    sentence = case.turn(hit.turn).sentences[hit.sentence]
    day = case.facts.started_at.date()
    before: list[str] = []
    clause: list[str] = []
    for token in sentence.tokens:
        joins = token.surface in language.joining
        if token.start < hit.start:
            before = [] if joins else [*before, token.surface]
        elif token.start >= hit.end and joins:
            break
        else:
            clause.append(token.surface)
    found = language.resolve_date(clause, day) or language.resolve_date(before, day)
    return None if found is None else found.isoformat()
