"""E-mail addresses, written ("a.b@c.com") or spoken ("john dot smith at gmail dot com", собака, 골뱅이, 艾特)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from transcription.redaction.conversation import Conversation
from transcription.redaction.lexicon import Lexicon, MailWords
from transcription.redaction.mail_words import leads_to_a_site, without_aids
from transcription.redaction.tokens import Token
from transcription.redaction.types import Place
from transcription.transcript import Turn

_WRITTEN: Final = re.compile(
    r"[A-Za-z0-9\u0400-\u04ff._%+-]{1,64}@[A-Za-z0-9\u0400-\u04ff-]{1,63}(?:\.[A-Za-z0-9\u0400-\u04ff-]{1,63}){1,4}"
)
_LOCAL_TOKENS: Final = 24
_PLAIN_WORDS: Final = 2
"""Words in a row, with no sign between them, that one side of an address may have ("john smith at ...")."""

_HAN_LOCAL: Final = 4
_BACK: Final = 4
"""Turns to look back for the part before the at, and forward for an echo."""

_ECHO: Final = 60
"""Tokens around an address, and at the beginning of a turn, in which it is looked for again."""

_OPENING: Final = 8
_WORDY: Final = frozenset({"latin", "cyrillic", "hangul", "num", "han"})
_PLAIN_AT: Final = frozenset({"at", "эт"})
"""Words for the at that mean something else as well, so a whole domain must follow them."""


def find_written(turns: Sequence[Turn]) -> list[Place]:
    """Addresses in their written form."""
    return [
        Place(index, match.start(), match.end(), "email")
        for index, turn in enumerate(turns)
        for match in _WRITTEN.finditer(turn.text)
    ]


def find_spoken(conversation: Conversation, lexicon: Lexicon) -> list[Place]:
    """Addresses spoken in words, over neighbouring turns of one speaker, and their repetition by the other."""
    found: list[Place] = []
    conversation = without_aids(conversation, lexicon)
    for turn, tokens in enumerate(conversation.tokens):
        at = 0
        while at < len(tokens):
            width = _at_word(tokens, at, lexicon.mail)
            behind = _domain(tokens, at + width, lexicon, tokens[at].text in _PLAIN_AT) if width else 0
            if not behind:
                found.extend(_parted(conversation, turn, at, width, lexicon))
                at += 1
                continue
            first, before = _local(conversation, turn, at, lexicon)
            plain = tokens[at].text in _PLAIN_AT and width == 1
            short = plain and behind < at + width + 3
            bare = 0 < at == first and behind == at + width + 1  # "у нас собака яндекс показывает"
            site = plain and leads_to_a_site(conversation, turn, first, at, behind, lexicon)
            if before is None and (site or (first == at and (short or bare))):
                at += 1
                continue
            found.append(Place(turn, tokens[first].start, _ended(tokens[behind - 1], lexicon.mail), "email"))
            pieces = [(turn, first, at), (turn, at, behind)]
            if before is not None:
                found.append(_place(conversation, *before))
                pieces.append(before)
            found.extend(_echoes(conversation, turn, pieces, lexicon))
            at = behind
    return _apart(found)


def _parted(conversation: Conversation, turn: int, at: int, width: int, lexicon: Lexicon) -> list[Place]:
    """An address whose turn ends with the at, and its domain at the beginning of the same person's next turn."""
    tokens = conversation.tokens[turn]
    if not width or not all(token.silent for token in tokens[at + width :]):
        return []
    first, _ = _local(conversation, turn, at, lexicon)
    if first == at:
        return []
    for later in range(turn + 1, min(turn + 1 + _BACK, len(conversation.tokens))):
        if conversation.speakers[later] == conversation.speakers[turn]:
            if not (behind := _domain(conversation.tokens[later], 0, lexicon, True)):
                return []
            return [_place(conversation, turn, first, at + width), _place(conversation, later, 0, behind)]
    return []


def _place(conversation: Conversation, turn: int, first: int, behind: int) -> Place:
    tokens = conversation.tokens[turn]
    return Place(turn, tokens[first].start, tokens[behind - 1].end, "email")


