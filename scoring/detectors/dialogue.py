"""Detectors that answer from questions and timing: needs questions, open questions, talk share, letting finish."""

from __future__ import annotations

from math import fsum

from scoring.assessment import Evidence
from scoring.case import Case
from scoring.detectors.finding import Finding, cannot_judge
from scoring.detectors.phrases import ABSENCE_CONFIDENCE, absence_confidence
from scoring.matching import speech_factor
from scoring.questions import Question
from scoring.standards import Criterion

_QUESTION_PRECISION = 0.85
_METRIC_CONFIDENCE = 0.9
_QUOTES = 5


def needs_questions(case: Case, criterion: Criterion) -> Finding:
    """How many questions about the client's needs the rep asks: few, some or enough."""
    some = int(float(criterion.settings.get("some", 1)))  # type: ignore[arg-type]
    enough = int(float(criterion.settings.get("enough", 3)))  # type: ignore[arg-type]
    asked = find_needs_questions(case)
    level = "enough" if len(asked) >= enough else "some" if len(asked) >= some else "few"
    evidence = tuple(case.quote_question(question, "rule:needs_question") for question in asked[:_QUOTES])
    window = case.window("anywhere")
    if level != "enough":
        doubt = case.doubt("rep", window, absence=True)
        if doubt is not None:
            return cannot_judge(doubt, evidence)
    absence = case.absence(window, ("need", "ask_to_tell"), "rep") if level == "few" else None
    count = len(asked)
    why = f"{count} needs question{'' if count == 1 else 's'} found." if count else "No needs question found."
    confidence = _confidence(case, asked) if level == "enough" else min(ABSENCE_CONFIDENCE, _confidence(case, asked))
    return Finding(level, why, confidence, evidence, absence)


def open_questions(case: Case, criterion: Criterion) -> Finding:
    """Whether enough of the needs questions are open."""
    enough = int(float(criterion.settings.get("enough", 1)))  # type: ignore[arg-type]
    asked = find_needs_questions(case)
    found = [question for question in asked if question.open]
    evidence = tuple(case.quote_question(question, "rule:open_question") for question in found[:_QUOTES])
    if len(found) >= enough:
        return Finding("present", f"{len(found)} open question(s) found.", _confidence(case, found), evidence)
    window = case.window("anywhere")
    doubt = case.doubt("rep", window, absence=True)
    if doubt is not None:
        return cannot_judge(doubt, evidence)
    absence = case.absence(window, ("need", "ask_to_tell"), "rep")
    if absence.nearest is None and asked:
        closed = asked[0]
        nearest = case.turn(closed.turn).nearest(closed.start, closed.end)
        absence = type(absence)(absence.start, absence.end, nearest)
    return Finding("absent", "No open needs question found.", absence_confidence(case, window), evidence, absence)


def talk_share(case: Case, criterion: Criterion) -> Finding:
    """Whether the rep's share of the talking time lies in the band."""
    ratio = case.metrics.talk_ratio
    least = float(criterion.settings.get("least", 0.2))  # type: ignore[arg-type]
    most = float(criterion.settings.get("most", 0.7))  # type: ignore[arg-type]
    if ratio is None:
        return cannot_judge("The transcript has no usable times.")
    doubt = _timing_doubt(case)
    if doubt is not None:
        return cannot_judge(doubt)
    inside = least <= ratio <= most
    why = f"The rep talks {ratio:.0%} of the time; the band is {least:.0%} to {most:.0%}."
    evidence = tuple(_longest(case, role) for role in ("rep", "client"))
    return Finding("inside" if inside else "outside", why, _METRIC_CONFIDENCE, evidence)


def lets_finish(case: Case, criterion: Criterion) -> Finding:
    """Whether the rep cuts the client off no more often than `most` times a minute."""
    if case.cuts is None:
        return cannot_judge("The transcript has no usable times.")
    doubt = _timing_doubt(case)
    if doubt is not None:
        return cannot_judge(doubt)
    most = float(criterion.settings.get("most", 0.5))  # type: ignore[arg-type]
    mine = [cut for cut in case.cuts if cut.role == "rep"]
    ends = [turn.ends for turn in case.conversation.turns if turn.ends is not None]
    begins = [turn.begins for turn in case.conversation.turns if turn.begins is not None]
    minutes = max(1.0, (max(ends) - min(begins)) / 60)
    allowed = most * minutes
    evidence = []
    delivered = {cut.turn for cut in mine}
    for turn in case.conversation.turns:
        for piece in turn.pieces:
            if piece.turn in delivered and turn.role == "rep":
                evidence.append(turn.evidence(piece.start, piece.end, "metric:interruption"))
    why = f"{len(mine)} interruption{'' if len(mine) == 1 else 's'} by the rep in {minutes:.1f} minutes."
    level = "interrupts" if len(mine) > allowed else "listens"
    absence = None if evidence else case.absence(case.window("anywhere"), (), "rep")
    return Finding(level, why, _METRIC_CONFIDENCE, tuple(evidence[:_QUOTES]), absence)


def _longest(case: Case, role: str) -> Evidence:
    """The longest stretch one person talks: what a share of talking time can be heard by."""
    stretches = [
        ((piece.ends or 0.0) - (piece.begins or 0.0), turn, piece)
        for turn in case.conversation.of(role)
        for piece in turn.pieces
    ]
    _seconds, turn, piece = max(stretches, key=lambda found: (found[0], -found[2].turn))
    return turn.evidence(piece.start, piece.end, "metric:talk_ratio")


def find_needs_questions(case: Case) -> list[Question]:
    """The rep's questions about the client's situation, wishes and way of deciding."""
    return [question for question in case.questions if _about_needs(case, question)]


def _about_needs(case: Case, question: Question) -> bool:
    turn = case.turn(question.turn)
    if not case.knows_role(turn) or not case.clear(turn.speech_confidence(question.start, question.end)):
        return False
    if not case.clear_turn(turn):
        return False
    groups = {hit.group for hit in case.overlapping(question.turn, question.start, question.end)}
    if groups & {"fault.argued", "pressure", "forbidden", "permission", "greeting", "own_name"}:
        return False
    if groups & {"not_need", "next_step", "move.check"} and "ask_to_tell" not in groups:
        return False
    language = case.pack.vocabulary.language
    if groups & {"need", "ask_to_tell"}:
        return len(question.tokens) >= 3
    addressed = language.holds(question.tokens, case.pack.words["addressed"])
    return len(question.tokens) >= 3 and (
        addressed or language.begins_with(question.tokens, case.pack.words["open_words"])
    )


def _confidence(case: Case, questions: list[Question]) -> float:
    if not questions:
        return ABSENCE_CONFIDENCE
    values = [case.turn(q.turn).speech_confidence(q.start, q.end) for q in questions]
    known = [value for value in values if value is not None]
    return _QUESTION_PRECISION * speech_factor(fsum(known) / len(known) if known else None)


def _timing_doubt(case: Case) -> str | None:
    window = case.window("anywhere")
    doubt = case.doubt("rep", window, absence=False)
    return doubt if doubt is not None else case.doubt("client", window, absence=False)
