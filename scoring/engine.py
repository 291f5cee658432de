"""Scoring a call: one pure function from transcript, standard and facts to an assessment."""

from __future__ import annotations

from dataclasses import replace

from scoring.assessment import Assessment
from scoring.case import Case
from scoring.conversation import UNSURE_ROLES, Conversation, prepare
from scoring.detectors.phrases import introduced_name
from scoring.facts import Facts
from scoring.judging import LearnedJudge, RejectionHeads, judge, judge_nothing
from scoring.matching import matcher_for
from scoring.objections import find_objections
from scoring.packs import Pack, PackMissing, load_pack
from scoring.parts import Judged, RepPart, rep_parts, score_parts, theirs
from scoring.promises import find_promises
from scoring.questions import Question, find_questions
from scoring.rejection import CLOSED, RejectionHead, find_rejection
from scoring.scorecard import total
from scoring.scripts import follow_script
from scoring.spans import QuestionSpan
from scoring.stages import find_stages
from scoring.standards import Criterion, Standard
from scoring.summary import find_facts, summarise
from scoring.talk import cut_ins, measure, utterances
from transcription.transcript import Transcript


def score(
    transcript: Transcript,
    standard: Standard,
    facts: Facts | None = None,
    models: LearnedJudge | None = None,
    closed_leads: RejectionHeads | None = None,
) -> Assessment:
    """The call's assessment. The same input gives the same bytes: no clock, no randomness, no outside state.

    A language without a rule pack gets its timing measures, every criterion "cannot judge", and no score. `models` are
    an installation's own, learned from its reviewers, and so are the judges of `closed_leads`; without them only what
    ships takes part.
    """
    facts = facts or Facts()
    conversation = prepare(transcript)
    if not conversation.turns:
        return _unjudged(transcript, conversation, standard, facts, "Nobody says anything in this transcript.")
    try:
        pack = load_pack(conversation.language)
    except PackMissing:
        language = conversation.language or "unknown"
        why = f"There is no rule pack for the call's language ({language}) yet."
        return _unjudged(transcript, conversation, standard, facts, why)
    head = None if closed_leads is None else closed_leads.head_for(pack.language)
    case = open_case(transcript, conversation, pack, facts)
    objections = find_objections(case)
    criteria = judge(case, standard, objections, models)
    stages = find_stages(case, objections)
    return Assessment(
        standard=standard.name,
        version=standard.version,
        packs={pack.language: pack.version},
        models=_versions(standard, facts, pack, models, head),
        score=total(standard, criteria),
        criteria=criteria,
        stages=stages,
        metrics=case.metrics,
        objections=objections,
        rejection=find_rejection(case, facts, objections, head),
        promises=find_promises(case),
        facts_found=find_facts(case),
        summary=summarise(case, objections),
        parts=score_parts(
            rep_parts(transcript),
            standard,
            lambda part: _judge_part(part, standard, facts, pack, conversation.language, models),
        ),
        script=follow_script(case, standard, criteria, objections, stages),
    )


def _versions(
    standard: Standard, facts: Facts, pack: Pack, models: LearnedJudge | None, head: RejectionHead | None
) -> dict[str, str]:
    """Which learned judges took part, by what they judge."""
    found = {} if models is None else dict(models.versions(pack.language, _criteria(standard)))
    if head is not None and facts.disposition in CLOSED:
        found["rejection"] = head.version
    return found


def open_case(transcript: Transcript, conversation: Conversation, pack: Pack, facts: Facts) -> Case:
    """Everything the detectors need to know of a call."""
    matcher = matcher_for(pack)
    questions = find_questions(conversation, pack, "rep")
    known = any(turn.role not in UNSURE_ROLES for turn in conversation.turns)
    said = utterances(transcript, conversation)
    cuts = None if said is None else cut_ins(said, pack.thresholds)
    metrics = measure(
        transcript,
        conversation,
        said,
        thresholds=pack.thresholds,
        questions=len(questions) if known else None,
        open_questions=sum(question.open for question in questions) if known else None,
        asked=tuple(_place(conversation, question) for question in questions),
        cuts=cuts,
    )
    return Case(
        conversation=conversation,
        pack=pack,
        matcher=matcher,
        facts=facts,
        hits=matcher.find(conversation),
        questions=questions,
        metrics=metrics,
        cuts=cuts,
    )


def _place(conversation: Conversation, question: Question) -> QuestionSpan:
    turn = conversation.turns[question.turn]
    return QuestionSpan(question.open, turn.evidence(question.start, question.end, "rule:question"))


def _judge_part(
    part: RepPart,
    standard: Standard,
    facts: Facts,
    pack: Pack,
    language: str | None,
    models: LearnedJudge | None,
) -> Judged:
    conversation = prepare(replace(part.transcript, language=language))
    case = open_case(part.transcript, conversation, pack, facts)
    return Judged(judge(case, standard, theirs(part, find_objections(case)), models), introduced_name(case))


def _criteria(standard: Standard) -> list[Criterion]:
    return [item for section in standard.sections for item in section.criteria if item.mode != "people"]


def _unjudged(
    transcript: Transcript, conversation: Conversation, standard: Standard, facts: Facts, why: str
) -> Assessment:
    criteria = judge_nothing(standard, why)
    return Assessment(
        standard=standard.name,
        version=standard.version,
        packs={},
        score=total(standard, criteria),
        criteria=criteria,
        metrics=measure(transcript, conversation, utterances(transcript, conversation)),
        rejection=find_rejection(None, facts, ()),
        parts=score_parts(rep_parts(transcript), standard, lambda _part: Judged(criteria)),
    )
