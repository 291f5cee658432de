"""Fitting an old edit to a new transcript of the same call: by the words at that time, or not at all. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from review.services.corrections_types import Edit, Item
from review.services.corrections_words import join, opcodes, read_tokens, retime, rewrite, said, split, timed_tokens
from transcription.transcript import Turn

SAME_TIME: Final = 1.5
"""Seconds by which two engines may place the same word differently (the windows of one may begin in its middle)."""

SURE: Final = 0.7
"""Share of the time in which an old decision on who is who must speak for one role of the new transcript."""

_CANDIDATES: Final = ("rep", "client", "speaker_a", "speaker_b")


def fit(items: Sequence[Item], edit: Edit) -> Edit | None:
    """The edit as it would be made on these turns; None when the words it was about are not there."""
    if edit.kind == "roles":
        return _fit_roles(items, edit)
    run = _find_run(items, edit.before)
    if run is not None:
        made = _apply(edit, [items[n].turn for n in run])
        if made is not None:
            return _placed(items, edit, run, made)
    if edit.kind == "words":
        return _fit_words(items, edit)
    if edit.kind in ("split", "join"):  # the new transcript may be cut there by itself
        there = _find_run(items, edit.after)
        if there is not None and len(there) == len(edit.after):
            return _placed(items, edit, there, [items[n].turn for n in there])
    return None


def _placed(items: Sequence[Item], edit: Edit, run: range, made: Sequence[Turn]) -> Edit:
    return replace(edit, turn=run.start, before=tuple(items[n].turn for n in run), after=tuple(made))


def _apply(edit: Edit, turns: list[Turn]) -> list[Turn] | None:
    """What the edit makes of turns in which the same was said; None when it needs them cut as they were."""
    after = edit.after
    if edit.kind == "speaker" and after:
        who = after[0]
        return [
            replace(turn, role=who.role, speaker=who.speaker, role_confidence=who.role_confidence) for turn in turns
        ]
    if len(turns) != len(edit.before):
        return None
    if edit.kind == "words":
        return [rewrite(turns[0], after[0].text)]
    if edit.kind == "time" and after[0].start is not None and after[0].end is not None:
        return [retime(turns[0], after[0].start, after[0].end)]
    if edit.kind == "split":
        tokens = read_tokens(turns[0].text)
        cut = len(said(after[0].text))
        places = [token.start for token in tokens if token.folded]
        return list(split(turns[0], places[cut])) if 0 < cut < len(places) else None
    if edit.kind == "join":
        return [join(turns[0], turns[1])]
    return None


def _find_run(items: Sequence[Item], turns: Sequence[Turn]) -> range | None:
    """Neighbouring turns in which, at that time, exactly the same was said; the nearest in time of several."""
    wanted = tuple(word for turn in turns for word in said(turn.text))
    if not wanted:
        return None
    start = next((turn.start for turn in turns if turn.start is not None), None)
    found: list[tuple[float, range]] = []
    for first in range(len(items)):
        heard: tuple[str, ...] = ()
        last = first
        while last < len(items) and len(heard) < len(wanted):
            heard += said(items[last].turn.text)
            last += 1
        if heard != wanted:
            continue
        at = items[first].turn.start
        away = 0.0 if at is None or start is None else abs(at - start)
        if away <= SAME_TIME or _overlap(items[first:last], turns):
            found.append((away, range(first, last)))
    return min(found, key=lambda pair: (pair[0], pair[1].start))[1] if found else None


def _overlap(items: Sequence[Item], turns: Sequence[Turn]) -> bool:
    one, other = _reach([item.turn for item in items]), _reach(turns)
    return one is not None and other is not None and one[0] < other[1] and other[0] < one[1]


def _reach(turns: Sequence[Turn]) -> tuple[float, float] | None:
    starts = [turn.start for turn in turns if turn.start is not None]
    ends = [turn.end for turn in turns if turn.end is not None]
    return (min(starts), max(ends)) if starts and ends else None


def _fit_words(items: Sequence[Item], edit: Edit) -> Edit | None:
    """Each changed piece by itself, where its old words are said at its time; all pieces in one turn, or none."""
    old, new = edit.before[0], edit.after[0]
    pieces = [code for code in opcodes(old.text, new.text) if code[0] != "equal"]
    timed = timed_tokens(old)
    written = read_tokens(new.text)
    place: int | None = None
    standing = items
    for _, i1, i2, j1, j2 in pieces:
        at = timed[min(i1, len(timed) - 1)][1] if timed else None
        if at is None:
            return None
        before = [token.folded for token, _ in timed[i1:i2]]
        after = new.text[written[j1].start : written[j2 - 1].end] if j2 > j1 else ""
        around = (timed[i1 - 1][0].folded if i1 else None, timed[i2][0].folded if i2 < len(timed) else None)
        found = _find_piece(items, before, around, at, said(after))
        if found is None or place not in (None, found[0]):
            return None
        n, first, last, done = found
        place = n
        if not done:
            text = items[n].turn.text
            head, tail = text[:first], text[last:]
            if not after:
                head, tail = head.rstrip(), (" " if head.strip() and tail.strip() else "") + tail.lstrip()
            elif first == last:
                after = (" " if head and not head[-1].isspace() else "") + after
                after += " " if tail and not tail[0].isspace() else ""
            changed = replace(items[n], turn=rewrite(items[n].turn, head + after + tail))
            items = [*items[:n], changed, *items[n + 1 :]]
    return (
        None if place is None else replace(edit, turn=place, before=(standing[place].turn,), after=(items[place].turn,))
    )


def _find_piece(
    items: Sequence[Item], before: Sequence[str], around: tuple[str | None, str | None], at: float, after: Sequence[str]
) -> tuple[int, int, int, bool] | None:
    """Turn, first and last character of the old words at that time, and whether the new words stand there already."""
    found: list[tuple[int, float, tuple[int, int, int, bool]]] = []
    for n, item in enumerate(items):
        turn = item.turn
        if turn.start is not None and turn.end is not None and not turn.start - SAME_TIME <= at <= turn.end + SAME_TIME:
            continue
        tokens = timed_tokens(turn)
        folded = [token.folded for token, _ in tokens]
        for words, done in ((list(before), False), (list(after), True)):
            if done and not words:
                continue
            for first in range(len(tokens) + 1 - len(words)):
                last = first + len(words)
                if folded[first:last] != words:
                    continue
                second = tokens[min(first, len(tokens) - 1)][1]
                if second is None or abs(second - at) > SAME_TIME:
                    continue
                beside = (folded[first - 1] if first else None, folded[last] if last < len(folded) else None)
                alike = sum(a == b for a, b in zip(beside, around, strict=True))
                if not words and alike < 2:
                    continue  # nothing was there: only its neighbours say where
                if words:
                    span = tokens[first][0].start, tokens[last - 1][0].end
                else:
                    edge = tokens[first - 1][0].end if first else 0
                    span = edge, edge
                found.append((2 - alike + (3 if done else 0), abs(second - at), (n, *span, done)))
    return min(found)[2] if found else None


def _fit_roles(items: Sequence[Item], edit: Edit) -> Edit | None:
    """Who the new transcript's roles are, by who was heard when as the person had said."""
    tally: dict[str, dict[str, float]] = {}
    for item in items:
        turn = item.turn
        if turn.role not in _CANDIDATES or turn.speaker == "unknown" or turn.start is None or turn.end is None:
            continue
        for heard in edit.heard:
            shared = min(turn.end, heard.end) - max(turn.start, heard.start)
            if shared > 0:
                own = tally.setdefault(turn.role, {})
                own[heard.role] = own.get(heard.role, 0.0) + shared
    mapping: dict[str, str] = {}
    for role, own in tally.items():
        best = max(own, key=lambda name: (own[name], name))
        if own[best] < SURE * sum(own.values()):
            return None
        mapping[role] = best
    if not mapping or len(set(mapping.values())) != len(mapping):
        return None
    return replace(edit, roles=mapping)
