"""JSON transcripts of other programs, piece by piece: Whisper and WhisperX segments, AWS Transcribe items.

Shapes: github.com/openai/whisper (`transcribe` result), github.com/m-bain/whisperX, and AWS Transcribe's output
with speaker or channel labels and Call Analytics (docs.aws.amazon.com/transcribe/latest/dg/how-input.html).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Final

from transcription.engines.json_values import read_label, read_list, read_millis, read_number, read_object, read_text
from transcription.engines.language_names import language_code
from transcription.engines.speakers import Speakers
from transcription.errors import NotATranscript
from transcription.speech import Span, Utterance
from transcription.transcript import Transcript, Turn, Word
from transcription.turns import Piece, Voice, join_pieces, join_words, merge_channels

WORDS_ALONE_PAUSE: Final = 0.5
"""Seconds between two words from which they may be two people's, where an answer has words and nothing else."""


def read_whisper(data: Mapping[str, Any], language: str | None, speakers: Speakers) -> Transcript:
    """Whisper's and WhisperX's `segments`, with or without words and speakers.

    Without speakers every segment stays a turn of its own: who speaks may change from one to the next.
    """
    language = language_code(read_text(data, "language")) or language
    segments = [read_object(item, f"segments[{n}]") for n, item in enumerate(data["segments"])]
    labelled = any("speaker" in s for s in segments)
    segments = _with_top_words(segments, read_list(data, "words"))
    speakers.expect(read_label(segment, "speaker") for segment in segments)
    pieces = [
        piece
        for n, segment in enumerate(segments)
        for piece in _whisper_pieces(segment, f"segments[{n}]", language, speakers)
    ]
    if labelled:
        turns = join_pieces(pieces, language)
    else:
        turns = tuple(turn for piece in pieces for turn in join_pieces([piece], language))
    if not any(turn.text for turn in turns):
        turns = without_words([read_text(data, "text")], language, speakers)
    return Transcript(
        turns=turns,
        language=language,
        engine="imported",
        model="whisperx" if labelled else "whisper",
        duration=read_number(data, "duration", "duration"),
    )


def without_words(texts: Sequence[str | None], language: str | None, speakers: Speakers) -> tuple[Turn, ...]:
    """Texts without times or speakers, each a turn."""
    pieces = [Piece(speakers.speaker(None), text.strip(), None, None) for text in texts if text and text.strip()]
    return tuple(turn for piece in pieces for turn in join_pieces([piece], language))


def read_aws(data: Mapping[str, Any], language: str | None, speakers: Speakers) -> Transcript:
    """AWS Transcribe's `results`: channel-labelled, speaker-labelled or plain."""
    results = read_object(data["results"], "results")
    spoken = [read_object(item, "results.language_codes") for item in read_list(results, "language_codes")]
    most = max(spoken, key=lambda item: read_number(item, "duration_in_seconds", "results") or 0.0, default={})
    language = read_text(results, "language_code") or read_text(most, "language_code") or language
    channels = results.get("channel_labels")
    if isinstance(channels, Mapping) and isinstance(channels.get("channels"), list):
        turns = _aws_channels(channels["channels"], language, speakers)
    else:
        items = results.get("items")
        if not isinstance(items, list):
            raise NotATranscript("it has no list of items", where="results.items")
        turns = _aws_speakers(items, results.get("speaker_labels"), language, speakers)
    if not any(turn.text for turn in turns):
        # Without a list of words the text alone is there.
        texts = [
            read_text(read_object(t, "results.transcripts"), "transcript") for t in read_list(results, "transcripts")
        ]
        turns = without_words(texts, language, speakers)
    return Transcript(turns=turns, language=language, engine="imported", model="aws-transcribe")


