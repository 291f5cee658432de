"""Words and speakers line by line, as speech research writes them: CTM (words), RTTM (who speaks when), and plain text.

Formats: NIST's CTM ("file channel start duration word confidence") and RTTM ("SPEAKER file channel start duration
<NA> <NA> name <NA> <NA>"), github.com/usnistgov/SCTK/blob/master/doc/infmts.htm. A CTM has no speakers; the RTTM of
the same call may follow in the same file or come beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

from transcription.engines.speakers import Speakers, looks_like_speaker
from transcription.errors import NotATranscript
from transcription.speech import Span, Utterance
from transcription.transcript import Transcript, Turn, Word
from transcription.turns import Piece, Voice, join_pieces, join_words, merge_channels

_NUMBER = r"\d+(?:\.\d*)?|\.\d+"
_CTM: Final = re.compile(
    rf"^(?P<file>\S+)\s+(?P<channel>[0-9]{{1,2}}|[AB])\s+(?P<start>{_NUMBER})\s+(?P<length>{_NUMBER})\s+(?P<word>\S+)"
    rf"(?:\s+(?P<confidence>{_NUMBER}|<?NA>?))?(?:\s+.*)?$"
)
_RTTM: Final = re.compile(
    rf"^SPEAKER\s+(?P<file>\S+)\s+(?P<channel>\S+)\s+(?P<start>{_NUMBER})\s+(?P<length>{_NUMBER})\s+\S+\s+\S+\s+"
    r"(?P<name>\S+)"
)
_OTHER_RTTM: Final = re.compile(r"^(?:SPKR-INFO|NON-SPEECH|NON-LEX|LEXEME|SEGMENT|NOSCORE|NO_RT_METADATA|FILLER)\s")
_COMMENT: Final = ";;"
_TXT: Final = re.compile(r"^(?:\[(?:(\d+):)?(\d+):(\d\d)\]\s*)?([^\s:][^:\n]{0,39}?)\s*[:：]\s*(\S.*)$")
_NEAR: Final = 0.5
"""Seconds a word may lie beside a speaker's stretch and still be that speaker's."""


@dataclass(frozen=True, slots=True)
class SpeakerTime:
    """Who speaks in one stretch of time (seconds)."""

    name: str
    start: float
    end: float


def looks_like_ctm(text: str) -> bool:
    """True when every line is CTM, RTTM or a comment, and one at least is a CTM word or an RTTM stretch."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith(_COMMENT)]
    return bool(lines) and all(_RTTM.match(x) or _OTHER_RTTM.match(x) or _CTM.match(x) for x in lines)


def looks_like_txt(text: str) -> bool:
    """True when every line is led by a role or a numbered speaker, as our own plain text is."""
    lines = [match for line in text.splitlines() if line.strip() for match in [_TXT.match(line.strip())]]
    return bool(lines) and all(match is not None and looks_like_speaker(match.group(4)) for match in lines)


def read_rttm(text: str) -> tuple[SpeakerTime, ...]:
    """Who speaks when, in time order. Raises NotATranscript when a line is neither RTTM nor a comment."""
    times = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith(_COMMENT) or _OTHER_RTTM.match(line):
            continue
        match = _RTTM.match(line)
        if match is None:
            raise NotATranscript("it is not a line of RTTM", where=f"line {number}")
        start = float(match["start"])
        times.append(SpeakerTime(match["name"], start, start + float(match["length"])))
    return tuple(sorted(times, key=lambda time: (time.start, time.end, time.name)))


def read_ctm(text: str, language: str | None, speakers: Speakers, times: Sequence[SpeakerTime] = ()) -> Transcript:
    """Words of a CTM; RTTM lines in the same file, or `times` from a file beside it, say who speaks.

    Two channels are a person each. One channel without speakers stays one unknown speaker. Raises NotATranscript.
    """
    lines = text.splitlines()
    times = tuple(times) or read_rttm("\n".join(line for line in lines if _is_rttm(line)))
    channels = _ctm_channels([line for line in lines if not _is_rttm(line)])
    if not channels:
        raise NotATranscript("it says who speaks when, but holds no words: give the words (CTM) as well")
    turns: tuple[Turn, ...]
    if len(channels) > 1:
        utterances = [[Utterance(Span(w[0].start or 0.0, w[-1].end or 0.0), tuple(w))] for w in channels.values()]
        voices = [speakers.channel(n, len(channels)) for n in range(len(channels))]
        turns = merge_channels(utterances, voices, language)
    else:
        turns = join_pieces(speaker_pieces(next(iter(channels.values())), times, speakers, language), language)
    return Transcript(turns=turns, language=language, engine="imported", model="ctm")


