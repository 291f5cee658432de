"""Google Speech-to-Text's answer (v1, v1p1beta1 and v2), also as a finished long-running operation.

Shape: cloud.google.com/speech-to-text/docs/reference/rest/v1/speech/recognize (results[].alternatives[].words). Keys
are camelCase from the web and snake_case from the client libraries; times are "1.300s" or {"seconds","nanos"}.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from math import isfinite
from typing import Any, Final

from transcription.engines.json_values import read_label, read_list, read_number, read_object, read_text
from transcription.engines.speakers import Speakers
from transcription.errors import NotATranscript
from transcription.speech import Span, Utterance
from transcription.transcript import Transcript, Turn, Word
from transcription.turns import Piece, join_pieces, join_words, merge_channels

_Labelled = tuple[str | None, Word]

_OF_A_FILE: Final = (
    "transcript",
    "inlineResult",
    "inline_result",
    "cloudStorageResult",
    "cloud_storage_result",
    "uri",
    "error",
)


def is_google(data: Mapping[str, Any]) -> bool:
    """True when there is a list of results, directly or in a finished operation's `response`; or those of a batch."""
    inner = _inner(data)
    return isinstance(inner.get("results"), list) or bool(_files(inner))


def read_google(data: Mapping[str, Any], language: str | None, speakers: Speakers) -> Transcript:
    """Channels by `channelTag` are a person each; else speakers by `speakerTag`, which the last result repeats for all.

    Raises NotATranscript.
    """
    inner = _inner(data)
    if files := _files(inner):
        inner = _only_file(files)
    results = [read_object(item, f"results[{n}]") for n, item in enumerate(read_list(inner, "results"))]
    language = next((code for r in results if (code := _text(r, "languageCode"))), None) or language
    # A result without any alternative is a stretch of silence.
    heard = [(r, _best(r, n)) for n, r in enumerate(results) if read_list(r, "alternatives")]
    channels = sorted({tag for r, _ in heard if (tag := _channel(r))})
    turns: tuple[Turn, ...]
    if len(channels) > 1:
        turns = _by_channel(heard, channels, language, speakers)
    else:
        turns = _by_speaker(heard, language, speakers)
    return Transcript(turns=turns, language=language, engine="imported", model="google-speech-to-text")


def _inner(data: Mapping[str, Any]) -> Mapping[str, Any]:
    inner = data.get("response")
    return inner if isinstance(inner, Mapping) else data


def _files(inner: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The answers of a batch (v2 BatchRecognize) by the recordings' addresses; none where this is no batch."""
    results = inner.get("results")
    if not isinstance(results, Mapping):
        return {}
    found = {str(name): item for name, item in results.items() if isinstance(item, Mapping)}
    return found if any(key in item for item in found.values() for key in _OF_A_FILE) else {}


def _only_file(files: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    """The one recording's transcript. Raises NotATranscript for several, and where it is kept elsewhere or failed."""
    if len(files) > 1:
        raise NotATranscript(f"it holds the transcripts of {len(files)} recordings: save each as a file of its own")
    ((name, item),) = files.items()
    where = f"results['{name[:80]}']"
    for key in ("inlineResult", "inline_result"):
        if isinstance(item.get(key), Mapping):
            item = item[key]
    if isinstance(item.get("transcript"), Mapping):
        return read_object(item["transcript"], where)
    error = item.get("error")
    if isinstance(error, Mapping) and error:
        raise NotATranscript(f"Google could not transcribe it ({str(error.get('message', 'no reason given'))[:120]})")
    stored = next((item[key] for key in ("cloudStorageResult", "cloud_storage_result") if key in item), item)
    address = read_text(stored, "uri") if isinstance(stored, Mapping) else None
    raise NotATranscript(
        f"the transcript itself is in another file{f' ({address[:120]})' if address else ''}", where=where
    )


def _by_channel(
    heard: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]],
    channels: Sequence[int],
    language: str | None,
    speakers: Speakers,
) -> tuple[Turn, ...]:
    voices = [speakers.channel(n, len(channels)) for n in range(len(channels))]
    if not any(read_list(best, "words") for _, best in heard):
        # Word times were not asked for: the results stand in the order in which they were said.
        pieces = [
            Piece(voices[channels.index(tag)], (read_text(best, "transcript") or "").strip(), None, None)
            for result, best in heard
            if (tag := _channel(result))
        ]
        return join_pieces([piece for piece in pieces if piece.text], language)
    utterances: list[list[Utterance]] = [[] for _ in channels]
    for n, (result, best) in enumerate(heard):
        words = [word for _, word in _words(best, n)]
        tag = _channel(result)
        if words and tag:
            span = Span(words[0].start or 0.0, words[-1].end or 0.0)
            utterances[channels.index(tag)].append(Utterance(span, tuple(words)))
    return merge_channels(utterances, voices, language)