def read_aws_analytics(data: Mapping[str, Any], language: str | None, speakers: Speakers) -> Transcript:
    """AWS Call Analytics' `Transcript`: one entry per thing said, with the participant's role."""
    language = read_text(data, "LanguageCode") or language
    pieces = []
    for n, entry in enumerate(data["Transcript"]):
        where = f"Transcript[{n}]"
        entry = read_object(entry, where)
        words = [
            Word(
                read_text(item, "Content") or "",
                read_millis(item, "BeginOffsetMillis", where),
                read_millis(item, "EndOffsetMillis", where),
                read_number(item, "Confidence", where),
            )
            for item in (read_object(i, where) for i in read_list(entry, "Items"))
        ]
        pieces.append(
            Piece(
                speakers.speaker(read_text(entry, "ParticipantRole") or read_text(entry, "ParticipantId")),
                read_text(entry, "Content") or join_words((w.text for w in words), language),
                read_millis(entry, "BeginOffsetMillis", where),
                read_millis(entry, "EndOffsetMillis", where),
                tuple(_attach_punctuation(words)),
            )
        )
    pieces.sort(key=lambda p: p.start or 0.0)
    return Transcript(
        turns=join_pieces(pieces, language), language=language, engine="imported", model="aws-call-analytics"
    )


