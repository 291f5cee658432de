"""What the rep does with an objection: the moves that handle it and the faults that spoil it, each with its quote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from scoring.assessment import MOVES, OBJECTION_TYPES, Evidence, Named
from scoring.case import Case
from scoring.conversation import MergedTurn
from scoring.matching import Hit
from scoring.objection_statements import answering, shares_words
from scoring.questions import Question
from scoring.quotes import clause
from scoring.rep_model import ARGUED
from scoring.rep_votes import HEARD_BY, Hearing

PREFIX: Final = "objection."
_LATEST_ANSWER: Final = 2  # the third reply
_TAKES_UP: Final = frozenset({"acknowledge", "listen"})
_BY_OTHER_MEANS: Final = frozenset({"brush_off", "authority"})
"""Who has no time or does not decide is answered by a time or a paper to pass on, not by a statement."""


@dataclass(frozen=True, slots=True)
class Raised:
    """The client's turns that raise one objection, with their hits."""

    turns: tuple[int, ...]
    hits: tuple[Hit, ...]

    @property
    def types(self) -> tuple[str, ...]:
        found = {_type_of(hit.group) for hit in self.hits}
        return tuple(kind for kind in OBJECTION_TYPES if kind in found)


def _type_of(group: str) -> str:
    """The type a cue's group speaks of; a plain refusal is a brush-off."""
    for prefix in (PREFIX, "hint."):
        if group.startswith(prefix):
            return group.removeprefix(prefix)
    return "brush_off"


def find_moves(
    case: Case, raised: Raised, answers: Sequence[MergedTurn], heard: Sequence[Hearing]
) -> list[tuple[int, Named]]:
    """The first of each move, with the rep turn's number, in order of time; `heard` is what a model makes of each."""
    found: dict[str, tuple[int, int, Evidence]] = {}

    def keep(name: str, number: int, start: int, evidence: Evidence) -> None:
        if name not in found:
            found[name] = (number, start, evidence)

    for number, turn in enumerate(answers):
        for hit in case.by_turn.get(turn.index, ()):
            if hit.group in ("move.acknowledge", "move.check") and _bare(case, turn, hit, raised):
                continue
            name = _move_name(case, hit, raised, number)
            if name == "clarify" and not found.keys() & _TAKES_UP and _only_a_figure(case, turn, hit.sentence, raised):
                continue
            if name is not None and case.trusts(hit):
                keep(name, number, hit.start, clause(case, hit))
        for move, start, end in heard[number].moves():
            if move == ARGUED:
                continue
            keep(move, number, start, turn.evidence(start, end, HEARD_BY))
        if number < case.pack.threshold("ignored_turns") and turn.index in case.trusted_turns:
            taken_up = bool(found.keys() & _TAKES_UP)
            if "clarify" not in found:
                question = _clarifying(case, turn, raised, taken_up=taken_up)
                if question is not None:
                    keep("clarify", number, question.start, case.quote_question(question, "rule:question"))
        if "answer" not in found and number <= _LATEST_ANSWER and not _BY_OTHER_MEANS & set(raised.types):
            taken_up = bool(found.keys() & {"acknowledge", "clarify"})
            if turn.index in case.trusted_turns and (said := answering(case, turn, raised.turns, taken_up=taken_up)):
                keep("answer", number, said[0], turn.evidence(*said, "rule:statement"))
    if answers and "listen" not in found:
        waited = latency(case, raised.turns[0], answers)
        if waited is not None and waited >= case.pack.threshold("listen_seconds") and found:
            turn = answers[0]
            end = turn.sentences[0].tokens[-1].end if turn.sentences else len(turn.text)
            found["listen"] = (0, -1, turn.evidence(0, end, "metric:patience"))
    ordered = sorted(found.items(), key=lambda item: (item[1][0], item[1][1], MOVES.index(item[0])))
    return [(number, Named(name, evidence)) for name, (number, _, evidence) in ordered]


def _clarifying(case: Case, turn: MergedTurn, raised: Raised, *, taken_up: bool) -> Question | None:
    """The first question of a turn that goes into the objection.

    It asks openly, takes up a word of the objection's, or comes from a rep who has taken the objection up; "and how
    many vans have you got" after "we are happy with ours" only goes on.
    """
    for question in case.asked.get(turn.index, ()):
        if not _asks_about(case, turn, question.sentence) or _next_on_the_list(case, turn, question.sentence, raised):
            continue
        if taken_up or shares_words(case, question.tokens, raised.turns):
            return question
        if question.open and not _only_a_figure(case, turn, question.sentence, raised):
            return question
    return None