def _by_speaker(
    heard: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]], language: str | None, speakers: Speakers
) -> tuple[Turn, ...]:
    words = [_words(best, n) for n, (_, best) in enumerate(heard)]
    # A last result without a text of its own repeats all words; else a result without words is not lost.
    whole = all(words) or not (read_text(heard[-1][1], "transcript") or "").strip()
    if whole and any(who is not None for result in words for who, _ in result):
        return join_pieces(_pieces(_without_repeats(words), language, speakers), language)
    turns: list[Turn] = []
    for (_, best), said_words in zip(heard, words, strict=True):
        if said_words:
            pieces = _pieces(said_words, language, speakers)
        else:
            said = (read_text(best, "transcript") or "").strip()
            pieces = [Piece(speakers.speaker(None), said, None, None)] if said else []
        # Nobody is named: the speaker may change from one result to the next, so they stay apart.
        turns += join_pieces(pieces, language)
    return tuple(turns)


def _without_repeats(words: Sequence[Sequence[_Labelled]]) -> list[_Labelled]:
    """All words once: v1 tells the speakers in a last result that repeats every word, v2 in each result."""
    last, before = words[-1], [word for result in words[:-1] for word in result]
    if last and before and (last[0][1].start or 0.0) <= (before[0][1].start or 0.0):
        return list(last)
    return [*before, *last]


def _pieces(words: Sequence[_Labelled], language: str | None, speakers: Speakers) -> list[Piece]:
    pieces = []
    for who, group in groupby(words, key=lambda pair: pair[0]):
        run = tuple(word for _, word in group)
        starts = [w.start for w in run if w.start is not None]
        ends = [w.end for w in run if w.end is not None]
        said = join_words((w.text for w in run), language)
        voice = speakers.speaker(None if who is None else f"speaker {who}")
        pieces.append(Piece(voice, said, min(starts, default=None), max(ends, default=None), run))
    return pieces


def _words(best: Mapping[str, Any], result: int) -> list[_Labelled]:
    # 0.0 is Google's way of saying "not given".
    overall = read_number(best, "confidence", f"results[{result}]") or None
    found: list[_Labelled] = []
    for n, item in enumerate(read_list(best, "words")):
        where = f"results[{result}].words[{n}]"
        item = read_object(item, where)
        tag = read_label(item, "speakerTag") or read_label(item, "speaker_tag") or None
        who = _text(item, "speakerLabel") or (None if tag in (None, "0") else tag)
        start = _time(item, ("startTime", "start_time", "startOffset", "start_offset"), where)
        end = _time(item, ("endTime", "end_time", "endOffset", "end_offset"), where)
        said = (read_text(item, "word") or "").strip()
        found.append((who, Word(said, start, end, read_number(item, "confidence", where) or overall)))
    return found


def _best(result: Mapping[str, Any], number: int) -> Mapping[str, Any]:
    return read_object(read_list(result, "alternatives")[0], f"results[{number}].alternatives[0]")


def _channel(result: Mapping[str, Any]) -> int:
    for key in ("channelTag", "channel_tag"):
        tag = result.get(key)
        if isinstance(tag, int) and not isinstance(tag, bool):
            return tag
    return 0


def _text(item: Mapping[str, Any], key: str) -> str | None:
    snake = "".join("_" + c.lower() if c.isupper() else c for c in key)
    return read_text(item, key) or read_text(item, snake)


def _time(item: Mapping[str, Any], keys: Sequence[str], where: str) -> float | None:
    """Seconds from "1.300s" or {"seconds": "1", "nanos": 300000000}; a time that is zero may be left out."""
    present = [key for key in keys if item.get(key) is not None]
    if not present:
        # The first word's start is left out when it is zero, as all default values are; without an end it is unknown.
        has_end = any(item.get(key) is not None for key in ("endTime", "end_time", "endOffset", "end_offset"))
        return 0.0 if has_end and keys[0].startswith("start") else None
    value = item[present[0]]
    if isinstance(value, Mapping):
        return (read_number(value, "seconds", where) or 0.0) + (read_number(value, "nanos", where) or 0.0) / 1e9
    if isinstance(value, str):
        try:
            seconds = float(value.strip().removesuffix("s"))
        except ValueError:
            seconds = float("nan")
        if isfinite(seconds):
            return seconds
    elif isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value):
        return float(value)
    raise NotATranscript(f"'{present[0]}' is not a time", where=where)
