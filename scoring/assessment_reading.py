"""Reading an assessment back from its JSON form, naming the part that is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from scoring.assessment import (
    SCHEMA,
    Absence,
    Assessment,
    CriterionResult,
    Evidence,
    FoundFact,
    Metrics,
    Named,
    Nearest,
    NotAnAssessment,
    Objection,
    Part,
    Promise,
    Reason,
    Rejection,
    Score,
    Span,
    StageSpan,
    Suggestion,
    SummaryLine,
)
from scoring.script_findings import read_stage
from scoring.spans import InterruptionSpan, MetricSpans, QuestionSpan

T = TypeVar("T")


def read_assessment(data: object) -> Assessment:
    """The assessment held by `data`. Raises NotAnAssessment."""
    top = _mapping(data, "the top level")
    if top.get("schema") != SCHEMA:
        raise NotAnAssessment(f"schema {top.get('schema')!r} is not {SCHEMA}", where="schema")
    try:
        return _read(top)
    except (KeyError, TypeError, AttributeError) as error:
        raise NotAnAssessment(f"a part is missing or has the wrong kind: {error}", where="the top level") from error


def _read(top: Mapping[str, Any]) -> Assessment:
    score = _mapping(top["score"], "score")
    interval = score["interval"]
    rejection = top.get("rejection")
    return Assessment(
        standard=top["standard"],
        version=top["version"],
        packs=dict(top["packs"]),
        models=dict(top["models"]),
        score=Score(
            raw=score["raw"],
            final=score["final"],
            critical=score["critical"],
            coverage=score["coverage"],
            interval=None if interval is None else (interval[0], interval[1]),
            state=score["state"],
        ),
        criteria=_list(top, "criteria", _criterion),
        stages=_list(
            top,
            "stages",
            lambda d: StageSpan(d["stage"], d["start"], d["end"], (d["turns"][0], d["turns"][1])),
        ),
        metrics=_metrics(_mapping(top["metrics"], "metrics")),
        objections=_list(top, "objections", _objection),
        rejection=None if rejection is None else _rejection(_mapping(rejection, "rejection")),
        promises=_list(top, "promises", lambda d: Promise(d["by"], d["what"], d["due"], _evidence(d))),
        facts_found=_list(top, "facts_found", lambda d: FoundFact(d["id"], d["value"], _evidence(d))),
        summary=_list(top, "summary", lambda d: SummaryLine(d["about"], _evidence(d))),
        parts=_list(top, "parts", _part) if "parts" in top else (),  # assessments stored before there were parts
        script=_list(top, "script", read_stage) if "script" in top else (),  # and before there was a script
    )


def _criterion(d: Mapping[str, Any]) -> CriterionResult:
    absence = d["absence"]
    nearest = None if absence is None else absence["nearest"]
    return CriterionResult(
        id=d["id"],
        section=d["section"],
        answer=d["answer"],
        points=d["points"],
        max=d["max"],
        weight=d["weight"],
        confidence=d["confidence"],
        evidence=tuple(_evidence(item) for item in d["evidence"]),
        absence=None
        if absence is None
        else Absence(
            absence["from"],
            absence["to"],
            None if nearest is None else Nearest(nearest["quote"], nearest["start"], nearest["end"]),
        ),
        why=d["why"],
        suggestion=Suggestion(d["suggestion"]["answer"], d["suggestion"]["confidence"]) if "suggestion" in d else None,
    )


def _metrics(d: Mapping[str, Any]) -> Metrics:
    values = dict(d)
    dead_air = values.pop("dead_air")
    spans = values.pop("spans", None)  # assessments stored before there were spans have none
    return Metrics(
        dead_air=None if dead_air is None else tuple(Span(s["start"], s["end"]) for s in dead_air),
        spans=MetricSpans() if spans is None else _spans(_mapping(spans, "metrics.spans")),
        **values,
    )


def _spans(d: Mapping[str, Any]) -> MetricSpans:
    longest = d["longest_monologue"]
    return MetricSpans(
        longest_monologue=None if longest is None else Span(longest["start"], longest["end"]),
        patience=tuple(Span(s["start"], s["end"]) for s in d["patience"]),
        interruptions=tuple(InterruptionSpan(s["start"], s["end"], s["by"], s["turn"]) for s in d["interruptions"]),
        questions=tuple(QuestionSpan(q["open"], _evidence(q)) for q in d["questions"]),
    )


def _objection(d: Mapping[str, Any]) -> Objection:
    return Objection(
        types=tuple(d["types"]),
        genuine=d["genuine"],
        explicit=d["explicit"],
        client=_evidence(d["client"]),
        response=None if d["response"] is None else _evidence(d["response"]),
        latency=d["latency"],
        moves=tuple(Named(item["name"], _evidence(item)) for item in d["moves"]),
        faults=tuple(Named(item["name"], _evidence(item)) for item in d["faults"]),
        reaction=d["reaction"],
        outcome=d["outcome"],
        scale=d["scale"],
        probability=d["probability"],
        why=d.get("why", ""),
    )


def _rejection(d: Mapping[str, Any]) -> Rejection:
    return Rejection(
        probability=d["probability"],
        band=d["band"],
        reasons=tuple(_reason(item) for item in d["reasons"]),
        against=tuple(_reason(item) for item in d["against"]),
        excluded=d["excluded"],
    )


def _part(d: Mapping[str, Any]) -> Part:
    return Part(
        speaker=d["speaker"],
        name=d["name"],
        start=d["from"],
        end=d["to"],
        turns=(d["turns"][0], d["turns"][1]),
        raw=d["raw"],
        final=d["final"],
        coverage=d["coverage"],
        criteria=tuple(d["criteria"]),
    )


def _reason(d: Mapping[str, Any]) -> Reason:
    return Reason(d["id"], d["why"], None if d["quote"] is None else _evidence(d))


def _evidence(d: Mapping[str, Any]) -> Evidence:
    return Evidence(
        quote=d["quote"],
        start=d["start"],
        end=d["end"],
        turn=d["turn"],
        role=d["role"],
        source=d["source"],
        speech_confidence=d["speech_confidence"],
    )


def _list(top: Mapping[str, Any], key: str, read: Callable[[Mapping[str, Any]], T]) -> tuple[T, ...]:
    items = top[key]
    if not isinstance(items, list):
        raise NotAnAssessment("expected a list", where=key)
    return tuple(read(_mapping(item, f"{key}[{n}]")) for n, item in enumerate(items))


def _mapping(data: object, where: str) -> Mapping[str, Any]:
    if not isinstance(data, Mapping):
        raise NotAnAssessment("expected a JSON object", where=where)
    return data
