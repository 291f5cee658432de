"""Deepgram's pre-recorded answer: channels, or one channel with numbered speakers.

Shape: developers.deepgram.com/reference/speech-to-text/listen-pre-recorded (results.channels[].alternatives[].words).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from transcription.engines.json_values import read_label, read_list, read_number, read_object, read_text
from transcription.engines.speakers import Speakers
from transcription.errors import NotATranscript
from transcription.speech import Span, Utterance
from transcription.transcript import Transcript, Turn, Word
from transcription.turns import Piece, join_pieces, join_words, merge_channels


def is_deepgram(data: Mapping[str, Any]) -> bool:
    """True when `results` holds channels with alternatives."""
    results = data.get("results")
    return isinstance(results, Mapping) and isinstance(results.get("channels"), list)


def read_deepgram(data: Mapping[str, Any], language: str | None, speakers: Speakers) -> Transcript:
    """Several channels are a person each; one channel's people are told apart by `speaker` where it was asked for.

    Raises NotATranscript.
    """
    channels = [
        read_object(channel, f"results.channels[{n}]")
        for n, channel in enumerate(read_list(read_object(data["results"], "results"), "channels"))
    ]
    if not channels:
        raise NotATranscript("it has no channels", where="results.channels")
    heard = [_best(channel, f"results.channels[{n}]") for n, channel in enumerate(channels)]
    detected = next((found for c in channels if (found := read_text(c, "detected_language"))), None)
    language = detected or language
    words = [_words(best, f"results.channels[{n}]") for n, best in enumerate(heard)]
    turns: tuple[Turn, ...]
    if len(channels) > 1:
        utterances = [_utterances([word for _, word in channel]) for channel in words]
        turns = merge_channels(utterances, [speakers.channel(n, len(channels)) for n in range(len(channels))], language)
    elif words[0]:
        turns = join_pieces(_by_speaker(words[0], speakers, language), language)
    else:
        said = (read_text(heard[0], "transcript") or "").strip()
        turns = join_pieces([Piece(speakers.speaker(None), said, None, None)] if said else [], language)
    metadata = data.get("metadata")
    length = read_number(metadata, "duration", "metadata") if isinstance(metadata, Mapping) else None
    sureness = read_number(channels[0], "language_confidence", "results.channels[0]") if detected else None
    return Transcript(
        turns=turns,
        language=language,
        engine="imported",
        model="deepgram",
        duration=length,
        language_probability=sureness,
    )


def _best(channel: Mapping[str, Any], where: str) -> Mapping[str, Any]:
    alternatives = read_list(channel, "alternatives")
    return read_object(alternatives[0], f"{where}.alternatives[0]") if alternatives else {}


def _words(best: Mapping[str, Any], where: str) -> list[tuple[str | None, Word]]:
    found = []
    for n, item in enumerate(read_list(best, "words")):
        here = f"{where}.alternatives[0].words[{n}]"
        item = read_object(item, here)
        said = read_text(item, "punctuated_word") or read_text(item, "word") or ""
        word = Word(
            said.strip(),
            read_number(item, "start", here),
            read_number(item, "end", here),
            read_number(item, "confidence", here),
        )
        found.append((read_label(item, "speaker"), word))
    return found


def _utterances(words: Sequence[Word]) -> list[Utterance]:
    return [Utterance(Span(words[0].start or 0.0, words[-1].end or 0.0), tuple(words))] if words else []


def _by_speaker(words: Sequence[tuple[str | None, Word]], speakers: Speakers, language: str | None) -> list[Piece]:
    pieces = []
    for who, group in groupby(words, key=lambda pair: pair[0]):
        run = tuple(word for _, word in group)
        starts = [w.start for w in run if w.start is not None]
        ends = [w.end for w in run if w.end is not None]
        voice = speakers.speaker(None if who is None else f"speaker {who}")
        said = join_words((w.text for w in run), language)
        pieces.append(Piece(voice, said, min(starts, default=None), max(ends, default=None), run))
    return pieces
