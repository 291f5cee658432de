"""A conversation laid out for the detectors: tokens, numbers and announcements of every turn, and distances."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from transcription.redaction.atom import Atom
from transcription.redaction.atoms import read_atoms
from transcription.redaction.endings import ENDING, without_endings
from transcription.redaction.lexicon import Lexicon
from transcription.redaction.tokens import Token, cut_tokens
from transcription.redaction.types import Place
from transcription.transcript import Turn

WORD: Final = 2
"""What a word costs between two numbers that may belong together; a Han character is half a word."""

_OF_CARD: Final = 9
_NUMBER: Final = re.compile(r"\d| {2}")
"""Characters between "card" and the code or date that is the card's: enough for "on the back of the"."""

_WITH_NUMBER: Final = ("phone", "number", "mail", "other")
"""Topics whose words may reach into the number itself."""

_NUMERIC: Final = frozenset({"plain", "grouped", "scaled", "quantity", "code", "dated", "calendar"})
_LETTERS: Final = 2
"""Letters at most that stand by themselves within an order's number."""

_NEXT: Final = 8
"""Numbers behind an announcement among which its own is looked for."""

_MOST: Final = 24
"""Announcements looked at around a number, so that a text of nothing else stays quick."""

_REACH: Final = 10
"""Turns before a number in which something may announce it, and a few more."""