def segments_of_words(data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Segments for an answer that has only a text and its words (verbose_json with word times alone): cut at pauses.

    The words come without punctuation; a segment's text is taken from the whole text where every word is found in it.
    """
    words = [read_object(word, f"words[{n}]") for n, word in enumerate(read_list(data, "words"))]
    times = [tuple(read_number(word, key, f"words[{n}]") for key in ("start", "end")) for n, word in enumerate(words)]
    places = _places([(read_text(word, "word") or "").strip() for word in words], read_text(data, "text") or "")
    first = [
        n for n in range(len(words)) if n == 0 or (times[n][0] or 0.0) - (times[n - 1][1] or 0.0) >= WORDS_ALONE_PAUSE
    ]
    segments: list[Mapping[str, Any]] = []
    for begin, end in zip(first, [*first[1:], len(words)], strict=True):
        segment: dict[str, Any] = {"start": times[begin][0], "end": times[end - 1][1], "words": words[begin:end]}
        if places is not None:
            segment["text"] = (read_text(data, "text") or "")[places[begin] : places[end]].strip()
        segments.append(segment)
    return segments


def _places(words: Sequence[str], text: str) -> list[int] | None:
    """Where each word begins in the text, and the text's end; None when they are not all there in this order."""
    places: list[int] = []
    at = 0
    for word in words:
        found = text.find(word, at)
        if not word or found < 0:
            return None
        places.append(found if places else 0)
        at = found + len(word)
    return [*places, len(text)]


def _with_top_words(segments: list[Mapping[str, Any]], words: Sequence[Any]) -> list[Mapping[str, Any]]:
    """Segments with their words where those come in one list beside them (verbose_json of the OpenAI API)."""
    if not words or any(segment.get("words") for segment in segments):
        return segments
    timed = [read_object(word, f"words[{n}]") for n, word in enumerate(words)]
    starts = [read_number(segment, "start", f"segments[{n}]") or 0.0 for n, segment in enumerate(segments)]
    groups: list[list[Mapping[str, Any]]] = [[] for _ in segments]
    for n, word in enumerate(timed):
        # A word belongs to the last segment that has begun by its middle.
        begin, end = (read_number(word, key, f"words[{n}]") or 0.0 for key in ("start", "end"))
        groups[max(0, bisect_right(starts, (begin + end) / 2) - 1)].append(word)
    return [{**segment, "words": group} for segment, group in zip(segments, groups, strict=True)]


def _whisper_pieces(
    segment: Mapping[str, Any], where: str, language: str | None, speakers: Speakers
) -> Iterator[Piece]:
    start, end = read_number(segment, "start", where), read_number(segment, "end", where)
    said = (read_text(segment, "text") or "").strip()
    label = read_label(segment, "speaker")
    labelled: list[tuple[str | None, Word]] = []
    for n, item in enumerate(read_list(segment, "words")):
        here = f"{where}.words[{n}]"
        item = read_object(item, here)
        text = read_text(item, "word") or read_text(item, "text") or ""
        confidence = read_number(item, "probability", here)
        for key in ("score", "confidence"):
            confidence = read_number(item, key, here) if confidence is None else confidence
        label = read_label(item, "speaker") or label
        word = Word(text.strip(), read_number(item, "start", here), read_number(item, "end", here), confidence)
        labelled.append((label, word))
    groups = [(who, [word for _, word in group]) for who, group in groupby(labelled, key=lambda pair: pair[0])]
    if len(groups) < 2:
        who = groups[0][0] if groups else label
        words = tuple(groups[0][1]) if groups else ()
        yield Piece(speakers.speaker(who), said or join_words((w.text for w in words), language), start, end, words)
        return
    for who, group in groups:
        starts = [w.start for w in group if w.start is not None]
        ends = [w.end for w in group if w.end is not None]
        text = join_words((w.text for w in group), language)
        yield Piece(speakers.speaker(who), text, min(starts, default=start), max(ends, default=end), tuple(group))


def _aws_channels(channels: Sequence[Any], language: str | None, speakers: Speakers) -> tuple[Turn, ...]:
    utterances: list[list[Utterance]] = []
    voices: list[Voice] = []
    for n, channel in enumerate(channels):
        where = f"results.channel_labels.channels[{n}]"
        channel = read_object(channel, where)
        words = list(_attach_punctuation(_aws_words(read_list(channel, "items"), where)))
        utterances.append([Utterance(Span(words[0].start or 0.0, words[-1].end or 0.0), tuple(words))] if words else [])
        label = read_text(channel, "channel_label") or ""
        digits = label.rpartition("_")[2]
        known = digits.isdecimal() and len(digits) < 3 and int(digits) < len(channels)
        voices.append(speakers.channel(int(digits) if known else n, len(channels)))
    return merge_channels(utterances, voices, language)


def _aws_speakers(items: Sequence[Any], labels: object, language: str | None, speakers: Speakers) -> tuple[Turn, ...]:
    by_start: dict[str, str] = {}
    if isinstance(labels, Mapping):
        for segment in read_list(labels, "segments"):
            for item in read_list(read_object(segment, "results.speaker_labels.segments"), "items"):
                item = read_object(item, "results.speaker_labels.segments.items")
                by_start[str(item.get("start_time"))] = str(item.get("speaker_label"))
    pieces: list[Piece] = []
    who: str | None = None
    group: list[Word] = []
    for n, item in enumerate(items):
        item = read_object(item, f"results.items[{n}]")
        words = list(_aws_words([item], f"results.items[{n}]"))
        label = read_text(item, "speaker_label") or by_start.get(str(item.get("start_time")))
        if item.get("type") != "punctuation" and label != who and group:
            pieces.append(_aws_piece(group, who, language, speakers))
            group = []
        if item.get("type") != "punctuation":
            who = label
        group.extend(words)
    if group:
        pieces.append(_aws_piece(group, who, language, speakers))
    return join_pieces(pieces, language)


def _aws_piece(words: Sequence[Word], label: str | None, language: str | None, speakers: Speakers) -> Piece:
    words = tuple(_attach_punctuation(words))
    starts = [w.start for w in words if w.start is not None]
    ends = [w.end for w in words if w.end is not None]
    text = join_words((w.text for w in words), language)
    return Piece(speakers.speaker(label), text, min(starts, default=None), max(ends, default=None), words)


def _aws_words(items: Sequence[Any], where: str) -> Iterator[Word]:
    for item in items:
        item = read_object(item, where)
        alternatives = read_list(item, "alternatives")
        best = read_object(alternatives[0], f"{where}.alternatives") if alternatives else item
        confidence = None if item.get("type") == "punctuation" else read_number(best, "confidence", where)
        text = read_text(best, "content") or ""
        yield Word(text, read_number(item, "start_time", where), read_number(item, "end_time", where), confidence)


def _attach_punctuation(words: Sequence[Word] | Iterator[Word]) -> Iterator[Word]:
    """Punctuation that came as an item of its own joins the word before it."""
    last: Word | None = None
    for word in words:
        if last is not None and word.text and not any(c.isalnum() for c in word.text):
            last = Word(last.text + word.text, last.start, last.end, last.confidence)
            continue
        if last is not None:
            yield last
        last = word
    if last is not None:
        yield last
