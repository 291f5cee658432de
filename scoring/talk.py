"""Timing measures of a call: who talks how much, how long, how fast, and what happens between turns.

Every measure is None ("not available") where the transcript has no times or poor ones. Definitions are in
`docs`' words: patience is the silence between the client's end and the rep's start; an interruption starts at least
`cut_in_seconds` before the other's end, and the other breaks off; dead air is silence of both.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from operator import itemgetter, sub
from statistics import median
from typing import Final, NamedTuple

from scoring.assessment import Metrics, Span
from scoring.conversation import UNSURE_ROLES, Conversation, MergedTurn
from scoring.languages import Language, language_of, read_text
from scoring.spans import InterruptionSpan, MetricSpans, QuestionSpan
from scoring.wordlists import word_set
from transcription.transcript import Transcript, Turn, Word

DEFAULTS: Final[Mapping[str, float]] = {
    "dead_air_seconds": 3.0,
    "cut_in_seconds": 0.3,
    "cut_end_seconds": 0.5,
}
_BACKCHANNEL_WORDS: Final = 3
_BACKCHANNEL_SYLLABLES: Final = 5
_BACKCHANNEL_LETTERS: Final = 80  # nobody says "mhm" in more, whatever hesitations stand around it
_PAUSE_WITHIN_TALK: Final = 1.0  # a pause this short between two words is still talking
_FASTEST: Final = 9.0  # words a second; beyond this the times are not real
_TIMED_SHARE: Final = 0.95
_LATEST_CUT: Final = 1.5  # with punctuation, a broken-off sentence may trail this long into the other's talk
_SYLLABLES: Final = re.compile(r"[\uac00-\ud7a3\u4e00-\u9fff\u3400-\u4dbf]+")
_SYLLABLE_LANGUAGES: Final = ("ko", "zh")
_BACKCHANNELS: Final = word_set(
    "mhm mm hm okay yes right sure uhhuh aha i see ok true exactly really great good ага угу да так хорошо понятно "
    "ясно конечно верно ок"
)
_JOINED_BACKCHANNEL: Final = re.compile(
    r"(?:네|예|음|아|어|응|그렇군요|그래요|그렇죠|맞아요|맞습니다|알겠습니다|嗯|对|好|是|哦|啊|噢|行|的|呀|没错|明白|了解|可以)+"
)


class Utterance(NamedTuple):
    """One delivered turn with times: who, when (seconds), its text, whether it is only a back-channel."""

    turn: int
    role: str
    start: float
    end: float
    text: str
    brief: bool
    spoken: tuple[tuple[float, float], ...]


_new: Final = tuple.__new__
_start_and_turn: Final = itemgetter(2, 0)


@dataclass(frozen=True, slots=True)
class CutIn:
    """`role` starts `overlap` seconds before the other's end and the other breaks off; turns as delivered."""

    role: str
    turn: int
    other_turn: int
    at: float
    overlap: float


def utterances(transcript: Transcript, conversation: Conversation) -> tuple[Utterance, ...] | None:
    """Everything said by people in order of time, or None where times are absent or poor."""
    language = language_of(conversation.language)
    # What is a merged turn of its own has been cut into words already.
    read = {turn.pieces[0].turn: turn for turn in conversation.turns if len(turn.pieces) == 1}
    spoken = [(n, turn) for n, turn in enumerate(transcript.turns) if turn.role != "system" and turn.text.strip()]
    timed = [item for n, turn in spoken if (item := _utterance(n, turn, language, read.get(n))) is not None]
    if not spoken or len(timed) < _TIMED_SHARE * len(spoken):
        return None
    talk = fsum([end - start for item in timed for start, end in item.spoken])
    words = sum([_count(item.text, None) for item in timed])
    if talk <= 0 or words / talk > _FASTEST:
        return None
    return tuple(sorted(timed, key=_start_and_turn))


