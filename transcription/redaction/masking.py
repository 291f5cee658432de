"""Puts masks over private places in text and words, and takes them off again exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from transcription.redaction.types import MASKS, Original, Place, Redacted
from transcription.redaction.wordspans import align_words
from transcription.transcript import Redaction, Removal, Transcript, Turn, Word


def mask(transcript: Transcript, places: Sequence[Place]) -> Redacted:
    """The transcript with every place replaced by its mask; places of a turn must be sorted and apart."""
    by_turn: dict[int, list[Place]] = {}
    for place in places:
        by_turn.setdefault(place.turn, []).append(place)
    turns = list(transcript.turns)
    originals: list[Original] = []
    for number in sorted(by_turn):
        turns[number], hidden = _mask_turn(turns[number], by_turn[number])
        originals.extend(hidden)
    made = tuple(Redaction(o.kind, o.turn, o.start, o.end) for o in originals)
    masked = replace(transcript, turns=tuple(turns), redactions=transcript.redactions + made)
    return Redacted(masked, tuple(originals))


def mask_removed(transcript: Transcript, found: Sequence[Sequence[Place]]) -> Redacted:
    """The transcript with the places of each removed piece masked; their originals count turns from -1 down."""
    removed = list(transcript.removed)
    originals: list[Original] = []
    for number, places in enumerate(found):
        turn, hidden = _mask_turn(_as_turn(removed[number]), places)
        removed[number] = replace(removed[number], text=turn.text)
        originals.extend(replace(original, turn=-1 - number) for original in hidden)
    return Redacted(replace(transcript, removed=tuple(removed)), tuple(originals))


def mask_text(text: str, places: Sequence[Place]) -> str:
    """Free text with its places masked."""
    return _mask_turn(Turn("system", text), places)[0].text


def restore(transcript: Transcript, originals: Sequence[Original]) -> Transcript:
    """The transcript with the originals back in place of their masks.

    A mask that is no longer where it was made (the turn was corrected by hand) is left alone, and so is its entry
    in `redactions`.
    """
    turns = list(transcript.turns)
    removed = list(transcript.removed)
    kept = list(transcript.redactions)
    for original in sorted(originals, key=lambda o: (o.turn, o.offset), reverse=True):
        if not -len(removed) <= original.turn < len(turns):
            continue
        of_removed = original.turn < 0
        turn = _as_turn(removed[-1 - original.turn]) if of_removed else turns[original.turn]
        marker, at = MASKS[original.kind], original.offset
        if turn.text[at : at + len(marker)] != marker:
            continue
        words = list(turn.words)
        first, behind = original.first_word, original.first_word + original.word_count
        if original.word_count and any("[" in word.text for word in words[first:behind]):
            words[first:behind] = original.words
        text = turn.text[:at] + original.text + turn.text[at + len(marker) :]
        if of_removed:
            removed[-1 - original.turn] = replace(removed[-1 - original.turn], text=text)
            continue
        turns[original.turn] = replace(turn, text=text, words=tuple(words))
        _drop_last(kept, Redaction(original.kind, original.turn, original.start, original.end))
    return replace(transcript, turns=tuple(turns), redactions=tuple(kept), removed=tuple(removed))


def _as_turn(removal: Removal) -> Turn:
    return Turn("system", removal.text, removal.start, removal.end)


def _drop_last(redactions: list[Redaction], wanted: Redaction) -> None:
    for index in range(len(redactions) - 1, -1, -1):
        if redactions[index] == wanted:
            del redactions[index]
            return


@dataclass(slots=True)
class _Group:
    """Neighbouring words that change together, because a mask covers them or two masks share one of them."""

    first: int
    behind: int
    places: list[Place]


def _mask_turn(turn: Turn, places: Sequence[Place]) -> tuple[Turn, list[Original]]:
    spans = align_words(turn)
    words: list[Word] = []
    carried: dict[Place, tuple[int, int, tuple[Word, ...]]] = {}
    times: dict[Place, tuple[float | None, float | None]] = {}
    done = 0
    for group in _groups(spans, places):
        words.extend(turn.words[done : group.first])
        first = len(words)
        words.extend(_mask_words(turn, spans, group, times))
        carried[group.places[0]] = (first, len(words) - first, turn.words[group.first : group.behind])
        done = group.behind
    words.extend(turn.words[done:])
    pieces: list[str] = []
    originals: list[Original] = []
    length = at = 0
    for place in places:
        before, marker = turn.text[at : place.start], MASKS[place.kind]
        pieces += [before, marker]
        first, count, hidden = carried.get(place, (0, 0, ()))
        start, end = times.get(place) or _by_share(turn.start, turn.end, len(turn.text), place.start, place.end)
        offset = length + len(before)
        text = turn.text[place.start : place.end]
        originals.append(Original(place.turn, place.kind, start, end, text, hidden, offset, first, count))
        length, at = offset + len(marker), place.end
    pieces.append(turn.text[at:])
    return replace(turn, text="".join(pieces), words=tuple(words)), originals


def _groups(spans: Sequence[tuple[int, int]], places: Sequence[Place]) -> list[_Group]:
    groups: list[_Group] = []
    index = 0
    for place in places:
        while index < len(spans) and spans[index][1] <= place.start:
            index += 1
        behind = index
        while behind < len(spans) and spans[behind][0] < place.end:
            behind += 1
        if behind == index:
            continue
        if groups and index < groups[-1].behind:
            groups[-1].behind = max(groups[-1].behind, behind)
            groups[-1].places.append(place)
        else:
            groups.append(_Group(index, behind, [place]))
    return groups


def _mask_words(
    turn: Turn,
    spans: Sequence[tuple[int, int]],
    group: _Group,
    times: dict[Place, tuple[float | None, float | None]],
) -> list[Word]:
    """The group's words with masks for the covered characters; a half-covered word is cut by character share."""
    hidden = turn.words[group.first : group.behind]
    begin, close = spans[group.first][0], max(spans[n][1] for n in range(group.first, group.behind))
    confidence = min((w.confidence for w in hidden if w.confidence is not None), default=None)
    parts: list[tuple[Place | None, int, int]] = []
    at = begin
    for place in group.places:
        parts += [(None, at, place.start), (place, max(place.start, begin), min(place.end, close))]
        at = place.end
    parts.append((None, at, close))
    made: list[Word] = []
    loose = ""
    for part, start, end in parts:
        text = turn.text[start:end].strip() if part is None and end > start else ""
        if part is None and not any(c.isalnum() for c in text):
            # Punctuation stays with the mask before it, or waits for the one behind it.
            if made and text:
                made[-1] = replace(made[-1], text=made[-1].text + text)
            else:
                loose += text
            continue
        first, last = _time_at(turn, spans, group, start, False), _time_at(turn, spans, group, end, True)
        if part is not None:
            times[part] = (first, last)
            text = MASKS[part.kind]
        made.append(Word(loose + text, first, last, confidence))
        loose = ""
    return made


def _time_at(turn: Turn, spans: Sequence[tuple[int, int]], group: _Group, position: int, closing: bool) -> float | None:
    """Seconds at a character: inside a word by its share of the word's characters.

    A word without times falls back on the nearest timed word of the group, then on the turn's share.
    """
    order = range(group.first, group.behind)
    for n in reversed(order) if closing else order:
        start, end = spans[n]
        word = turn.words[n]
        touches = start < position if closing else position < end
        if touches and word.start is not None and word.end is not None:
            # Punctuation takes no time: the digits of "4242," fill the whole word.
            spoken = [at for at in range(start, end) if turn.text[at].isalnum()]
            before = sum(at < position for at in spoken)
            return _by_share(word.start, word.end, len(spoken), before, before)[0]
    return _by_share(turn.start, turn.end, len(turn.text), position, position)[0]


def _by_share(
    start: float | None, end: float | None, length: int, first: int, last: int
) -> tuple[float | None, float | None]:
    if start is None or end is None:
        return None, None
    step = (end - start) / max(length, 1)
    low, high = (min(max(at, 0), length) for at in (first, last))
    return round(start + low * step, 2), round(start + high * step, 2)
