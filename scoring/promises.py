"""Promises: what the rep or the client said they would do, and by when, each with its quote.

Promises said in one breath ("I'll send the offer today and call you on Friday") are told apart: the words between two
of them belong to the first up to the last joining word or comma, and to the second from there on. A promise said twice
in a turn is one, unless it names another day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from scoring.assessment import Promise
from scoring.case import Case
from scoring.languages import Language, Token
from scoring.matching import Hit

_KINDS: Final = ("send_offer", "call_back", "meeting", "other")
_COMMAS: Final = frozenset(",;，、；")


@dataclass(frozen=True, slots=True)
class _Said:
    by: str
    kind: str
    hit: Hit
    proposed: bool = False  # put as a question


def find_promises(case: Case) -> tuple[Promise, ...]:
    """The promises of both sides in order of place; a proposal is one once the client accepts it."""
    found: dict[tuple[int, str, str | None], tuple[int, Promise]] = {}
    said = _said(case)
    days = [_due(case, item.hit, *_neighbours(said, number)) for number, item in enumerate(said)]
    told: set[tuple[int, str]] = set()
    plain = _said_plainly(said, days)
    for number, item in enumerate(said):
        due, turn = days[number], item.hit.turn
        # Proposed, and promised in so many words elsewhere: the same kind for the same day, or any day.
        if item.proposed and (item.kind, item.by, *([due] if due is not None else [])) in plain:
            continue
        # The same thing said again is one promise; only another day makes it another.
        if due is None and (turn, item.kind) in told:
            continue
        if due is not None:
            found.pop((turn, item.kind, None), None)
        promise = Promise(item.by, item.kind, due, case.evidence(item.hit))
        found.setdefault((turn, item.kind, due), (number, promise))
        told.add((turn, item.kind))
    return tuple(promise for _, promise in sorted(found.values(), key=lambda item: item[0]))


def _said(case: Case) -> list[_Said]:
    """What either side commits to, in order of place; of overlapping ways of saying one thing the first."""
    found: list[_Said] = []
    for group, by in (("next_step", "rep"), ("client_promise", "client")):
        for hit in case.found((group,)):
            if ("commit" not in hit.entry.tags and group == "next_step") or _open_question(case, hit):
                continue
            if not _turned_down(case, hit):
                asks = case.turn(hit.turn).sentences[hit.sentence].asks
                found.append(_Said(by, _kind(hit), hit, proposed=asks))
    settled = {(item.hit.turn, item.hit.sentence) for item in found}
    for hit in accepted_proposals(case):
        if (hit.turn, hit.sentence) not in settled:
            found.append(_Said("rep", _kind(hit), hit, proposed=True))
    found.sort(key=lambda item: (item.hit.turn, item.hit.start, -item.hit.end, item.kind, item.hit.entry.id))
    kept: list[_Said] = []
    for item in found:
        if not any(_same(item, other) for other in reversed(kept[-4:])):
            kept.append(item)
    return kept


def _kind(hit: Hit) -> str:
    return next((kind for kind in _KINDS if kind in hit.entry.tags), "other")


def accepted_proposals(case: Case) -> list[Hit]:
    """What the rep proposed to do ("shall I call you on Thursday?") and the client accepted in the next turn.

    A meeting proposed is one only with its day: "would you like to see it?" is asked for many reasons.
    """
    offers = case.found(("proposal",), role="rep")
    places = {(hit.turn, hit.sentence) for hit in offers}
    for hit in case.found(("next_step",), role="rep"):
        if not {"propose", "meeting"} <= hit.entry.tags or (hit.turn, hit.sentence) in places:
            continue
        if any(day.sentence == hit.sentence for day in case.in_turn(hit.turn, "date")):
            offers.append(hit)
    return [hit for hit in offers if _accepted(case, hit)]


def _accepted(case: Case, hit: Hit) -> bool:
    reply = case.conversation.next_turn(hit.turn, "client", within=1)
    if reply is None or _turned_down(case, hit) or case.in_turn(reply.index, "refuse"):
        return False
    return bool(case.in_turn(reply.index, "accept"))


def _open_question(case: Case, hit: Hit) -> bool:
    """Whether the hit's sentence asks, and not only by a tag behind it ("..., okay?") that nobody refused."""
    if not case.turn(hit.turn).sentences[hit.sentence].asks:
        return False
    tags = [tag for tag in case.in_turn(hit.turn, "tag_question") if tag.sentence == hit.sentence]
    if not any(tag.end > hit.end for tag in tags):
        return True
    other = "client" if case.turn(hit.turn).role == "rep" else "rep"
    reply = case.conversation.next_turn(hit.turn, other, within=1)
    return reply is not None and bool(case.in_turn(reply.index, "refuse")) and not case.in_turn(reply.index, "accept")


