"""The measures of a call's talk as the page lists them: value, what guides call usual, and the seconds behind each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from web.reading.episodes import EpisodeRow
from web.reading.timeline import find_talk_over

Unit = Literal["share", "seconds", "count", "per_minute"]

GUIDES: Final[Mapping[str, tuple[float, float]]] = {
    "talk_ratio": (0.43, 0.43),
    "questions": (11, 14),
    "objection_pause": (1.5, 1.5),
}
"""What published guides call usual (from, to): correlations of vendors, so guidance and never a target."""

_SYLLABLE: Final = re.compile(r"[\uac00-\ud7a3\u4e00-\u9fff\u3400-\u4dbf]")
_SHORTEST: Final = 1.0  # seconds of talk from which a pace can be told


@dataclass(frozen=True, slots=True)
class MeasureSpan:
    """One stretch (seconds) behind a measure; `lane` is who is heard, `kind` what it is, `quote` what is said."""

    start: float | None
    end: float | None
    lane: str = ""
    kind: str = ""
    quote: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureRow:
    """One measure; `value` None is "not available". `second` is its companion figure: a total, a part."""

    name: str
    unit: Unit
    value: float | None
    digits: int = 0
    second: float | None = None
    rate: float | None = None  # per minute
    guide: tuple[float, float] | None = None
    spans: tuple[MeasureSpan, ...] = ()

    @property
    def drawn(self) -> bool:
        """Whether there is anything of it to draw on the player."""
        return any(span.start is not None for span in self.spans)


def read_measures(
    assessment: Mapping[str, Any], transcript: Mapping[str, Any], episodes: Sequence[EpisodeRow]
) -> tuple[MeasureRow, ...]:
    """Every measure in the order of the page; none when the call was not judged."""
    if not assessment:
        return ()
    metrics = assessment.get("metrics") or {}
    spans = metrics.get("spans") or {}
    duration = transcript.get("duration") or 0.0
    return tuple(_rows(metrics, spans, transcript.get("turns") or [], duration, episodes, transcript.get("language")))


def _rows(
    metrics: Mapping[str, Any],
    spans: Mapping[str, Any],
    turns: Sequence[Mapping[str, Any]],
    duration: float,
    episodes: Sequence[EpisodeRow],
    language: Any,
) -> Iterator[MeasureRow]:
    yield MeasureRow(name="talk_ratio", unit="share", value=metrics.get("talk_ratio"), guide=GUIDES["talk_ratio"])
    longest = spans.get("longest_monologue")
    yield MeasureRow(
        name="longest_monologue",
        unit="seconds",
        value=metrics.get("longest_monologue"),
        spans=_plain([longest] if longest else [], "rep"),
    )
    yield MeasureRow(
        name="patience",
        unit="seconds",
        digits=1,
        value=metrics.get("patience_median"),
        second=metrics.get("patience_p90"),
        spans=_plain(spans.get("patience") or []),
    )
    yield _objection_pause(episodes)
    yield MeasureRow(
        name="interruptions",
        unit="count",
        value=metrics.get("interruptions"),
        spans=tuple(
            MeasureSpan(s["start"], s["end"], s["by"], f"by_{s['by']}") for s in spans.get("interruptions") or []
        ),
    )
    timed = metrics.get("dead_air") is not None
    over = tuple(MeasureSpan(start, end) for start, end in find_talk_over(turns)) if timed else ()
    yield MeasureRow(
        name="talk_over",
        unit="count",
        value=len(over) if timed else None,
        second=_total(over) if over else None,
        spans=over,
    )
    silent = _plain(metrics.get("dead_air") or [])
    yield MeasureRow(
        name="dead_air",
        unit="count",
        value=len(silent) if timed else None,
        second=_total(silent) if silent else None,
        spans=silent,
    )
    yield _questions(metrics, spans.get("questions") or [], duration)
    yield MeasureRow(name="pace_rep", unit="per_minute", value=metrics.get("pace_rep"))
    yield MeasureRow(name="pace_client", unit="per_minute", value=metrics.get("pace_client"))
    yield _pace_after(episodes, turns, metrics.get("pace_rep"), str(language or ""))
    yield MeasureRow(name="interactivity", unit="per_minute", digits=1, value=metrics.get("interactivity"))


def _plain(items: Sequence[Mapping[str, Any]], lane: str = "") -> tuple[MeasureSpan, ...]:
    return tuple(MeasureSpan(item["start"], item["end"], lane) for item in items)


def _total(spans: Sequence[MeasureSpan]) -> float:
    return sum((span.end or 0.0) - (span.start or 0.0) for span in spans)


def _objection_pause(episodes: Sequence[EpisodeRow]) -> MeasureRow:
    waits = [episode.latency for episode in episodes if episode.latency is not None]
    return MeasureRow(
        name="objection_pause",
        unit="seconds",
        digits=1,
        value=sum(waits) / len(waits) if waits else None,
        guide=GUIDES["objection_pause"],
        spans=tuple(MeasureSpan(*episode.pause) for episode in episodes if episode.pause is not None),
    )


def _questions(metrics: Mapping[str, Any], asked: Sequence[Mapping[str, Any]], duration: float) -> MeasureRow:
    count = metrics.get("questions")
    return MeasureRow(
        name="questions",
        unit="count",
        value=count,
        rate=count / duration * 60 if count and duration else None,
        second=metrics.get("open_questions"),
        guide=GUIDES["questions"],
        spans=tuple(
            MeasureSpan(q["start"], q["end"], "rep", "open" if q["open"] else "closed", " ".join(q["quote"].split()))
            for q in asked
        ),
    )


def _pace_after(
    episodes: Sequence[EpisodeRow], turns: Sequence[Mapping[str, Any]], usual: float | None, language: str
) -> MeasureRow:
    """How much faster (+) or slower (-) than in the whole call the rep speaks in the turns that answer objections."""
    count, talk, spans = 0, 0.0, []
    numbers = {episode.response.turn for episode in episodes if episode.response and episode.response.turn is not None}
    for turn in (turns[n] for n in sorted(numbers) if n < len(turns)):
        start, end, text = turn.get("start"), turn.get("end"), str(turn.get("text") or "")
        if start is None or end is None:
            continue
        count += len(_SYLLABLE.findall(text)) if language[:2] in ("ko", "zh") else len(text.split())
        talk += end - start
        spans.append(MeasureSpan(start, end, "rep"))
    known = usual and talk >= _SHORTEST and count
    return MeasureRow(
        name="pace_after_objection",
        unit="share",
        value=count / talk * 60 / usual - 1 if usual and known else None,
        spans=tuple(spans),
    )
