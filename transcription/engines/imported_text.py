"""Subtitles as transcripts: WebVTT with voice tags, SRT with "Name:" prefixes, either with dashes or ">>"."""

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
_PREFIX = re.compile(
    r"^\s*(?:[\[(]\s*(?P<boxed>[^\s:：\[\]()][^:：\[\]()\n]{0,39}?)\s*[\])]\s*(?P<colon>[:：])?"
    r"|(?P<bare>[^\s:：\[\]()][^:：\[\]()\n]{0,39}?)\s*(?P<mark>[:：]))(?P<gap>\s*)(?=\S)"
)
_INSIDE = re.compile(r"(?:(?<=[.?!…。？！])|(?<=\s))\s*(?P<name>[^\W\d_][\w-]{0,19}(?: \d{1,2})?)\s*[:：]\s*(?=\S)")
_DASH = re.compile(r"^\s*(?:(?P<arrows>>>+)|[-–—](?!\d))\s*(?=\S)")
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
        said += [(cue, who, html.unescape(_TAG.sub("", body))) for who, body in _voices(cue.text)]
    if said and all(who is None for _, who, _ in said):
        said = _by_prefix([(cue, body) for cue, _, body in said])
    return _transcript(said, language, speakers, "vtt")


def _voices(text: str) -> list[tuple[str | None, str]]:
    """Voices of a cue with their words; words outside of all voices go to the one before, or else behind them."""
    found: list[tuple[str | None, str]] = []
    before, at = "", 0
    for match in _VOICE.finditer(text):
        between = text[at : match.start()].replace("</v>", " ")
        if found:
            found[-1] = found[-1][0], f"{found[-1][1]} {between}"
        else:
            before = between
        found.append((html.unescape(match.group(1).strip()), f"{before} {match.group(2)}"))
        before, at = "", match.end()
    if not found:
        return [(None, text)]
    found[-1] = found[-1][0], f"{found[-1][1]} {text[at:].replace('</v>', ' ')}"
    return found


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
    """Lines split into speaker and words; a cue in which several people speak becomes several.

    A prefix counts as a speaker when it names a role or a numbered speaker, or comes back in the file and most lines
    carry one: "Note: ..." said once is speech. A dash or ">>" begins somebody else's words.
    """
    lines = [(n, line) for n, (_, body) in enumerate(said) for line in body.split("\n") if line.strip()]
    dashes = [match for _, line in lines if (match := _DASH.match(line))]
    dashed = len(dashes) > 1 or any(match["arrows"] for match in dashes)
    bare = [_DASH.sub("", line) if dashed else line for _, line in lines]
    found = [_PREFIX.match(line) for line in bare]
    counts = Counter(_label(m) for m in found if m)
    mostly = sum(counts.values()) * 2 > len(said)
    named = any(m and looks_like_speaker(_label(m)) for m in found)
    parts: list[tuple[int, str | None, str]] = []
    who: str | None = None
    for (number, line), body, match in zip(lines, bare, found, strict=True):
        new = body is not line and body != line
        if match and _is_speaker(match, counts, mostly):
            who, body, new = _label(match), body[match.end() :], True
        elif new:
            who = None
        for speaker, words in _inside(body, who) if named else [(who, body)]:
            if parts and parts[-1][0] == number and not new and speaker == parts[-1][1]:
                parts[-1] = number, speaker, f"{parts[-1][2]} {words}"
            else:
                parts.append((number, speaker, words))
            who, new = speaker, False
    return _timed(said, parts)


def _label(match: re.Match[str]) -> str:
    return (match["boxed"] or match["bare"] or "").strip()


def _is_speaker(match: re.Match[str], counts: Counter[str], mostly: bool) -> bool:
    label = _label(match)
    if looks_like_speaker(label):
        return True
    mark = match["colon"] or match["mark"]
    parted = mark == "：" or (mark == ":" and bool(match["gap"]))
    return parted and mostly and counts[label] > 1


def _inside(body: str, who: str | None) -> list[tuple[str | None, str]]:
    """A line in which another speaker is named in the middle: "Hello. CALLER: Hi"."""
    found: list[tuple[str | None, str]] = []
    at = 0
    for match in _INSIDE.finditer(body):
        name, ended = match["name"], body[: match.start()].rstrip()[-1:] in ".?!…。？！"
        if match.start() and looks_like_speaker(name) and (ended or (name.isupper() and len(name) > 1)):
            found.append((who, body[at : match.start()]))
            who, at = name, match.end()
    return [*found, (who, body[at:])]


def _timed(
    said: list[tuple[_Cue, str]], parts: list[tuple[int, str | None, str]]
) -> list[tuple[_Cue, str | None, str]]:
    """The parts with their cue's time, shared by their lengths where a cue has several."""
    letters = Counter[int]()
    for number, _, words in parts:
        letters[number] += len(words)
    done = Counter[int]()
    timed: list[tuple[_Cue, str | None, str]] = []
    for number, who, words in parts:
        cue = said[number][0]
        length, total = cue.end - cue.start, letters[number] or 1
        start = cue.start + length * done[number] / total
        done[number] += len(words)
        end = cue.end if done[number] == total else cue.start + length * done[number] / total
        timed.append((_Cue(round(start, 3), round(end, 3), words), who, words))
    return timed


def _vtt_cues(text: str) -> Iterator[_Cue]:
    """Cues; a block without times behind one is the rest of its words, which a program parted by a blank line."""
    last: _Cue | None = None
    for number, block in enumerate(re.split(r"\n(?:[ \t]*\n)+", text.strip())):
        lines = block.split("\n")
        if re.match(r"(NOTE|STYLE|REGION)\b", lines[0]):
            continue
        timed = ((n, _TIMING.match(line)) for n, line in enumerate(lines[:3]))
        at, match = next(((n, m) for n, m in timed if m), (0, None))
        if match is not None:
            if last is not None:
                yield last
            last = _cue(match, lines[at + 1 :])
        elif number and last is not None and not block.strip().isdecimal():
            last = _Cue(last.start, last.end, f"{last.text}\n{block}")
    if last is not None:
        yield last


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
