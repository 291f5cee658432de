"""A transcript as text for people, players and research: WebVTT with voice tags, SRT with names, plain text, CTM and
RTTM. The Word document is in `formats_docx`."""

from __future__ import annotations

from transcription.errors import NoTimes
from transcription.formats_docx import to_docx as to_docx
from transcription.transcript import Transcript, Turn, Word


def to_vtt(transcript: Transcript) -> str:
    """WebVTT, one cue per turn, the role as the voice (`<v rep>`). Raises NoTimes.

    Format: https://www.w3.org/TR/webvtt1/
    """
    parts = ["WEBVTT\n"]
    for number, turn in enumerate(transcript.turns):
        start, end = _times(turn, number)
        parts.append(f"{_clock(start, '.')} --> {_clock(end, '.')}\n<v {_label(turn)}>{_escape(_line(turn.text))}\n")
    return "\n".join(parts)


def to_srt(transcript: Transcript) -> str:
    """SRT, one numbered block per turn, the text led by the role's name. Raises NoTimes."""
    parts = []
    for number, turn in enumerate(transcript.turns):
        start, end = _times(turn, number)
        parts.append(f"{number + 1}\n{_clock(start, ',')} --> {_clock(end, ',')}\n{_label(turn)}: {_line(turn.text)}\n")
    return "\n".join(parts)


def to_txt(transcript: Transcript) -> str:
    """Plain text, one line per turn, led by the time (when known) and the role."""
    lines = []
    for turn in transcript.turns:
        clock = "" if turn.start is None else f"[{_short_clock(turn.start)}] "
        lines.append(f"{clock}{_label(turn)}: {_line(turn.text)}\n")
    return "".join(lines)


def to_ctm(transcript: Transcript, call: str = "call") -> str:
    """NIST's CTM, one word a line, all on channel 1; words without times are left out. Raises NoTimes when none has.

    A turn whose words are not known one by one counts as one word, its spaces written as underscores.
    """
    words = [
        word
        for turn in transcript.turns
        for word in (turn.words or (Word("_".join(turn.text.split()), turn.start, turn.end),))
        if word.start is not None and word.end is not None and word.text.strip()
    ]
    if transcript.turns and not words:
        raise NoTimes(0)
    words.sort(key=lambda word: (word.start or 0.0, word.end or 0.0))
    return "".join(
        f"{call} 1 {word.start:.2f} {max(0.0, (word.end or 0.0) - (word.start or 0.0)):.2f} "
        f"{'_'.join(word.text.split())}{'' if word.confidence is None else f' {word.confidence:.3f}'}\n"
        for word in words
    )


def to_rttm(transcript: Transcript, call: str = "call") -> str:
    """NIST's RTTM, one stretch per turn that has times."""
    return "".join(
        f"SPEAKER {call} 1 {turn.start:.2f} {max(0.0, turn.end - turn.start):.2f} <NA> <NA> {_label(turn)} <NA> <NA>\n"
        for turn in transcript.turns
        if turn.start is not None and turn.end is not None
    )


def _label(turn: Turn) -> str:
    return turn.speaker or turn.role


def _times(turn: Turn, number: int) -> tuple[float, float]:
    if turn.start is None or turn.end is None:
        raise NoTimes(number)
    return turn.start, max(turn.start, turn.end)


def _line(text: str) -> str:
    return " ".join(text.split())


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _clock(seconds: float, mark: str) -> str:
    millis = max(0, round(seconds * 1000))
    hours, rest = divmod(millis, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    whole, millis = divmod(rest, 1000)
    return f"{hours:02d}:{minutes:02d}:{whole:02d}{mark}{millis:03d}"


def _short_clock(seconds: float) -> str:
    minutes, whole = divmod(max(0, int(seconds)), 60)
    return f"{minutes}:{whole:02d}"
