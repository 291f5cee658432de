"""Finds the private places of a conversation: written forms first, then spoken addresses, then dictated numbers."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Final

from transcription.redaction.around_cards import find_around
from transcription.redaction.atom import Atom
from transcription.redaction.conversation import Conversation, Kept, Number, Position, lay_out, lay_tokens
from transcription.redaction.dictation import Segment, cut_segments
from transcription.redaction.emails import find_spoken, find_written
from transcription.redaction.judging import judge, remember_masks
from transcription.redaction.letters import find_letters
from transcription.redaction.lexicon import Lexicon, load_lexicon
from transcription.redaction.patterns import find_patterns
from transcription.redaction.scattered import find_scattered
from transcription.redaction.tokens import MASK_PATTERN, Token
from transcription.redaction.types import Place
from transcription.speech import primary_language
from transcription.transcript import RedactionKind, Turn

REGIONS: Final = {"en": ("US", "GB"), "ru": ("RU",), "ko": ("KR",), "zh": ("CN",)}
"""Countries whose phone numbers a call in a language is checked against."""

_KNOWN: Final = 6
"""Digits in a row of a number that is private already that make another mention of it private too."""

_LONG_ENOUGH: Final = 7


def find_private(turns: Sequence[Turn], language: str | None, *, taken: Sequence[Place] = ()) -> list[Place]:
    """Private places of all turns beside those `taken`, sorted and apart.

    Looks again after masking until nothing more is found, so that a masked text has nothing left to find.
    """
    lexicon = load_lexicon()
    regions = REGIONS.get(primary_language(language) or "", tuple(r for each in REGIONS.values() for r in each))
    places: list[Place] = []
    kept: Kept = {}
    tallied: set[Position] = set()
    while True:
        new = _look(turns, regions, lexicon, [*taken, *places], kept, tallied)
        if not new:
            return sorted(places, key=lambda p: (p.turn, p.start))
        places += new


def _look(
    turns: Sequence[Turn],
    regions: Sequence[str],
    lexicon: Lexicon,
    places: Sequence[Place],
    kept: Kept,
    tallied: set[Position],
) -> list[Place]:
    """What one look finds; `tallied` are places of numbers that only count digits, and takes up more of them."""
    new = _free([*find_written(turns), *find_patterns(turns)], turns, places)
    new += _free(find_spoken(lay_tokens(turns, lexicon, [*places, *new], kept), lexicon), turns, [*places, *new])
    conversation = lay_out(turns, lexicon, [*places, *new], kept)
    conversation.tallied = tallied
    new += _free(_numbers(conversation, turns, regions, lexicon), turns, [*places, *new])
    return new


def _free(found: Iterable[Place], turns: Sequence[Turn], taken: Sequence[Place]) -> list[Place]:
    """The found places that touch no place taken, no mask in the text and not one another."""
    busy: dict[int, list[tuple[int, int]]] = {}
    for place in taken:
        busy.setdefault(place.turn, []).append((place.start, place.end))
    by_turn: dict[int, list[Place]] = {}
    for place in found:
        by_turn.setdefault(place.turn, []).append(place)
    free: list[Place] = []
    for turn, places in sorted(by_turn.items()):
        masks = sorted([*(m.span() for m in MASK_PATTERN.finditer(turns[turn].text)), *busy.get(turn, [])])
        passed = behind = 0
        for place in sorted(places, key=lambda p: (p.start, -p.end)):
            while passed < len(masks) and masks[passed][1] <= place.start:
                passed += 1
            clear = passed == len(masks) or masks[passed][0] >= place.end
            if place.start < place.end and clear and place.start >= behind:
                behind = place.end
                free.append(place)
    return free


def _numbers(
    conversation: Conversation, turns: Sequence[Turn], regions: Sequence[str], lexicon: Lexicon
) -> list[Place]:
    memory = remember_masks(conversation)
    cards = [position[0] for position, kind in conversation.masks if kind == "card"]
    passed = 0
    found: list[Place] = []
    unknown: list[Segment] = []
    dictated: list[str] = []
    known: dict[str, RedactionKind] = {}
    for segment in cut_segments(conversation, memory.used):
        while passed < len(cards) and cards[passed] <= segment.begin[0]:
            memory.card_turn = max(memory.card_turn, cards[passed])
            passed += 1
        kind = judge(conversation, segment, memory, regions)
        if kind is None:
            unknown.append(segment)
            continue
        found.extend(_places(conversation, turns, segment.numbers, kind))
        if kind == "document":
            found.extend(find_letters(conversation, segment, lexicon))
        if kind in ("card", "card_code"):
            dictated.extend(segment.by_speaker())
        for digits in segment.by_speaker():
            if len(digits) >= _LONG_ENOUGH:
                known.update((digits[n : n + _KNOWN], kind) for n in range(len(digits) - _KNOWN + 1))
    for segment in unknown:
        digits = segment.by_speaker()[0]
        parts = [digits[n : n + _KNOWN] for n in range(len(digits) - _KNOWN + 1)]
        if parts and all(part in known for part in parts):
            found.extend(_places(conversation, turns, segment.numbers, known[parts[0]]))
    for numbers in find_scattered(conversation):
        found.extend(_places(conversation, turns, numbers, "card"))
        dictated.append("".join(number.atom.digits for number in numbers))
    found.extend(find_around(conversation, found, dictated, memory))
    return _joined(found)


def _places(
    conversation: Conversation, turns: Sequence[Turn], numbers: Sequence[Number], kind: RedactionKind
) -> list[Place]:
    """One place per turn that the numbers stand in, with what was said between them."""
    spans: dict[int, tuple[int, int]] = {}
    for number in numbers:
        if number.turn not in spans:
            spans[number.turn] = (
                _start(conversation.tokens[number.turn], conversation.atoms[number.turn], number.atom),
                number.atom.end,
            )
        start, end = spans[number.turn]
        spans[number.turn] = (min(start, number.atom.start), max(end, number.atom.end))
    places = []
    for turn, (start, end) in spans.items():
        text = turns[turn].text
        while start and text[start - 1] in "+(":
            start -= 1
        places.append(Place(turn, start, end, kind))
    return places


def _start(tokens: Sequence[Token], atoms: Sequence[Atom], first: Atom) -> int:
    """Where a value begins: the "4" of "the last 4 0 9 8 2" looks like "the last 4 digits" and may be its first."""
    at = bisect_left(atoms, first.start, key=lambda atom: atom.start)
    before = atoms[at - 1] if at else first
    leads = before.sort == "prompt" and len(before.digits) == len(first.digits) == 1
    leads = leads and all(token.silent for token in tokens[before.behind : first.first])
    return before.start if leads else first.start


def _joined(places: Iterable[Place]) -> list[Place]:
    """Sorted, with overlapping or all but touching places of one kind joined."""
    joined: list[Place] = []
    # One found twice as two kinds is what it was found as first: the order of a set would change from run to run.
    for place in sorted(dict.fromkeys(places), key=lambda p: (p.turn, p.start, p.end)):
        last = joined[-1] if joined else None
        if last is not None and last.turn == place.turn and last.kind == place.kind and place.start <= last.end + 2:
            joined[-1] = Place(last.turn, last.start, max(last.end, place.end), last.kind)
        else:
            joined.append(place)
    return joined