def _only_a_figure(case: Case, turn: MergedTurn, sentence: int, raised: Raised) -> bool:
    """Whether a sentence asks for a figure and takes up no word of the objection."""
    tokens = turn.sentences[sentence].tokens
    asks = case.pack.vocabulary.language.holds(tokens, case.pack.words["quantity"])
    return asks and not shares_words(case, tokens, raised.turns)


def _bare(case: Case, turn: MergedTurn, hit: Hit, raised: Raised) -> bool:
    """Whether an acknowledgement or check is no more than "okay", "хорошо", "好的": it handles nothing.

    "Okay, you think about it" takes the objection up in its own words; "okay, you have our number" does not.
    """
    tokens = turn.sentences[hit.sentence].tokens
    own = [token.stem for token in tokens if hit.start <= token.start and token.end <= hit.end]
    if _only_agrees(case, own) and not shares_words(case, tokens, raised.turns):
        return True
    if any(sentence.asks for sentence in turn.sentences):
        return False
    return _only_agrees(case, [token.stem for sentence in turn.sentences for token in sentence.tokens])


def _only_agrees(case: Case, said: Sequence[str]) -> bool:
    """Whether words are nothing but the pack's bare agreements, one behind the other."""
    sayings = case.pack.lists["bare_agreements"]
    at = 0
    while at < len(said):
        first = said[at]  # most sayings begin otherwise
        begun = [s for s in sayings if s and s[0] == first]
        longest = max([len(s) for s in begun if tuple(said[at : at + len(s)]) == s], default=0)
        if not longest:
            return False
        at += longest
    return bool(said)


def _move_name(case: Case, hit: Hit, raised: Raised, number: int) -> str | None:
    group = hit.group
    if group == "next_step":
        return "next_step"
    if group in ("benefit", "price_given"):
        return "answer" if number < 2 and not _BY_OTHER_MEANS & set(raised.types) else None
    if not group.startswith("move."):
        return None
    parts = group.split(".")
    asks = case.turn(hit.turn).sentences[hit.sentence].asks
    if parts[1] == "answer" and asks and not _BY_OTHER_MEANS & set(raised.types):
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


def _next_on_the_list(case: Case, turn: MergedTurn, sentence: int, raised: Raised) -> bool:
    """Whether a question only goes on with a list of questions that was running before the client objected.

    It goes into the objection after all when the rep took the objection up, or when it takes up one of its words.
    """
    if raised.turns[0] - 1 not in case.asked or raised.turns[0] - 3 not in case.asked:
        return False
    if case.in_turn(turn.index, "move.acknowledge") or case.in_turn(turn.index, "move.listen"):
        return False
    return not shares_words(case, turn.sentences[sentence].tokens, raised.turns)


def find_faults(
    case: Case,
    raised: Raised,
    answers: Sequence[MergedTurn],
    moves: Sequence[tuple[int, Named]],
    heard: Sequence[Hearing],
) -> tuple[Named, ...]:
    """What spoils the handling, each fault once, in the order of the fixed list."""
    faults: dict[str, Evidence] = {}
    cut = _cut_off(case, raised, answers)
    if cut is not None:
        faults["cut_off"] = cut
    for number, turn in enumerate(answers):
        for hit in case.by_turn.get(turn.index, ()):
            if not case.trusts(hit):
                continue
            if hit.group == "fault.argued" and number < 3:
                faults.setdefault("argued", clause(case, hit))
            elif hit.group in ("forbidden", "pressure"):
                faults.setdefault("forbidden", clause(case, hit))
            elif hit.group == "fault.discount" and "price" in raised.types and _instant(case, hit, number, answers):
                faults.setdefault("instant_discount", clause(case, hit))
        for move, start, end in heard[number].moves():
            if move == ARGUED:
                faults.setdefault(ARGUED, turn.evidence(start, end, HEARD_BY))
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


def _cut_off(case: Case, raised: Raised, answers: Sequence[MergedTurn]) -> Evidence | None:
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
    case: Case, raised: Raised, answers: Sequence[MergedTurn], moves: Sequence[tuple[int, Named]]
) -> Evidence | None:
    """The client's repeat when the rep's turn before it brought no move that was not there before."""
    for place, again in enumerate(raised.turns[1:], start=1):
        between = [n for n, turn in enumerate(answers) if raised.turns[place - 1] < turn.index < again]
        if between and not any(number in between for number, _ in moves):
            hit = next(h for h in raised.hits if h.turn == again)
            return clause(case, hit)
    return None


def latency(case: Case, first: int, answers: Sequence[MergedTurn]) -> float | None:
    if not answers:
        return None
    before = case.turn(answers[0].index - 1)
    begins, ends = answers[0].begins, before.ends
    return None if begins is None or ends is None else max(0.0, begins - ends)
