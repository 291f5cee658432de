"""A transcript as text for people and players: WebVTT with voice tags, SRT with names, plain text."""

from __future__ import annotations

from transcription.errors import NoTimes
from transcription.transcript import Transcript, Turn


def to_vtt(transcript: Transcript) -> str:
    """WebVTT, one cue per turn, the role as the voice (`<v rep>`). Raises NoTimes.

    Format: https://www.w3.org/TR/webvtt1/
    """
    parts = ["WEBVTT\n"]
    for number, turn in enumerate(transcript.turns):
        start, end = _times(turn, number)
        parts.append(f"{_clock(start, '.')} --> {_clock(end, '.')}\n<v {turn.role}>{_escape(_line(turn.text))}\n")
    return "\n".join(parts)


def to_srt(transcript: Transcript) -> str:
    """SRT, one numbered block per turn, the text led by the role's name. Raises NoTimes."""
    parts = []
    for number, turn in enumerate(transcript.turns):
        start, end = _times(turn, number)
        parts.append(f"{number + 1}\n{_clock(start, ',')} --> {_clock(end, ',')}\n{turn.role}: {_line(turn.text)}\n")
    return "\n".join(parts)


def to_txt(transcript: Transcript) -> str:
    """Plain text, one line per turn, led by the time (when known) and the role."""
    lines = []
    for turn in transcript.turns:
        clock = "" if turn.start is None else f"[{_short_clock(turn.start)}] "
        lines.append(f"{clock}{turn.role}: {_line(turn.text)}\n")
    return "".join(lines)


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
