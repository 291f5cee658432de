"""An assessment as a page of text for the terminal."""

from __future__ import annotations

import textwrap
from math import fsum
from typing import Final

from scoring.assessment import (
    CANNOT_JUDGE,
    NOT_APPLICABLE,
    SCORED,
    UNANSWERED,
    Assessment,
    CriterionResult,
    Evidence,
    Metrics,
    Objection,
    Part,
    StageScript,
)
from scoring.script import StageText
from scoring.standards import CriterionText, Standard

_WIDTH: Final = 100
_WORDS: Final = {NOT_APPLICABLE: "n/a", CANNOT_JUDGE: "cannot judge", UNANSWERED: "for a reviewer"}
_QUOTE: Final = 90
_SIGNS: Final = {"na": "n/a", "cannot_judge": "cannot judge", "said": "said, not to"}


def as_text(assessment: Assessment, standard: Standard) -> str:
    """The report: score, criteria by section with their evidence, objections, measures. Ends with a line break."""
    words = standard.describe("en")
    lines = [f"{words.title}, version {assessment.version}", _headline(assessment), ""]
    results = {result.id: result for result in assessment.criteria}
    for section in words.sections:
        lines.append(section.title.upper())
        for criterion in section.criteria:
            lines.extend(_criterion(criterion, results[criterion.id]))
        lines.append("")
    if assessment.objections:
        lines.append("OBJECTION EPISODES")
        for objection in assessment.objections:
            lines.extend(_objection(objection))
        lines.append("")
    if assessment.script:
        lines.append("SCRIPT")
        for stage in assessment.script:
            lines.extend(_stage(stage, words.stage(stage.stage)))
        lines.append("")
    if assessment.parts:
        lines.append("EACH REP'S OWN PART")
        lines.extend(_part(part) for part in assessment.parts)
        lines.append("")
    lines.append("MEASURES")
    lines.extend(_metrics(assessment.metrics))
    lines.extend(_findings(assessment))
    return "\n".join(lines).rstrip() + "\n"


def _headline(assessment: Assessment) -> str:
    score = assessment.score
    if score.state != SCORED or score.final is None:
        return "Not scored: " + _first_reason(assessment)
    parts = [f"Score {score.final:.1f} of 100"]
    if score.raw is not None and abs(score.raw - score.final) > 0.05:
        parts.append(f"{score.raw:.1f} before auto-fail")
    if score.interval is not None:
        parts.append(f"likely {score.interval[0]:.0f} to {score.interval[1]:.0f}")
    if score.critical is not None:
        parts.append(f"critical {score.critical:.1f}")
    if score.coverage is not None:
        parts.append(f"coverage {score.coverage:.0%}")
    return " · ".join(parts)


def _first_reason(assessment: Assessment) -> str:
    reasons = [result.why for result in assessment.criteria if result.answer == CANNOT_JUDGE]
    return reasons[0] if reasons else "no criterion applies to this call."


def _criterion(text: CriterionText, result: CriterionResult) -> list[str]:
    if result.points is None:
        answer, points = _WORDS.get(result.answer, result.answer), ""
        if result.suggestion is not None:
            answer += f" (suggested: {text.option_label(result.suggestion.answer)})"
    else:
        answer, points = text.option_label(result.answer), f"{result.points:g}/{result.max:g}"
    sure = "" if result.confidence is None else f"  {result.confidence:.0%} sure"
    lines = [f"  {points or '-':>5}  {text.question}: {answer}{sure}"]
    if result.why:
        lines.append(f"         {result.why}")
    lines.extend(f"         {_quote(item)}" for item in result.evidence)
    if result.absence is not None and result.absence.nearest is not None:
        near = result.absence.nearest
        lines.append(f"         nearest: “{_short(near.quote)}”{_at(near.start)}")
    return lines


def _objection(objection: Objection) -> list[str]:
    moves = ", ".join(f"{move.name}{_at(move.evidence.start)}" for move in objection.moves) or "none"
    lines = [
        f"  {' + '.join(objection.types)}: {objection.outcome} ({objection.scale} of 3), client {objection.reaction}",
        f"         {_quote(objection.client)}",
    ]
    if objection.response is not None:
        wait = "" if objection.latency is None else f" after {objection.latency:.1f} s"
        lines.append(f"         answered{wait}: {_quote(objection.response)}")
    lines.append(f"         moves: {moves}")
    if objection.faults:
        lines.append(
            "         faults: " + ", ".join(f"{f.name} “{_short(f.evidence.quote)}”" for f in objection.faults)
        )
    return lines