def _at_word(tokens: Sequence[Token], at: int, mail: MailWords) -> int:
    """How many tokens say the at here, 0 when none does."""
    for width in (3, 2, 1):
        joined = "".join(token.text for token in tokens[at : at + width]) if at + width <= len(tokens) else ""
        if joined in mail.at and (width == 1 or all(t.sort in ("han", "latin") for t in tokens[at : at + width])):
            return width
    return 0


def _is(tokens: Sequence[Token], at: int, words: Iterable[str]) -> bool:
    return at < len(tokens) and (tokens[at].text in words or tokens[at].text == ".")


def _domain(tokens: Sequence[Token], at: int, lexicon: Lexicon, whole: bool) -> int:
    """The token behind a domain that begins at `at`, 0 when there is none. `whole`: a dot and an end must be said."""
    mail = lexicon.mail
    if at >= len(tokens) or tokens[at].sort not in _WORDY:
        return 0
    host = _starts(tokens, at, mail.hosts)
    behind = at + host
    if not host:
        while behind < len(tokens) and behind < at + 12 and not _is(tokens, behind, mail.dot):
            if tokens[behind].sort not in _WORDY and tokens[behind].text not in "-_":
                break
            if tokens[behind].sort == "hangul" and _end_within(tokens[behind], mail):
                return behind + 1
            behind += 1
    if not host and not _is(tokens, behind, mail.dot):
        return 0
    ended = behind
    dotted = False
    while _is(tokens, ended, mail.dot) and ended + 1 < len(tokens):
        width = _starts(tokens, ended + 1, mail.ends) or _end_within(tokens[ended + 1], mail)
        short = tokens[ended + 1].sort in ("latin", "cyrillic") and len(tokens[ended + 1].text) <= 4
        if not width and not (short and dotted is False and not whole):
            break
        ended += 1 + max(width, 1)
        dotted = True
    if dotted:
        return ended
    if not host:
        return 0
    spoken_end = _starts(tokens, behind, mail.ends) or (
        _end_within(tokens[behind], mail) if behind < len(tokens) else 0
    )
    return behind + spoken_end if spoken_end or not whole or tokens[at].text in ("gmail", "hotmail", "yahoo") else 0


def _starts(tokens: Sequence[Token], at: int, words: frozenset[str]) -> int:
    """How many tokens at `at` make one of the words (Chinese words are several tokens)."""
    if at >= len(tokens):
        return 0
    for width in (4, 3, 2, 1):
        if at + width <= len(tokens) and "".join(t.text for t in tokens[at : at + width]) in words:
            return width
    return 0


def _end_within(token: Token, mail: MailWords) -> int:
    """1 when a Korean word begins with a domain's end and goes on with an ending: 컴이요, 닷컴입니다."""
    return int(token.sort == "hangul" and _end_length(token, mail) > 0)


def _end_length(token: Token, mail: MailWords) -> int:
    for end in sorted(mail.ends, key=lambda word: (-len(word), word)):
        if end in token.text and (token.text.startswith(end) or "닷" in token.text or "점" in token.text):
            return token.text.index(end) + len(end)
    return 0


def _ended(token: Token, mail: MailWords) -> int:
    """Where the address ends in its last token, whose ending stays readable."""
    length = _end_length(token, mail) if token.sort == "hangul" else 0
    return token.start + length if length else token.end


def _local(conversation: Conversation, turn: int, at: int, lexicon: Lexicon) -> tuple[int, tuple[int, int, int] | None]:
    """Where the part before the at begins in this turn, and its piece in an earlier turn of the same speaker."""
    first = _back(conversation.tokens[turn], at, lexicon)
    opening = first <= _OPENING and all(
        token.silent or token.text in lexicon.soft for token in conversation.tokens[turn][:first]
    )
    if not opening or (first < at and not _open_left(conversation.tokens[turn], first, lexicon)):
        return first, None
    for earlier in range(turn - 1, max(-1, turn - 1 - _BACK), -1):
        if conversation.speakers[earlier] != conversation.speakers[turn]:
            continue
        tokens = conversation.tokens[earlier]
        behind = len(tokens)
        while behind and tokens[behind - 1].silent:
            behind -= 1
        begin = _back(tokens, behind, lexicon)
        return first, (earlier, begin, behind) if begin < behind else None
    return first, None


def _open_left(tokens: Sequence[Token], first: int, lexicon: Lexicon) -> bool:
    return tokens[first].text in lexicon.mail.link or tokens[first].text in lexicon.mail.dot


