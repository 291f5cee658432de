"""One call as its page reads it: everything derived from the stored transcript and assessment, in one object."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from review.queries.call import CallDetail
from review.services.corrections_layer import machine_key
from web.reading.audio import AudioFacts, read_audio
from web.reading.episodes import EpisodeRow, read_episodes
from web.reading.evidence import EvidenceRow, read_evidence
from web.reading.hands import EditRow, read_edits, read_hands, speakers_of
from web.reading.lanes import Lane, read_lanes, read_people
from web.reading.measures import MeasureRow, read_measures
from web.reading.parts import PartRow, read_parts
from web.reading.scorecard import CriterionRow, SectionRow, read_scorecard
from web.reading.script import StageRow, read_script
from web.reading.timeline import StageBar, WaveMark, read_marks, read_stages
from web.reading.turns import Mark, SoundRow, TurnRow, read_sounds, read_turns, sure_share


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """A reason for or against "possibly closed wrongly"; `id` is the rule's."""

    id: str
    why: str
    evidence: EvidenceRow | None


@dataclass(frozen=True, slots=True)
class SaidRow:
    """Something said that the seller needs again: a promise, a fact, a line of the summary."""

    about: str  # the promise's `what`, the fact's id, or what the summary line is about
    by: str
    value: str
    evidence: EvidenceRow | None
    due: date | None = None  # a promise's day, worked out from the day of the call


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What was judged of the call: all that an evaluation or a verdict can change, read without the transcript."""

    sections: tuple[SectionRow, ...]
    episodes: tuple[EpisodeRow, ...]
    reasons: tuple[ReasonRow, ...]
    against: tuple[ReasonRow, ...]
    why_nothing: str  # the one reason, when it is the same for every criterion that could not be judged
    answered: int
    criteria: int
    parts: tuple[PartRow, ...]  # each rep's own part, when several spoke


@dataclass(frozen=True, slots=True, kw_only=True)
class CallPage(Judgement):
    """What `call.html` draws beside the call's own facts. Times in seconds, shares 0..1."""

    turns: tuple[TurnRow, ...]
    stages: tuple[StageBar, ...]
    marks: tuple[WaveMark, ...]
    promises: tuple[SaidRow, ...]
    facts: tuple[SaidRow, ...]
    summary: tuple[SaidRow, ...]
    audio: AudioFacts | None
    words_sure: float | None
    has_times: bool
    sounds_after: tuple[SoundRow, ...]  # sounds that begin behind the last turn
    who: str  # "" when it is certain who is who; `ab` for two unnamed speakers, `pair` for an unsure rep and client
    edits: tuple[EditRow, ...]  # newest first
    decisions: int  # how often somebody said who is who
    swap: EditRow | None  # who swapped rep and client by hand, and when; None while they stand as the machine had them
    lanes: tuple[Lane, ...]  # who is on which channel, the upper lane first; empty when that is not known
    people: tuple[str, ...]  # the two sides: rep and client, or speaker A and B
    measures: tuple[MeasureRow, ...]
    script: tuple[StageRow, ...]  # the standard's script on this call

    @property
    def lost(self) -> tuple[EditRow, ...]:
        """Edits of an earlier transcript that do not fit this one."""
        return tuple(edit for edit in self.edits if not edit.fits)

    def episodes_after(self, turn: int) -> tuple[EpisodeRow, ...]:
        """The episodes whose card stands behind this turn."""
        return tuple(episode for episode in self.episodes if episode.after_turn == turn)


def read_page(call: CallDetail) -> CallPage:
    """Everything the call page derives from the call's transcript and assessment; empty parts where there is none."""
    transcript = call.transcript or {}
    assessment = call.assessment or {}
    judged = _judgement(call)
    metrics = assessment.get("metrics") or {}
    marks = tuple(_marks(judged["sections"], judged["episodes"], judged["reasons"]))
    if call.rescoring:  # the marks' turns are counted in older words: only the quotes say where they belong
        marks = tuple(replace(mark, evidence=replace(mark.evidence, turn=None)) for mark in marks)
    turns = read_turns(transcript, marks, metrics.get("dead_air") or [], keys=_keys(call), hands=read_hands(call.layer))
    edits = read_edits(call.layer)
    last = max((turn.start for turn in turns if turn.start is not None), default=-1.0)
    return CallPage(
        **judged,
        turns=turns,
        stages=read_stages(assessment),
        marks=read_marks(assessment, transcript),
        promises=_said(assessment, "promises", "what", ""),
        facts=_said(assessment, "facts_found", "id", "value"),
        summary=_said(assessment, "summary", "about", ""),
        audio=read_audio(transcript.get("quality")),
        words_sure=sure_share(transcript),
        has_times=any(turn.start is not None for turn in turns),
        sounds_after=tuple(sound for sound in read_sounds(transcript) if sound.start >= last + 0.01),
        who=_who(transcript, turns),
        edits=edits,
        decisions=call.layer.decisions if call.layer else 0,
        swap=_swap(call, edits),
        lanes=read_lanes(transcript),
        people=read_people(transcript),
        measures=read_measures(assessment, transcript, judged["episodes"]),
        script=read_script(assessment, call.standard),
    )