Position = tuple[int, int]
"""A turn's index and a character in it."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """Words that say which number comes ("card number", "по номеру", 유효기간, 订单号); `topic` is its class."""

    turn: int
    start: int
    end: int
    topic: str


@dataclass(frozen=True, slots=True)
class Number:
    """An atom in its turn, by its speaker; `load` counts what was said before it in the whole conversation."""

    turn: int
    speaker: tuple[str, str | None]
    atom: Atom
    load: int
    turns: int
    lead: int
    """What its turn said before it."""

    trail: int
    """What its turn says behind it."""

    @property
    def begin(self) -> Position:
        """Where it begins."""
        return self.turn, self.atom.start

    @property
    def close(self) -> Position:
        """Where it ends."""
        return self.turn, self.atom.end


@dataclass(slots=True)
class Conversation:
    """Everything the detectors look at. Positions are sorted, so looking around costs little."""

    tokens: list[list[Token]] = field(default_factory=list)
    numbers: list[Number] = field(default_factory=list)
    announcements: list[Announcement] = field(default_factory=list)
    masks: list[tuple[Position, str]] = field(default_factory=list)
    loads: list[list[int]] = field(default_factory=list)
    atoms: list[list[Atom]] = field(default_factory=list)
    speakers: list[tuple[str, str | None]] = field(default_factory=list)
    counted: set[Position] = field(default_factory=set)
    """Numbers that count, price or name something, noted when the segments are cut."""

    tallied: set[Position] = field(default_factory=set)
    """Numbers that say how many digits were dictated so far."""

    settled: dict[Position, Position] = field(default_factory=dict)
    """Where an order, a price or an ending that was announced got its number: the announcement's place, the number's
    end."""

    digits: list[str] = field(default_factory=list)
    """Per turn: all its digits, counts included."""

    substantial: list[int] = field(default_factory=list)
    """Per turn: how many turns before it said more than "yes", "go on" or digits."""

    def announced_between(self, first: Position, behind: Position) -> Sequence[Announcement]:
        """The last announcements that begin in [first, behind)."""
        low = bisect_left(self.announcements, first, key=_place)
        high = bisect_left(self.announcements, behind, key=_place)
        return self.announcements[max(low, high - _MOST) : high]

    def masked_between(self, first: Position, behind: Position) -> bool:
        """Whether something is masked already in [first, behind)."""
        low = bisect_left(self.masks, first, key=lambda m: m[0])
        return low < len(self.masks) and self.masks[low][0] < behind


def _place(announcement: Announcement) -> Position:
    return announcement.turn, announcement.start


Kept = dict[tuple[int, tuple[tuple[int, int, str], ...]], tuple[list[Token], list[Atom]]]
"""Tokens and numbers of turns by their index and what was masked in them, for when the turns are looked at again."""


def lay_tokens(turns: Sequence[Turn], lexicon: Lexicon, masked: Sequence[Place], kept: Kept) -> Conversation:
    """Tokens, numbers and speakers of the conversation, with `masked` places counting as masks already."""
    taken: dict[int, list[tuple[int, int, str]]] = {}
    for place in masked:
        taken.setdefault(place.turn, []).append((place.start, place.end, place.kind))
    conversation = Conversation()
    for index, turn in enumerate(turns):
        key = (index, tuple(sorted(taken.get(index, ()))))
        if key not in kept:
            tokens = cut_tokens(turn.text, key[1])
            kept[key] = tokens, read_atoms(turn.text, tokens, lexicon)
        conversation.tokens.append(kept[key][0])
        conversation.atoms.append(kept[key][1])
        conversation.speakers.append((turn.role, turn.speaker))
    return conversation


def lay_out(turns: Sequence[Turn], lexicon: Lexicon, masked: Sequence[Place], kept: Kept | None = None) -> Conversation:
    """The conversation with `masked` places counting as masks already."""
    conversation = lay_tokens(turns, lexicon, masked, {} if kept is None else kept)
    load = substantial = 0
    for index, near in enumerate(_near_numbers(conversation)):
        tokens, atoms, speaker = conversation.tokens[index], conversation.atoms[index], conversation.speakers[index]
        announced: list[Announcement] = []
        if near:
            shown = _shown(turns[index].text, tokens)
            announced = _without_card_of(_announcements(index, shown, lexicon), shown)
            atoms = _outside(atoms, [(a.start, a.end) for a in announced if a.topic not in _WITH_NUMBER])
            atoms = without_endings(tokens, atoms, [a.start for a in announced if a.topic == ENDING])
            announced = [a for a in announced if a.topic != ENDING]
            conversation.atoms[index] = atoms
        in_number = {
            at for atom in atoms if atom.sort not in ("quantity", "faint") for at in range(atom.first, atom.behind)
        }
        loads: list[int] = []
        before = load
        for at, token in enumerate(tokens):
            loads.append(load)
            if token.sort == "mask":
                conversation.masks.append(((index, token.start), token.text))
            elif at not in in_number and token.text not in lexicon.soft and not token.silent:
                load += 1 if token.sort == "han" else WORD
        conversation.digits.append("".join(atom.digits for atom in atoms if atom.sort not in ("prompt", "faint")))
        conversation.loads.append([*loads, load])
        conversation.substantial.append(substantial)
        conversation.numbers.extend(
            Number(index, speaker, a, loads[a.first], substantial, loads[a.first] - before, load - loads[a.first])
            for a in atoms
        )
        if any(a.topic == "one_time" for a in announced):
            # The code that was sent to a phone or an address is asked for, not the phone.
            announced = [a for a in announced if a.topic not in ("phone", "mail")]
        conversation.announcements.extend(_plainest(announced, conversation.announcements))
        substantial += load > before
    _settle(conversation)
    return conversation


def _near_numbers(conversation: Conversation) -> list[bool]:
    """Per turn: whether a number or a mask is near enough for what the turn announces to matter."""
    near = [False] * len(conversation.tokens)
    for index, (tokens, atoms) in enumerate(zip(conversation.tokens, conversation.atoms, strict=True)):
        if any(atom.digits for atom in atoms) or any(token.sort == "mask" for token in tokens):
            first = max(0, index - _REACH)
            near[first : index + 2] = [True] * (min(index + 2, len(near)) - first)
    return near


def _outside(atoms: Sequence[Atom], spans: Sequence[tuple[int, int]]) -> list[Atom]:
    """Without the "one" of "one-time code" and the "three" of "three digits on the back", which nobody dictates."""
    kept, passed = [], 0
    for atom in atoms:
        while passed < len(spans) and spans[passed][1] <= atom.start:
            passed += 1
        if passed == len(spans) or atom.start < spans[passed][0]:
            kept.append(atom)
    return kept


def _settle(conversation: Conversation) -> None:
    """Find the numbers that follow announced orders, prices and endings in their turn or the next."""
    for announcement in conversation.announcements:
        if announcement.topic not in ("other", "tail"):
            continue
        for turn in (announcement.turn, announcement.turn + 1):
            if turn >= len(conversation.atoms):
                break
            after = announcement.end if turn == announcement.turn else 0
            atoms = conversation.atoms[turn]
            first = bisect_left(atoms, after, key=lambda atom: atom.start)
            own = next((atom for atom in atoms[first : first + _NEXT] if atom.sort in _NUMERIC), None)
            if own is not None:
                conversation.settled[(announcement.turn, announcement.start)] = (
                    turn,
                    _run_end(conversation, turn, own),
                )
                break


def _run_end(conversation: Conversation, turn: int, first: Atom) -> int:
    """Where the numbers and letters end that stand right behind one another: "1Z 999 AA1 01 2345"."""
    tokens, atoms = conversation.tokens[turn], conversation.atoms[turn]
    last = first
    for atom in atoms[bisect_left(atoms, first.start, key=lambda atom: atom.start) + 1 :]:
        if any(not token.silent and len(token.text) > _LETTERS for token in tokens[last.behind : atom.first]):
            break
        last = atom
    return last.end


def _without_card_of(announced: list[Announcement], shown: str) -> list[Announcement]:
    """Without the card in "the card's expiry date", "срок действия карты", 카드 유효기간: no card number follows."""
    kept = []
    for n, announcement in enumerate(announced):
        around = [announced[m] for m in (n - 1, n + 1) if 0 <= m < len(announced)]
        near = any(
            other.topic in ("expiry", "code")
            and max(other.start - announcement.end, announcement.start - other.end) <= _OF_CARD
            # A number (or its blanked mask) between the two has answered the first.
            and not _NUMBER.search(shown, *sorted((announcement.start, announcement.end, other.start, other.end))[1:3])
            for other in around
        )
        if not (announcement.topic in ("card", "card_weak") and near):
            kept.append(announcement)
    return kept


def _plainest(announced: list[Announcement], before: list[Announcement]) -> list[Announcement]:
    """Without a bare "number" where it is said more plainly whose number, in this turn or just before."""
    plain = [a for a in announced if a.topic != "number"]
    recent = bool(before) and bool(announced) and announced[0].turn - before[-1].turn <= 2
    return plain if plain or (recent and before[-1].topic != "number") else announced


def _shown(text: str, tokens: Sequence[Token]) -> str:
    """The text in lower case with what is masked blanked out, each character in its place."""
    shown = text.lower()
    if len(shown) != len(text):  # a few letters change their length in lower case
        shown = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    parts: list[str] = []
    at = 0
    for token in tokens:
        if token.sort == "mask":
            parts += [shown[at : token.start], " " * (token.end - token.start)]
            at = token.end
    return "".join([*parts, shown[at:]])


def _announcements(index: int, text: str, lexicon: Lexicon) -> list[Announcement]:
    found = [
        Announcement(index, match.start(), match.end(), topic)
        for topic, pattern in lexicon.announce
        for match in pattern.finditer(text)
        if match.end() > match.start()
    ]
    # Of announcements that lie in one another only the longest counts: "order number" is no "number".
    found.sort(key=lambda a: (a.start, -a.end))
    kept: list[Announcement] = []
    for announcement in found:
        if kept and announcement.end <= kept[-1].end and announcement.start >= kept[-1].start:
            same = (announcement.start, announcement.end) == (kept[-1].start, kept[-1].end)
            if not same or announcement.topic.endswith("_weak"):
                continue
        kept.append(announcement)
    # "The first four" announces nothing by itself, and hides what would: "four digits" is said of a code.
    return [announcement for announcement in kept if announcement.topic != "part"]