def _back(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> int:
    """Where the local part that ends before token `at` begins."""
    mail = lexicon.mail
    first = at
    words = 0
    linked = True
    inside = 0
    for n in range(at - 1, max(-1, at - 1 - _LOCAL_TOKENS), -1):
        token = tokens[n]
        if inside:
            inside -= 1
            first = n
            continue
        inside = max(_ends(tokens, n, mail.link) - 1, 0) if token.sort == "han" else 0
        if inside:
            linked, words, first = True, 0, n
            continue
        sign = token.text in mail.link or token.text in ("_", "-", ".")
        if (sign and first < at) or token.text in ("нижнее", "подчеркивание"):
            if token.silent and n + 1 < len(tokens) and token.text == "." and tokens[n + 1].start > token.end:
                break
            linked, words = True, 0
        elif token.text == "," and first < at and _short(tokens[first]) and n and _short(tokens[n - 1]):
            continue
        elif (
            token.sort not in _WORDY
            or (token.text in mail.stop and not _spelled(tokens, n))
            or (token.sort == "hangul" and _korean_stop(token, mail))
        ):
            break
        else:
            plain = not _short(token) and token.sort != "num" and not _is_number(token, lexicon)
            words += int(plain and not linked) if token.sort != "han" else int(token.text not in lexicon.chinese)
            limit = _HAN_LOCAL if token.sort == "han" else _PLAIN_WORDS - 1
            if words > limit:
                break
            linked = False
        first = n
    while first < at and tokens[first].silent:
        first += 1
    return first


def _ends(tokens: Sequence[Token], at: int, words: frozenset[str]) -> int:
    """How many tokens that end with `at` make one of the words."""
    for width in (3, 2, 1):
        if at + 1 >= width and "".join(t.text for t in tokens[at + 1 - width : at + 1]) in words:
            return width
    return 0


def _is_number(token: Token, lexicon: Lexicon) -> bool:
    return any(token.text in t for t in (lexicon.digits, lexicon.teens, lexicon.tens, lexicon.hundreds, lexicon.near))


def _short(token: Token) -> bool:
    return len(token.text) == 1 and token.sort in ("latin", "cyrillic", "num")


def _spelled(tokens: Sequence[Token], n: int) -> bool:
    """A lone letter among spelled letters ("m a r i a"), which is no article."""
    beside = [tokens[m] for m in (n - 1, n + 1) if 0 <= m < len(tokens)]
    return _short(tokens[n]) and any(_short(token) for token in beside)


def _korean_stop(token: Token, mail: MailWords) -> bool:
    return any(len(stop) > 1 and token.text.startswith(stop) for stop in mail.stop) or token.text in mail.stop


def _echoes(
    conversation: Conversation, turn: int, pieces: Sequence[tuple[int, int, int]], lexicon: Lexicon
) -> list[Place]:
    """The same words said again near by."""
    wanted = []
    for index, first, behind in pieces:
        words = [t.text for t in conversation.tokens[index][first:behind] if not t.silent]
        telling = [w for w in words if w not in lexicon.mail.stop and w not in lexicon.mail.link and len(w) > 2]
        if telling or len(words) > 2:
            wanted.append(words)
    found: list[Place] = []
    middle = max(first for index, first, _ in pieces if index == turn)
    for index in range(max(0, turn - _BACK), min(len(conversation.tokens), turn + _BACK + 1)):
        low = max(0, middle - _ECHO) if index == turn else 0
        heard = [token for token in conversation.tokens[index][low : low + 2 * _ECHO] if not token.silent]
        for words in wanted:
            for start in range(len(heard) - len(words) + 1):
                if [token.text for token in heard[start : start + len(words)]] == words:
                    end = _ended(heard[start + len(words) - 1], lexicon.mail)
                    found.append(Place(index, heard[start].start, end, "email"))
    return found


def _apart(places: Sequence[Place]) -> list[Place]:
    """Places sorted, overlapping ones joined."""
    joined: list[Place] = []
    for place in sorted(set(places), key=lambda p: (p.turn, p.start, p.end)):
        last = joined[-1] if joined else None
        if last is not None and last.turn == place.turn and place.start <= last.end:
            joined[-1] = Place(last.turn, last.start, max(last.end, place.end), "email")
        else:
            joined.append(place)
    return joined