def measure(
    transcript: Transcript,
    conversation: Conversation,
    said: Sequence[Utterance] | None,
    *,
    thresholds: Mapping[str, float] = DEFAULTS,
    questions: int | None = None,
    open_questions: int | None = None,
    asked: tuple[QuestionSpan, ...] = (),
    cuts: tuple[CutIn, ...] | None = None,
) -> Metrics:
    """The measures of what was `said` (`utterances`).

    `cuts` are its `cut_ins` where they are known already. `questions` and where they were `asked` come from the
    language's rules and are passed through.
    """
    known = any(turn.role == "rep" for turn in conversation.turns)
    if said is None or not conversation.turns:
        return Metrics(questions=questions, open_questions=open_questions, spans=MetricSpans(questions=asked))
    rep = _talk_time(said, "rep")
    client = _talk_time(said, "client")
    monologue = longest_monologue(said) if known else None
    gaps = patience_gaps(said)
    patience = [gap.end - gap.start for gap in gaps]
    cuts = () if not known else cut_ins(said, thresholds) if cuts is None else cuts
    language = conversation.language
    duration = transcript.duration or max(item.end for item in said)
    return Metrics(
        talk_ratio=rep / (rep + client) if rep + client > 0 and known else None,
        longest_monologue=None if monologue is None else monologue.end - monologue.start,
        patience_median=median(patience) if patience else None,
        patience_p90=_quantile(patience, 0.9) if patience else None,
        interruptions=len(cuts) if known else None,
        dead_air=dead_air(transcript, said, thresholds["dead_air_seconds"]),
        pace_rep=_pace(said, "rep", language),
        pace_client=_pace(said, "client", language),
        questions=questions,
        open_questions=open_questions,
        interactivity=_changes(said) / (duration / 60) if duration > 0 and known else None,
        spans=MetricSpans(
            longest_monologue=monologue,
            patience=gaps,
            interruptions=tuple(InterruptionSpan(c.at, c.at + c.overlap, c.role, c.turn) for c in cuts),
            questions=asked,
        ),
    )


def longest_monologue(said: Sequence[Utterance]) -> Span | None:
    """The longest stretch of the rep's talk; the client's "mhm" does not break it."""
    best: Span | None = None
    start: float | None = None
    end = 0.0
    for item in said:
        if item.role == "rep":
            start = item.start if start is None else start
            end = max(end, item.end)
            if best is None or end - start > best.end - best.start:
                best = Span(start, end)
        elif not item.brief:
            start, end = None, 0.0
    return best


def patience_gaps(said: Sequence[Utterance]) -> tuple[Span, ...]:
    """The silence before each of the rep's answers, of no length where the rep came in earlier.

    None where the client only said "mhm".
    """
    return tuple(
        Span(min(before.end, after.start), after.start)
        for before, after in itertools.pairwise(said)
        if before.role == "client" and after.role == "rep" and not before.brief
    )


def cut_ins(said: Sequence[Utterance], thresholds: Mapping[str, float] = DEFAULTS) -> tuple[CutIn, ...]:
    """Where one speaker starts while the other still speaks and the other breaks off; back-channels are none."""
    punctuated = any(item.text.rstrip()[-1:] in ".?!。？！" for item in said)
    found = []
    least = thresholds["cut_in_seconds"] - 1e-9
    for index, item in enumerate(said):
        if item.brief:
            continue
        for place in range(index - 1, max(-1, index - 7), -1):
            other = said[place]
            if other.role == item.role or other.role in UNSURE_ROLES:
                continue
            overlap = other.end - item.start
            if overlap >= least and _broke_off(other, overlap, punctuated, thresholds):
                found.append(CutIn(item.role, item.turn, other.turn, item.start, overlap))
            break
    return tuple(found)


def dead_air(transcript: Transcript, said: Sequence[Utterance], least: float) -> tuple[Span, ...]:
    """Silences of more than `least` seconds between the first and the last speech.

    Announcements, hold music and ring-back tone are not silence: the rep was away, and the client heard that.
    """
    spans = [span for item in said for span in item.spoken]
    spans.extend(
        (turn.start, turn.end)
        for turn in transcript.turns
        if turn.role == "system" and turn.start is not None and turn.end is not None and turn.end >= turn.start
    )
    begins, ends = min(span[0] for span in spans), max(span[1] for span in spans)
    spans.extend(
        (mark.start, mark.end)
        for mark in transcript.marks
        if mark.kind != "noise" and begins < mark.start and mark.end <= ends
    )
    spans.sort()
    found = []
    reached = spans[0][1]
    for start, end in spans[1:]:
        if start - reached > least:
            found.append(Span(reached, start))
        reached = max(reached, end)
    return tuple(found)


