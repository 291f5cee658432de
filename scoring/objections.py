"""Objection episodes: the client's objection, the rep's handling of it move by move, and how it ended.

The outcome follows from the rep's behaviour alone. The client's reaction is a separate field, so that results do not
leak into the judgement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from scoring.assessment import MOVES, OBJECTION_TYPES, Evidence, Named, Objection
from scoring.case import Case
from scoring.conversation import MergedTurn
from scoring.matching import Hit

_PREFIX: Final = "objection."
# How often an objection of a type is what it says (1) rather than a smokescreen (0); a prior until labels teach it.
_GENUINE: Final = {
    "price": 0.75,
    "timing": 0.5,
    "authority": 0.7,
    "need": 0.65,
    "competitor": 0.8,
    "trust": 0.85,
    "brush_off": 0.3,
    "fit": 0.85,
    "other": 0.5,
}
_LEAST_PROBABILITY: Final = 0.5
_NEIGHBOUR: Final = 2  # merged turns between neighbouring turns of one speaker


@dataclass(frozen=True, slots=True)
class _Raised:
    """The client's turns that raise one objection, with their hits."""

    turns: tuple[int, ...]
    hits: tuple[Hit, ...]

    @property
    def types(self) -> tuple[str, ...]:
        found = {hit.group[len(_PREFIX) :] for hit in self.hits}
        return tuple(kind for kind in OBJECTION_TYPES if kind in found)


def find_objections(case: Case) -> tuple[Objection, ...]:
    """The call's objection episodes, in order."""
    raised = _merge([_Raised((turn,), hits) for turn, hits in _objecting_turns(case)])
    episodes = []
    for number, objection in enumerate(raised):
        until = raised[number + 1].turns[0] if number + 1 < len(raised) else len(case.conversation.turns)
        episodes.append(_episode(case, objection, until))
    return tuple(episodes)


def _objecting_turns(case: Case) -> list[tuple[int, tuple[Hit, ...]]]:
    found = []
    for turn in case.conversation.of("client"):
        cues = case.in_turn(turn.index, "objection")
        hits = tuple(hit for hit in cues if _counts(case, hit) and not _inside_another(hit, cues))
        if hits:
            found.append((turn.index, hits))
    return found


def _counts(case: Case, hit: Hit) -> bool:
    """Whether a cue is an objection here, and not an answer to a question or the acceptance of an offer."""
    if hit.confidence < _LEAST_PROBABILITY:
        return False
    kind = hit.group[len(_PREFIX) :]
    refuses = case.in_turn(hit.turn, "hard_no") or (kind != "brush_off" and case.in_turn(hit.turn, "refuse"))
    before = [*case.by_turn.get(hit.turn - 1, ())]
    asked = {h.group for h in before}
    if not refuses:
        if f"asks.{kind}" in asked or (kind == "need" and "asks.competitor" in asked):
            return False
        if "implied" in hit.entry.tags and kind == "brush_off":
            offered = any(h.group == "next_step" for h in before)
            dated = case.in_turn(hit.turn, "client_step") and case.in_turn(hit.turn, "date")
            if offered or dated or case.in_turn(hit.turn, "buying_signal"):
                return False
        if "callback" in hit.entry.tags and case.in_turn(hit.turn, "date") and not _says_busy(case, hit):
            return False
    return True


def _inside_another(hit: Hit, cues: Sequence[Hit]) -> bool:
    """Whether a cue of another type says it better: a longer one, or a supplier in "we already have a ..."."""
    for other in cues:
        if other.group == hit.group or other.end <= hit.start or hit.end <= other.start:
            continue
        around = other.start <= hit.start and hit.end <= other.end and other.end - other.start > hit.end - hit.start
        if around or (hit.group, other.group) == ("objection.need", "objection.competitor"):
            return True
    return False


def _says_busy(case: Case, hit: Hit) -> bool:
    words = case.turn(hit.turn).text[hit.start : hit.end].lower()
    return not words.startswith(("call", "try", "ring", "phone", "come"))


def _merge(raised: Sequence[_Raised]) -> list[_Raised]:
    """Neighbouring turns that share a type are one objection."""
    merged: list[_Raised] = []
    for item in raised:
        if merged and item.turns[0] - merged[-1].turns[-1] <= _NEIGHBOUR and set(item.types) & set(merged[-1].types):
            last = merged[-1]
            merged[-1] = _Raised((*last.turns, *item.turns), (*last.hits, *item.hits))
        else:
            merged.append(item)
    return merged


