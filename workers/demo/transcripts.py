"""Imported transcripts of the sample calls, written in the shapes other speech programs and providers use.

The times of turns are those of the recording; word times share out the turn's time by the words' lengths.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any, Final

from workers.demo.script import Script
from workers.demo.telephone import RATE, Placed

AWS_LANGUAGES: Final = {"ru": "ru-RU", "ko": "ko-KR", "zh": "zh-CN"}
LABELS: Final = {
    "ru": ("Менеджер", "Клиент"),
    "ko": ("상담원", "고객"),
    "zh": ("客服", "客户"),
}
Timed = tuple[str, float, float]


def timed_words(text: str, start: float, end: float) -> list[Timed]:
    """The words of a turn with times in seconds, in proportion to their letters; Chinese by character."""
    words = text.split()
    if re.search(r"[\u4e00-\u9fff]", text):
        words = re.findall(r"[\u4e00-\u9fff][^\w\s]*|[A-Za-z0-9]+[^\w\s]*", text)
    total = sum(len(word) for word in words) or 1
    timed, at = [], start
    for word in words:
        until = at + (end - start) * len(word) / total
        timed.append((word, round(at, 2), round(until, 2)))
        at = until
    return timed


def whisperx(script: Script, placed: Sequence[Placed], seconds: float) -> str:
    """WhisperX's JSON with its speakers named: segments with words, scores and speakers."""
    segments = [
        {
            "start": round(item.start, 2),
            "end": round(item.end, 2),
            "text": item.line.text,
            "words": [
                {"word": word, "start": start, "end": end, "score": 0.9, "speaker": _speaker(script, item)}
                for word, start, end in timed_words(item.line.text, item.start, item.end)
            ],
            "speaker": _speaker(script, item),
        }
        for item in placed
    ]
    return _json({"segments": segments, "language": script.language})


def aws(script: Script, placed: Sequence[Placed], seconds: float) -> str:
    """AWS Transcribe's JSON with channel identification: pronunciation and punctuation items, numbers as strings."""
    items: list[dict[str, Any]] = []
    for item in placed:
        label = f"ch_{_channel(item)}"
        for word, start, end in timed_words(item.line.text, item.start, item.end):
            bare = word.rstrip(".,!?;:")
            items.append(
                {
                    "channel_label": label,
                    "start_time": f"{start:.2f}",
                    "end_time": f"{end:.2f}",
                    "alternatives": [{"confidence": "0.90", "content": bare}],
                    "type": "pronunciation",
                }
            )
            if bare != word:
                mark = {"confidence": "0.0", "content": word[len(bare) :]}
                items.append({"channel_label": label, "alternatives": [mark], "type": "punctuation"})
    channels = [
        {"channel_label": label, "items": [entry for entry in items if entry["channel_label"] == label]}
        for label in ("ch_0", "ch_1")
    ]
    results = {
        "language_code": AWS_LANGUAGES[script.language],
        "transcripts": [{"transcript": " ".join(item.line.text for item in placed)}],
        "channel_labels": {"channels": channels, "number_of_channels": 2},
        "items": items,
    }
    return _json({"jobName": f"demo-{script.id}", "results": results, "status": "COMPLETED"})


def vtt(script: Script, placed: Sequence[Placed], seconds: float) -> str:
    """WebVTT with voice tags."""
    cues = [
        f"{_stamp(item.start, '.')} --> {_stamp(item.end, '.')}\n<v {_speaker(script, item)}>{item.line.text}</v>\n"
        for item in placed
    ]
    return "WEBVTT\n\n" + "\n".join(cues)


def srt(script: Script, placed: Sequence[Placed], seconds: float) -> str:
    """SubRip with the speaker before a colon."""
    cues = [
        f"{number}\n{_stamp(item.start, ',')} --> {_stamp(item.end, ',')}\n{_speaker(script, item)}: {item.line.text}\n"
        for number, item in enumerate(placed, start=1)
    ]
    return "\n".join(cues)


def contract(script: Script, placed: Sequence[Placed], seconds: float) -> str:
    """The product's own transcript JSON, schema 1."""
    turns = [
        {
            "role": item.line.role,
            "role_confidence": 1.0,
            "channel": _channel(item),
            "start": round(item.start, 2),
            "end": round(item.end, 2),
            "text": item.line.text,
            "words": [
                {"text": word, "start": start, "end": end, "confidence": 0.9}
                for word, start, end in timed_words(item.line.text, item.start, item.end)
            ],
        }
        for item in placed
    ]
    return _json(
        {
            "schema": 1,
            "language": script.language,
            "engine": "imported",
            "model": None,
            "duration": round(seconds, 2),
            "draft": False,
            "quality": {"channels": 2, "rate": RATE},
            "removed": [],
            "turns": turns,
        }
    )


SHAPES: Final[dict[str, tuple[str, Callable[[Script, Sequence[Placed], float], str]]]] = {
    "whisperx": (".whisperx.json", whisperx),
    "aws": (".aws.json", aws),
    "contract": (".transcript.json", contract),
    "vtt": (".vtt", vtt),
    "srt": (".srt", srt),
}


def _channel(item: Placed) -> int:
    return 0 if item.line.role == "rep" else 1


def _speaker(script: Script, item: Placed) -> str:
    return LABELS[script.language][_channel(item)]


def _stamp(seconds: float, mark: str) -> str:
    thousandths = round(seconds * 1000)
    minutes, rest = divmod(thousandths, 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest // 1000:02d}{mark}{rest % 1000:03d}"


def _json(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n"
