"""Subtitles as transcripts: WebVTT with voice tags, SRT with "Name:" prefixes."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from transcription.engines.speakers import Speakers, looks_like_speaker
from transcription.errors import NotATranscript
from transcription.transcript import Transcript, Turn
from transcription.turns import Piece, join_pieces

_TIMING = re.compile(
    r"^\s*(?:(\d+):)?(\d{1,2}):(\d{2})[.,]\s?(\d{1,3})\s*-->\s*(?:(\d+):)?(\d{1,2}):(\d{2})[.,]\s?(\d{1,3})(?:\s.*)?$"
)
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?[ \t]+([^>]*)>(.*?)(?=</v>|<v[ .\t]|\Z)", re.DOTALL)
_TAG = re.compile(r"</?(?:[ibuvc]|lang|ruby|rt|font)(?:[ .][^>]*)?>|<\d[\d:.]*>", re.IGNORECASE)
_PREFIX = re.compile(r"^\s*[\[(]?([^\s:\[\]()][^:\[\]()\n]{0,39}?)[\])]?\s*:\s+(?=\S)")
_ASS = re.compile(r"\{\\[^}]*\}")


@dataclass(frozen=True, slots=True)
class _Cue:
    start: float
    end: float
    text: str


def read_vtt(text: str, language: str | None, speakers: Speakers) -> Transcript:
    """WebVTT: voices by `<v Name>`, else by "Name:" prefixes. Raises NotATranscript when it has no cues."""
    cues = list(_vtt_cues(text))
    said: list[tuple[_Cue, str | None, str]] = []
    for cue in cues:
        voices = [(m.group(1).strip(), m.group(2)) for m in _VOICE.finditer(cue.text)]
        if voices:
            said.extend((cue, html.unescape(name), html.unescape(_TAG.sub("", body))) for name, body in voices)
        else:
            said.append((cue, None, html.unescape(_TAG.sub("", cue.text))))
    if said and all(who is None for _, who, _ in said):
        said = _by_prefix([(cue, body) for cue, _, body in said])
    return _transcript(said, language, speakers, "vtt")


def read_srt(text: str, language: str | None, speakers: Speakers) -> Transcript:
    """SRT: speakers by "Name:" prefixes. Raises NotATranscript when it has no blocks."""
    said = _by_prefix([(cue, _ASS.sub("", _TAG.sub("", cue.text))) for cue in _srt_cues(text)])
    return _transcript(said, language, speakers, "srt")


def _transcript(
    said: list[tuple[_Cue, str | None, str]], language: str | None, speakers: Speakers, model: str
) -> Transcript:
    if not said:
        raise NotATranscript("it has no lines with times")
    pieces = [Piece(speakers.speaker(who), " ".join(body.split()), cue.start, cue.end) for cue, who, body in said]
    turns: tuple[Turn, ...]
    if any(who is not None for _, who, _ in said):
        turns = join_pieces([p for p in pieces if p.text], language)
    else:
        # Nobody is named: the speaker may change from one cue to the next, so cues stay apart.
        turns = tuple(turn for p in pieces if p.text for turn in join_pieces([p], language))
    return Transcript(turns=turns, language=language, engine="imported", model=model)


def _by_prefix(said: list[tuple[_Cue, str]]) -> list[tuple[_Cue, str | None, str]]:
    """Lines split into speaker and words. A prefix counts as a speaker when it names a role or a numbered speaker,
    or comes back in the file and most lines carry one: "Note: ..." said once is speech."""
    found = [_PREFIX.match(body) for _, body in said]
    counts = Counter(m.group(1).strip() for m in found if m)
    mostly = sum(counts.values()) * 2 > len(said)
    lines: list[tuple[_Cue, str | None, str]] = []
    who: str | None = None
    for (cue, body), match in zip(said, found, strict=True):
        name = match.group(1).strip() if match else ""
        if match and (looks_like_speaker(name) or (mostly and counts[name] > 1)):
            who, body = name, body[match.end() :]
        lines.append((cue, who, body))
    return lines


def _vtt_cues(text: str) -> Iterator[_Cue]:
    for block in re.split(r"\n[ \t]*\n", text.strip()):
        lines = block.split("\n")
        if re.match(r"(NOTE|STYLE|REGION)\b", lines[0]):
            continue
        timed = ((n, _TIMING.match(line)) for n, line in enumerate(lines[:3]))
        at, match = next(((n, m) for n, m in timed if m), (0, None))
        if match is not None:
            yield _cue(match, lines[at + 1 :])


def _srt_cues(text: str) -> Iterator[_Cue]:
    """Cues from one line of times to the next: programs leave out numbers and blank lines, or put some inside."""
    lines = text.replace("\ufeff", "").split("\n")
    timed = [(n, match) for n, line in enumerate(lines) if (match := _TIMING.match(line))]
    numbered = sum(1 for n, _ in timed if n and lines[n - 1].strip().isdecimal()) * 2 > len(timed)
    for (at, match), (following, _) in zip(timed, [*timed[1:], (len(lines), None)], strict=True):
        body = lines[at + 1 : following]
        if numbered and following < len(lines) and body and body[-1].strip().isdecimal():
            body = body[:-1]
        yield _cue(match, [line for line in body if line.strip()])


def _cue(match: re.Match[str], lines: list[str]) -> _Cue:
    start, end = _seconds(match.groups(default="0")[:4]), _seconds(match.groups(default="0")[4:])
    return _Cue(start, max(start, end), "\n".join(lines))


def _seconds(parts: tuple[str, ...]) -> float:
    hours, minutes, whole, fraction = parts
    return ((int(hours) * 60 + int(minutes)) * 60_000 + int(whole) * 1000 + int(fraction.ljust(3, "0"))) / 1000