def _episode(case: Case, raised: _Raised, until: int) -> Objection:
    first = raised.turns[0]
    answers = _rep_turns(case, first, until)
    moves = _moves(case, raised, answers)
    faults = _faults(case, raised, answers, moves)
    outcome, scale = _outcome(case, moves, faults, answers)
    hit = max((h for h in raised.hits if h.turn == first), key=lambda h: (h.confidence, -h.start))
    explicit = any("implied" not in h.entry.tags for h in raised.hits)
    return Objection(
        types=raised.types,
        genuine=_genuine(raised, explicit=explicit),
        explicit=explicit,
        client=case.evidence(hit),
        response=_response(answers),
        latency=_latency(case, first, answers),
        moves=tuple(named for _, named in moves),
        faults=faults,
        reaction=_reaction(case, raised, answers),
        outcome=outcome,
        scale=scale,
        probability=_probability(raised),
    )


def _rep_turns(case: Case, first: int, until: int) -> list[MergedTurn]:
    """The rep's turns that may handle the objection: up to a new one or `response_turns` of them."""
    most = int(case.pack.threshold("response_turns"))
    turns = [turn for turn in case.conversation.turns[first + 1 : until] if turn.role == "rep"]
    return turns[:most]


def _moves(case: Case, raised: _Raised, answers: Sequence[MergedTurn]) -> list[tuple[int, Named]]:
    """The first of each move, with the rep turn's number, in order of time."""
    found: dict[str, tuple[int, int, Evidence]] = {}

    def keep(name: str, number: int, start: int, evidence: Evidence) -> None:
        if name not in found:
            found[name] = (number, start, evidence)

    for number, turn in enumerate(answers):
        for hit in case.by_turn.get(turn.index, ()):
            name = _move_name(case, hit, raised, number)
            if name is not None and case.trusts(hit):
                keep(name, number, hit.start, case.evidence(hit))
        if "clarify" not in found:
            for question in case.questions:
                if question.turn == turn.index and _asks_about(case, turn, question.sentence):
                    keep("clarify", number, question.start, case.quote_question(question, "rule:question"))
    if answers and "listen" not in found:
        latency = _latency(case, raised.turns[0], answers)
        if latency is not None and latency >= case.pack.threshold("listen_seconds") and found:
            turn = answers[0]
            end = turn.sentences[0].tokens[-1].end if turn.sentences else len(turn.text)
            found["listen"] = (0, -1, turn.evidence(0, end, "metric:patience"))
    ordered = sorted(found.items(), key=lambda item: (item[1][0], item[1][1], MOVES.index(item[0])))
    return [(number, Named(name, evidence)) for name, (number, _, evidence) in ordered]


def _move_name(case: Case, hit: Hit, raised: _Raised, number: int) -> str | None:
    group = hit.group
    if group == "next_step":
        return "next_step"
    if group in ("benefit", "price_given"):
        return "answer" if number < 2 and not {"brush_off", "authority"} & set(raised.types) else None
    if not group.startswith("move."):
        return None
    parts = group.split(".")
    asks = case.turn(hit.turn).sentences[hit.sentence].asks
    if parts[1] == "answer" and asks and not {"brush_off", "authority"} & set(raised.types):
        return None
    if parts[1] != "answer":
        if parts[1] == "acknowledge" and number > 1:
            return None
        return parts[1]
    if parts[2] in raised.types:
        return "answer"
    words = case.turn(hit.turn).length()
    return "answer" if number < 3 and words >= case.pack.threshold("answer_words") else None


def _asks_about(case: Case, turn: MergedTurn, sentence: int) -> bool:
    """Whether a question of the rep's goes into the objection, and is no check, proposal or small talk."""
    mine = [hit for hit in case.by_turn.get(turn.index, ()) if hit.sentence == sentence]
    return not any(
        hit.group in ("not_need", "next_step", "move.check", "fault.argued", "pressure", "forbidden", "permission")
        for hit in mine
    )


def _faults(
    case: Case, raised: _Raised, answers: Sequence[MergedTurn], moves: Sequence[tuple[int, Named]]
) -> tuple[Named, ...]:
    faults: dict[str, Evidence] = {}
    cut = _cut_off(case, raised, answers)
    if cut is not None:
        faults["cut_off"] = cut
    for number, turn in enumerate(answers):
        for hit in case.by_turn.get(turn.index, ()):
            if not case.trusts(hit):
                continue
            if hit.group == "fault.argued" and number < 3:
                faults.setdefault("argued", case.evidence(hit))
            elif hit.group in ("forbidden", "pressure"):
                faults.setdefault("forbidden", case.evidence(hit))
            elif hit.group == "fault.discount" and "price" in raised.types and _instant(case, hit, number, answers):
                faults.setdefault("instant_discount", case.evidence(hit))
    repeated = _repeated(case, raised, answers, moves)
    if repeated is not None:
        faults["repeated_without_new_move"] = repeated
    order = ("cut_off", "argued", "instant_discount", "forbidden", "repeated_without_new_move")
    return tuple(Named(name, faults[name]) for name in order if name in faults)