def read_judgement(call: CallDetail) -> Judgement:
    """The judgement alone, for a page that has the rest already."""
    return Judgement(**_judgement(call))


def _judgement(call: CallDetail) -> dict[str, Any]:
    assessment = call.assessment or {}
    sections = read_scorecard(assessment, call.standard) if assessment else ()
    criteria = [row for section in sections for row in section.criteria]
    rejection = assessment.get("rejection") or {}
    return {
        "sections": sections,
        "episodes": read_episodes(assessment),
        "reasons": tuple(_reason(item) for item in rejection.get("reasons") or []),
        "against": tuple(_reason(item) for item in rejection.get("against") or []),
        "why_nothing": _why_nothing(criteria),
        "answered": sum(row.standing == "answered" for row in criteria),
        "criteria": sum(row.standing != "na" for row in criteria),
        "parts": read_parts(assessment),
    }


def _keys(call: CallDetail) -> list[str]:
    """The turns' names, by their places in the transcript."""
    if call.layer:
        return [item.key for item in call.layer.items]
    turns = (call.transcript or {}).get("turns") or []
    return [machine_key(call.transcripts[0].id, n) for n in range(len(turns))] if call.transcripts else []


def _swap(call: CallDetail, edits: tuple[EditRow, ...]) -> EditRow | None:
    """The decision that left rep and client the other way round than the machine had them."""
    if not (call.layer and call.layer.swapped):
        return None
    return next((edit for edit in edits if edit.kind == "roles" and edit.speaker_after == "client"), None)


def _who(transcript: Mapping[str, Any], turns: tuple[TurnRow, ...]) -> str:
    """Whether people must say who is who, and between whom."""
    roles = set(speakers_of(transcript))
    if {"speaker_a", "speaker_b"} <= roles and not roles & {"rep", "client"}:
        return "ab"
    unsure = sum(turn.unsure_who for turn in turns if turn.role in ("rep", "client"))
    return "pair" if {"rep", "client"} <= roles and unsure * 2 > len(turns) else ""


def _why_nothing(criteria: list[CriterionRow]) -> str:
    """The reason shared by all criteria when none could be judged; empty when one was, or reasons differ."""
    reasons = {row.why for row in criteria}
    nothing = len(criteria) > 1 and all(row.standing == "cannot_judge" for row in criteria)
    return reasons.pop() if nothing and len(reasons) == 1 else ""


def _marks(
    sections: tuple[SectionRow, ...], episodes: tuple[EpisodeRow, ...], reasons: tuple[ReasonRow, ...]
) -> Iterator[Mark]:
    for section in sections:
        for row in section.criteria:
            if row.tone:
                yield from (Mark(evidence=item, tone=row.tone) for item in row.evidence)
    for episode in episodes:
        if episode.client and episode.tone:
            yield Mark(evidence=episode.client, tone=episode.tone)
        yield from (Mark(evidence=step.evidence, tone="good") for step in episode.moves if step.evidence)
        yield from (Mark(evidence=step.evidence, tone="bad") for step in episode.faults if step.evidence)
    yield from (Mark(evidence=reason.evidence, tone="warn") for reason in reasons if reason.evidence)


def _reason(item: Mapping[str, Any]) -> ReasonRow:
    return ReasonRow(str(item.get("id") or ""), str(item.get("why") or ""), read_evidence(item))


def _said(assessment: Mapping[str, Any], part: str, about: str, value: str) -> tuple[SaidRow, ...]:
    return tuple(
        SaidRow(
            str(item.get(about) or ""),
            str(item.get("by") or item.get("role") or ""),
            str(item.get(value) or "") if value else "",
            read_evidence(item),
            _day(item.get("due")),
        )
        for item in assessment.get(part) or []
    )


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text)) if text else None
    except ValueError:  # an assessment from elsewhere: a day nobody can read is no day
        return None