def _said_plainly(said: Sequence[_Said], days: Sequence[str | None]) -> set[tuple[str | None, ...]]:
    """What is promised and not only proposed, as (kind, by), and as (kind, by, day) besides."""
    plain: set[tuple[str | None, ...]] = set()
    for item, day in zip(said, days, strict=True):
        if not item.proposed:
            plain |= {(item.kind, item.by), (item.kind, item.by, day)}
    return plain


def _same(item: _Said, other: _Said) -> bool:
    return item.hit.turn == other.hit.turn and item.kind == other.kind and item.hit.start < other.hit.end


def _turned_down(case: Case, hit: Hit) -> bool:
    if case.turn(hit.turn).role != "rep":
        return False
    reply = case.conversation.next_turn(hit.turn, "client", within=1)
    return reply is not None and bool(case.in_turn(reply.index, "hard_no"))


def _neighbours(said: Sequence[_Said], number: int) -> tuple[Hit | None, Hit | None]:
    """The promises before and behind in the same sentence that do not overlap this one."""
    mine = said[number].hit
    near = [
        i.hit
        for i in said[max(0, number - 4) : number + 5]
        if (i.hit.turn, i.hit.sentence) == (mine.turn, mine.sentence)
    ]
    before = max((hit for hit in near if hit.end <= mine.start), key=lambda hit: hit.end, default=None)
    after = min((hit for hit in near if hit.start >= mine.end), key=lambda hit: hit.start, default=None)
    return before, after


def _due(case: Case, hit: Hit, before: Hit | None, after: Hit | None) -> str | None:
    """The ISO date named with the promise: in its own clause, else before it, else later in its sentence."""
    if case.facts.started_at is None:
        return None
    language = case.pack.vocabulary.language
    turn = case.turn(hit.turn)
    tokens = turn.sentences[hit.sentence].tokens
    start = 0 if before is None else _seam(turn.text, tokens, before.end, hit.start, language)
    end = len(turn.text) if after is None else _seam(turn.text, tokens, hit.end, after.start, language)
    own = [token for token in tokens if start <= token.start < end]
    day = case.facts.started_at.date()
    behind = [token for token in own if token.start >= hit.start]
    clause = _up_to_joint(behind, hit.end, language)
    ahead = [token for token in own if token.start < hit.start]
    # "On Thursday at three, the fitter will ring before": a day named before holds until a joining word.
    earlier = _since_joint([token for token in tokens if token.start < hit.start], language)
    for words in (clause, _since_joint(ahead, language), behind, ahead, earlier):
        found = _date_in(language, words, day)
        if found is not None:
            return found.isoformat()
    return None


def _date_in(language: Language, words: Sequence[Token], day: date) -> date | None:
    return language.resolve_date([token.surface for token in words], day)


def _seam(text: str, tokens: Sequence[Token], low: int, high: int, language: Language) -> int:
    """Where the words between two promises pass from the first to the second: the last joint, else the first's end."""
    seam = low
    for token in tokens:
        if low <= token.start < high and _joint(text, token, language):
            seam = token.start
    return seam


def _up_to_joint(tokens: Sequence[Token], end: int, language: Language) -> list[Token]:
    """The tokens up to the first joint behind the promise's own words."""
    kept: list[Token] = []
    for token in tokens:
        if token.start >= end and token.surface in language.joining:
            break
        kept.append(token)
    return kept


def _since_joint(tokens: Sequence[Token], language: Language) -> list[Token]:
    """The tokens behind the last joining word."""
    last = max((place for place, token in enumerate(tokens) if token.surface in language.joining), default=-1)
    return list(tokens[last + 1 :])


def _joint(text: str, token: Token, language: Language) -> bool:
    """Whether a token begins a clause: a joining word, or what stands behind a comma."""
    at = token.start - 1
    while at >= 0 and text[at].isspace():
        at -= 1
    return token.surface in language.joining or (at >= 0 and text[at] in _COMMAS)