def _instant(case: Case, hit: Hit, number: int, answers: Sequence[MergedTurn]) -> bool:
    """Whether a discount is the first thing offered: before any question or answer to the objection."""
    if number > 0:
        earlier = [h for turn in answers[:number] for h in case.by_turn.get(turn.index, ())]
    else:
        earlier = []
    same = [h for h in case.by_turn.get(hit.turn, ()) if h.start < hit.start and h.end <= hit.start]
    return number < 2 and not any(h.group.startswith(("move.clarify", "move.answer")) for h in (*earlier, *same))


def _cut_off(case: Case, raised: _Raised, answers: Sequence[MergedTurn]) -> Evidence | None:
    if not case.cuts or not answers:
        return None
    delivered = {piece.turn for index in raised.turns for piece in case.turn(index).pieces}
    for cut in case.cuts:
        if cut.role == "rep" and cut.other_turn in delivered:
            for turn in answers:
                for piece in turn.pieces:
                    if piece.turn == cut.turn:
                        return turn.evidence(piece.start, piece.end, "metric:cut_off")
    return None


def _repeated(
    case: Case, raised: _Raised, answers: Sequence[MergedTurn], moves: Sequence[tuple[int, Named]]
) -> Evidence | None:
    """The client's repeat when the rep's turn before it brought no move that was not there before."""
    for place, again in enumerate(raised.turns[1:], start=1):
        between = [n for n, turn in enumerate(answers) if raised.turns[place - 1] < turn.index < again]
        if between and not any(number in between for number, _ in moves):
            hit = next(h for h in raised.hits if h.turn == again)
            return case.evidence(hit)
    return None


def _outcome(
    case: Case, moves: Sequence[tuple[int, Named]], faults: Sequence[Named], answers: Sequence[MergedTurn]
) -> tuple[str, int]:
    names = {named.name for _, named in moves}
    early = {named.name for number, named in moves if number < case.pack.threshold("ignored_turns")}
    if faults:
        return "mishandled", 0
    if not early:
        return "ignored", 0
    if names & {"acknowledge", "clarify"} and "answer" in names and names & {"check", "next_step"}:
        return "handled", 3
    return "partial", 1 if names <= {"acknowledge", "listen"} else 2


def _response(answers: Sequence[MergedTurn]) -> Evidence | None:
    if not answers:
        return None
    turn = answers[0]
    end = 0
    for sentence in turn.sentences:
        end = sentence.tokens[-1].end
        if sum(len(s.tokens) for s in turn.sentences[: turn.sentences.index(sentence) + 1]) >= 4:
            break
    end = end or len(turn.text)
    while end < len(turn.text) and turn.text[end] in ".?!…":
        end += 1
    return turn.evidence(0, end, "rule:response")


def _latency(case: Case, first: int, answers: Sequence[MergedTurn]) -> float | None:
    if not answers:
        return None
    before = case.turn(answers[0].index - 1)
    begins, ends = answers[0].begins, before.ends
    return None if begins is None or ends is None else max(0.0, begins - ends)


def _reaction(case: Case, raised: _Raised, answers: Sequence[MergedTurn]) -> str:
    """What the client does after the answer: the last clear sign within the episode's turns."""
    if not answers:
        return "leaves" if raised.turns[-1] >= len(case.conversation.turns) - 2 else "neutral"
    reaction = "neutral"
    last = answers[-1].index + 1
    for turn in case.conversation.turns[answers[0].index + 1 : last + 1]:
        if turn.role != "client":
            continue
        if case.in_turn(turn.index, "hard_no"):
            return "leaves"
        accepts = case.in_turn(turn.index, "accept") or case.in_turn(turn.index, "client_step")
        resists = (
            turn.index in raised.turns or case.in_turn(turn.index, "refuse") or case.in_turn(turn.index, _PREFIX[:-1])
        )
        if resists and not accepts:
            reaction = "resists"
        elif (accepts or case.in_turn(turn.index, "buying_signal")) and not resists:
            reaction = "accepts"
    if reaction == "resists" and last >= len(case.conversation.turns) - 1:
        return "leaves"
    return reaction


def _genuine(raised: _Raised, *, explicit: bool) -> float:
    prior = max(_GENUINE[kind] for kind in raised.types)
    return prior if explicit else prior * 0.8


def _probability(raised: _Raised) -> float:
    """The chance that at least one of the cues is right, cues of one turn counted as dependent."""
    miss = 1.0
    for turn in raised.turns:
        miss *= 1 - max(hit.confidence for hit in raised.hits if hit.turn == turn)
    return min(0.98, 1 - miss)