def _broke_off(other: Utterance, overlap: float, punctuated: bool, thresholds: Mapping[str, float]) -> bool:
    text = other.text.rstrip().rstrip("\"'”’)")
    finished = text.endswith((".", "?", "!", "。", "？", "！")) and not text.endswith(("..", "…"))
    if finished:
        return False
    return overlap <= (_LATEST_CUT if punctuated else thresholds["cut_end_seconds"]) + 1e-9


def _utterance(number: int, turn: Turn, language: Language, read: MergedTurn | None) -> Utterance | None:
    spoken = _joined(turn.words)
    start = turn.start if turn.start is not None else (spoken[0][0] if spoken else None)
    end = turn.end if turn.end is not None else (spoken[-1][1] if spoken else None)
    if start is None or end is None or end < start:
        return None
    brief = False
    most = _BACKCHANNEL_SYLLABLES if language.joined else _BACKCHANNEL_WORDS
    if len(turn.text) <= _BACKCHANNEL_LETTERS and (read is None or read.size <= most):
        sentences = read_text(language, turn.text) if read is None else read.sentences
        brief = _is_brief([token.surface for sentence in sentences for token in sentence.tokens], language)
    return _new(Utterance, (number, turn.role, start, end, turn.text, brief, spoken or ((start, end),)))


def _joined(words: Sequence[Word]) -> tuple[tuple[float, float], ...]:
    """The stretches of talk that the words of a turn make up."""
    timed = [
        (start, end) for w in words if (start := w.start) is not None and (end := w.end) is not None and end >= start
    ]
    if not timed:
        return ()
    timed.sort()
    starts, ends = zip(*timed, strict=True)
    # In most turns no word is far behind the one before it, and all are one stretch.
    if max(map(sub, starts[1:], ends), default=0.0) <= _PAUSE_WITHIN_TALK:
        return ((starts[0], max(ends)),)
    joined: list[tuple[float, float]] = []
    begun, reached = timed[0]
    for start, end in timed:
        if start - reached > _PAUSE_WITHIN_TALK:
            joined.append((begun, reached))
            begun, reached = start, end
        elif end > reached:
            reached = end
    return (*joined, (begun, reached))


def _is_brief(words: Sequence[str], language: Language) -> bool:
    if language.joined:
        return len(words) <= _BACKCHANNEL_SYLLABLES and (
            not words or _JOINED_BACKCHANNEL.fullmatch("".join(words)) is not None
        )
    return len(words) <= _BACKCHANNEL_WORDS and all(word in _BACKCHANNELS for word in words)


def _talk_time(said: Sequence[Utterance], role: str) -> float:
    return fsum([end - start for item in said if item.role == role for start, end in item.spoken])


def _pace(said: Sequence[Utterance], role: str, language: str | None) -> float | None:
    seconds = _talk_time(said, role)
    count = sum([_count(item.text, language) for item in said if item.role == role])
    return count / seconds * 60 if seconds >= 1 and count else None


def _count(text: str, language: str | None) -> int:
    """Words; syllables in Korean and Chinese, where a character is one."""
    only_syllables = language is not None and language[:2] in _SYLLABLE_LANGUAGES
    if text.isascii():
        return 0 if only_syllables else len(text.split())
    syllables = len("".join(_SYLLABLES.findall(text)))
    if only_syllables:
        return syllables
    # A run of Han is one "word" to split(); for the sanity of times its characters count in pairs.
    return max(len(text.split()), syllables // 2)


def _changes(said: Sequence[Utterance]) -> int:
    return sum(1 for before, after in itertools.pairwise(said) if before.role != after.role)


def _quantile(values: Sequence[float], share: float) -> float:
    """Linear interpolation between closest ranks."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)
