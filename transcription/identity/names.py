"""Finds names: those known beforehand, given names wherever they stand, and whatever somebody is introduced by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from transcription.identity.asian_names import find_chinese, find_korean
from transcription.identity.tokens import WORD, Token, cased_turns, read_tokens
from transcription.identity.words import NameWords, fold, name_words, stem
from transcription.redaction.types import Place
from transcription.transcript import Turn

_CYRILLIC: Final = re.compile(r"[а-яё]", re.IGNORECASE)
_SPACELESS: Final = re.compile(r"[\u3400-\u9fff\uac00-\ud7a3]")
_PATRONYMIC: Final = re.compile(r"[а-яё]{2,}(?:ович|евич|ьич|овн|евн|иничн|ичн)(?:а|у|ем|ом|е|ой|ы|)", re.IGNORECASE)

# What a name follows for sure: a word behind it is one, unless it is a small word.
_TOLD: Final = re.compile(
    r"(?:\bmy name(?:['’]s| is| was)?|\b(?:first|last|full|sur)\s?name(?:['’]s| is)?|\bname(?:['’]s| is)|\bcall me"
    r"|\b(?:mr|mrs|ms|miss|mister|missus|dr|doctor|sir|madam)\b\.?"
    r"|меня зовут|(?:его|её|ее|вас|тебя) зовут|\bзовут|\bимя|\bфамилия|\bгоспо(?:дин|жа|дина|же|жу|жи|дину)\b"
    r"|это говорит|\bвас беспокоит)[\s,:]+",
    re.IGNORECASE,
)
# What a name may follow: only where it is written as one, or is a known given name.
_MAYBE: Final = re.compile(
    r"(?:\bthis is|\bi am|\bi['’]m|\bit['’]s|\bspeaking (?:to|with)|\b(?:speak|talk) (?:to|with)|\bask for|\bhere is"
    r"|\bhi|\bhello|\bhey|\bthanks|\bthank you|\bdear|\bэто|\bс вами|здравствуйте|добрый день|спасибо)[\s,:]+",
    re.IGNORECASE,
)


def find_names(turns: Sequence[Turn], people: Sequence[str] = (), companies: Sequence[Place] = ()) -> list[Place]:
    """Places of names. What is learned in one turn (somebody's surname) is found in all the others too.

    Nothing is learned from `companies`, the places where a company is named: a firm that introduces itself by an
    everyday word ("this is Point") must not hide that word wherever else it is said.
    """
    words = name_words()
    whole = _phrases(people)
    known = _single(people, words)
    tokens = [read_tokens(turn.text) for turn in turns]
    cased = cased_turns(tokens)
    introduced = [
        _introduced(turn.text, of_turn, cased[number], words, [p for p in companies if p.turn == number])
        for number, (turn, of_turn) in enumerate(zip(turns, tokens, strict=True))
    ]
    for of_turn, found in zip(tokens, introduced, strict=True):
        known |= {of_turn[n].folded for n in found if of_turn[n].folded not in words.also_words}
    stems = {stem(name) for name in known if _CYRILLIC.search(name) and len(name) > 3}
    places: list[Place] = []
    for number, turn in enumerate(turns):
        of_turn = tokens[number]
        hit = set(introduced[number])
        for n, token in enumerate(of_turn):
            if (
                token.folded in known
                or (token.folded not in words.small and any(words.is_form_of(token.folded, of) for of in stems))
                or _given(token, words, cased[number])
            ):
                hit.add(n)
        hit |= _beside(of_turn, hit, turn.text, cased[number], words)
        places += _joined(number, of_turn, hit, turn.text)
        places += [Place(number, *match.span(), "name") for pattern in whole for match in pattern.finditer(turn.text)]
        if _SPACELESS.search(turn.text):
            spans = (*find_korean(turn.text, words), *find_chinese(turn.text, words), *_spaceless(turn.text, people))
            places += [Place(number, start, end, "name") for start, end in spans]
    return _repeated(places, turns)


def _single(names: Sequence[str], words: NameWords) -> set[str]:
    """The single words of known names that are no everyday words."""
    parts = {fold(word) for name in names for word in WORD.findall(name)}
    return {part for part in parts if len(part) > 1 and part not in words.also_words | words.legal | words.small}


def _phrases(names: Sequence[str]) -> list[re.Pattern[str]]:
    """Known names of several words, whole: this finds those whose words are everyday words, too."""
    found = []
    for name in dict.fromkeys(names):
        parts = [part for part in WORD.findall(name) if fold(part) not in name_words().legal]
        if len(parts) > 1:
            joined = r"[\s,.&-]+".join(re.escape(part) for part in parts)
            found.append(re.compile(rf"(?<!\w){joined}(?!\w)", re.IGNORECASE))
    return found


def _given(token: Token, words: NameWords, cased: bool) -> bool:
    if token.folded in words.also_words or token.folded in words.small:  # "Вас" is no Vasya
        return False
    if _CYRILLIC.search(token.text):
        if _PATRONYMIC.fullmatch(token.text):
            return True
        return any(words.is_form_of(token.folded, of) for of in _stems_at(token.folded, words)) and (
            not cased or token.text[:1].isupper()
        )
    return token.folded in words.given and (not cased or token.text[:1].isupper())


def _stems_at(word: str, words: NameWords) -> Iterable[str]:
    return (word[:length] for length in range(max(2, len(word) - 3), len(word) + 1) if word[:length] in words.stems)


def _introduced(
    text: str, tokens: Sequence[Token], cased: bool, words: NameWords, companies: Sequence[Place]
) -> list[int]:
    """The words somebody is introduced or addressed by."""
    found: list[int] = []
    starts = {token.start: n for n, token in enumerate(tokens)}
    for pattern, sure in ((_TOLD, True), (_MAYBE, False)):
        for match in pattern.finditer(text):
            first = starts.get(match.end())
            if first is None:
                continue
            for n in range(first, min(first + 3, len(tokens))):
                token = tokens[n]
                apart = n > first and text[tokens[n - 1].end : token.start].strip()
                if apart or words.is_small(token.folded):
                    break
                if any(place.start <= token.start < place.end for place in companies):
                    break
                likely = token.text[:1].isupper() if cased else (sure and n < first + 2) or _given(token, words, cased)
                if not likely:
                    break
                found.append(n)
    return found


def _beside(tokens: Sequence[Token], hit: set[int], text: str, cased: bool, words: NameWords) -> set[int]:
    """Surnames: words with a capital right behind or before a name; everyday names beside a sure one."""
    more: set[int] = set()
    for n in sorted(hit):
        for other in (n + 1, n - 1):
            if not 0 <= other < len(tokens) or other in hit:
                continue
            low, high = sorted((n, other))
            if text[tokens[low].end : tokens[high].start].strip():
                continue
            token = tokens[other]
            if words.is_small(token.folded):
                continue
            if (cased and token.capital) or (not cased and other == n + 1 and token.folded in words.also_words):
                more.add(other)
    return more


def _joined(number: int, tokens: Sequence[Token], hit: set[int], text: str) -> list[Place]:
    """Neighbouring words of a name under one mask."""
    places: list[Place] = []
    last = -2
    for n in sorted(hit):
        token = tokens[n]
        if n == last + 1 and not text[tokens[last].end : token.start].strip(" -"):
            places[-1] = Place(number, places[-1].start, token.end, "name")
        else:
            places.append(Place(number, token.start, token.end, "name"))
        last = n
    return places


def _spaceless(text: str, people: Sequence[str]) -> list[tuple[int, int]]:
    """Known names in scripts whose particles are written on to them; a Korean given name also without its surname."""
    found = []
    for name in people:
        plain = re.sub(r"\s", "", name)
        if not _SPACELESS.search(plain) or len(plain) < 2:
            continue
        parts = [plain, plain[1:]] if len(plain) > 2 else [plain]
        for part in parts:
            found += [match.span() for match in re.finditer(re.escape(part), text)]
    return found


def _repeated(places: list[Place], turns: Sequence[Turn]) -> list[Place]:
    """Names in scripts without capitals that one turn gave away, wherever else they are said."""
    said = {turns[p.turn].text[p.start : p.end] for p in places}
    again = [name for name in said if _SPACELESS.search(name) and len(name) > 1]
    more = [
        Place(number, *match.span(), "name")
        for name in sorted(again)
        for number, turn in enumerate(turns)
        for match in re.finditer(re.escape(name), turn.text)
    ]
    return places + more