def _stage(stage: StageScript, text: StageText | None) -> list[str]:
    title = stage.stage if text is None else text.title
    lines = [f"  {title}{'' if stage.seen else ' (did not take place)'}"]
    for move in (*stage.required, *stage.forbidden):
        known = None if text is None else text.move(move.move)
        quote = "" if move.evidence is None else f": {_quote(move.evidence)}"
        sign = _SIGNS.get(move.state, move.state)
        lines.append(f"    {sign:>13}  {move.move if known is None else known.label}{quote}")
    return lines


def _part(part: Part) -> str:
    who = part.speaker if part.name is None else f"{part.speaker} ({part.name})"
    score = "not scored" if part.final is None else f"{part.final:.1f} of 100"
    count = len(part.criteria)
    return (
        f"  {who}:{_at(part.start)} to{_at(part.end)}, turns {part.turns[0]} to {part.turns[1]}: {score}, "
        f"{count} criteri{'on' if count == 1 else 'a'} judged"
    )


def _metrics(metrics: Metrics) -> list[str]:
    dead = None if metrics.dead_air is None else fsum(span.end - span.start for span in metrics.dead_air)
    rows: list[tuple[str, str | None]] = [
        ("rep's share of talk", None if metrics.talk_ratio is None else f"{metrics.talk_ratio:.0%}"),
        ("longest monologue", _monologue(metrics)),
        ("patience, median and 90 %", _pair(metrics.patience_median, metrics.patience_p90)),
        ("interruptions", _interruptions(metrics)),
        ("dead air", None if dead is None else f"{len(metrics.dead_air or ())} stretches, {dead:.1f} s"),
        ("pace, rep and client", _paces(metrics)),
        ("questions, of them open", _counts(metrics)),
        ("interactivity", None if metrics.interactivity is None else f"{metrics.interactivity:.1f} changes a minute"),
    ]
    return [f"  {name:<27}{'not available' if value is None else value}" for name, value in rows]


def _findings(assessment: Assessment) -> list[str]:
    lines: list[str] = []
    if assessment.stages:
        lines += ["", "STAGES"]
        lines += [f"  {stage.stage}{_at(stage.start)}" for stage in assessment.stages]
    if assessment.rejection is not None:
        found = assessment.rejection
        verdict = f"excluded ({found.excluded})" if found.excluded else found.band
        lines += ["", f"POSSIBLY CLOSED WRONGLY: {verdict}"]
        lines += [f"  for: {reason.why}" for reason in found.reasons]
        lines += [f"  against: {reason.why}" for reason in found.against]
    if assessment.promises:
        lines += ["", "PROMISES"]
        lines += [f"  {p.by}: {p.what}, due {p.due or 'open'}: {_quote(p.evidence)}" for p in assessment.promises]
    if assessment.facts_found:
        lines += ["", "FACTS"]
        lines += [f"  {fact.id}: {fact.value}{_at(fact.evidence.start)}" for fact in assessment.facts_found]
    if assessment.summary:
        lines += ["", "SUMMARY"]
        lines += [f"  {line.about}: {_quote(line.evidence)}" for line in assessment.summary]
    return lines


def _quote(evidence: Evidence) -> str:
    return f"“{_short(evidence.quote)}” {evidence.role}{_at(evidence.start)}"


def _short(text: str) -> str:
    return textwrap.shorten(" ".join(text.split()), _QUOTE, placeholder=" …")


def _at(seconds: float | None) -> str:
    return "" if seconds is None else f" {int(seconds) // 60}:{int(seconds) % 60:02d}"


def _monologue(metrics: Metrics) -> str | None:
    value, span = metrics.longest_monologue, metrics.spans.longest_monologue
    return None if value is None else f"{value:.1f} s{'' if span is None else ', from' + _at(span.start)}"


def _interruptions(metrics: Metrics) -> str | None:
    if metrics.interruptions is None:
        return None
    places = ", ".join(f"{span.by}{_at(span.start)}" for span in metrics.spans.interruptions)
    return f"{metrics.interruptions}{': ' if places else ''}{places}"


def _pair(first: float | None, second: float | None) -> str | None:
    return None if first is None or second is None else f"{first:.1f} s and {second:.1f} s"


def _paces(metrics: Metrics) -> str | None:
    if metrics.pace_rep is None and metrics.pace_client is None:
        return None
    rep, client = (("-" if v is None else f"{v:.0f}") for v in (metrics.pace_rep, metrics.pace_client))
    return f"{rep} and {client} a minute"


def _counts(metrics: Metrics) -> str | None:
    return None if metrics.questions is None else f"{metrics.questions}, {metrics.open_questions or 0}"