def speaker_pieces(
    words: Sequence[Word], times: Sequence[SpeakerTime], speakers: Speakers, language: str | None
) -> list[Piece]:
    """Words in pieces by who speaks; without any times they are all one unknown speaker's."""
    names = [_speaker_of(word, times) for word in words]
    speakers.expect(names)
    pieces = []
    for who, group in groupby(zip(names, words, strict=True), key=lambda pair: pair[0]):
        run = tuple(word for _, word in group)
        starts = [w.start for w in run if w.start is not None]
        ends = [w.end for w in run if w.end is not None]
        said = join_words((w.text for w in run), language)
        pieces.append(Piece(speakers.speaker(who), said, min(starts, default=None), max(ends, default=None), run))
    return pieces


def with_speakers(transcript: Transcript, times: Sequence[SpeakerTime]) -> Transcript:
    """A transcript that does not tell its speakers apart, told apart by stretches of time.

    Turns with words are cut where the speaker changes; a turn without words goes whole to whoever speaks most in it.
    One that names a role already (rep, client, system) stays as it is.
    """
    speakers = Speakers()
    pieces: list[Piece] = []
    for turn in transcript.turns:
        if turn.role not in ("speaker_a", "speaker_b"):
            pieces.append(Piece(Voice(turn.role, turn.role_confidence, turn.channel), turn.text, turn.start, turn.end,
                                turn.words))  # fmt: skip
        elif turn.words:
            pieces += speaker_pieces(turn.words, times, speakers, transcript.language)
        else:
            who = _speaker_of(Word(turn.text, turn.start, turn.end), times)
            pieces.append(Piece(speakers.speaker(who), turn.text, turn.start, turn.end))
    return replace(transcript, turns=join_pieces(pieces, transcript.language))


def read_txt(text: str, language: str | None, speakers: Speakers) -> Transcript:
    """Our own plain text: "[1:05] rep: words" line by line; a time is a turn's start, its end is not known."""
    turns = []
    for line in text.splitlines():
        match = _TXT.match(line.strip())
        if match is None:
            continue
        hours, minutes, seconds, who, said = match.groups()
        start = None if seconds is None else float((int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds))
        voice = speakers.speaker(who)
        turns.append(Turn(voice.role, said, start, None, voice.confidence, voice.channel, speaker=voice.speaker))
    return Transcript(turns=tuple(turns), language=language, engine="imported", model="txt")


def _is_rttm(line: str) -> bool:
    return bool(_RTTM.match(line) or _OTHER_RTTM.match(line))


def _ctm_channels(lines: Sequence[str]) -> dict[str, list[Word]]:
    channels: dict[str, list[Word]] = {}
    files = set()
    for number, match in _ctm_lines(lines):
        files.add(match["file"])
        if len(files) > 1:
            raise NotATranscript("it holds more than one call: give one file per call", where=f"line {number}")
        start = float(match["start"])
        sureness = match["confidence"]
        known = sureness is not None and sureness[:1] not in ("<", "N")
        confidence = min(1.0, float(sureness)) if known else None
        word = Word(match["word"], round(start, 3), round(start + float(match["length"]), 3), confidence)
        channels.setdefault(match["channel"], []).append(word)
    return {name: sorted(channels[name], key=lambda w: (w.start or 0.0, w.end or 0.0)) for name in sorted(channels)}


def _ctm_lines(lines: Sequence[str]) -> Iterator[tuple[int, re.Match[str]]]:
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith(_COMMENT):
            continue
        match = _CTM.match(line)
        if match is None:
            raise NotATranscript("it is not a line of CTM", where=f"line {number}")
        yield number, match


def _speaker_of(word: Word, times: Sequence[SpeakerTime]) -> str | None:
    """The speaker whose stretch covers most of the word, else the nearest within half a second."""
    if word.start is None or word.end is None or not times:
        return None
    best: tuple[float, str | None] = (-_NEAR, None)
    for time in times:
        shared = min(word.end, time.end) - max(word.start, time.start)  # negative: the distance between them
        if shared > best[0]:
            best = (shared, time.name)
    return best[1]
