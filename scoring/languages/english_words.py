"""English words for matching, with their places in the raw text.

A contraction gives several tokens with one span ("I'll" -> i will). Sounds of hesitation and stammered repeats are left
out, so that "my uh my name is" still matches "my name is".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import snowballstemmer

from scoring.languages.base import PIECE, Sentence, Token, ends_sentence, mask_tokens
from scoring.wordlists import word_set

_CURRENCY: Final = {"$": "dollar", "€": "euro", "£": "pound", "¥": "yuan", "₽": "ruble", "₩": "won"}
_FILLERS: Final = word_set("uh um uhm er erm hm hmm mm mmm ah eh oh uhh umm")
_ABBREVIATIONS: Final = frozenset(["mr", "mrs", "ms", "dr", "st", "vs", "inc", "ltd", "approx", "etc", "no"]) - {"no"}
_ORDINAL_ENDINGS: Final = frozenset(("st", "nd", "rd", "th"))
_MAY_REPEAT: Final = frozenset(["bye", "no"])

# What a word stands for when it is short for several; the apostrophe may be missing in machine transcripts.
_SHORT: Final[Mapping[str, str]] = {
    "can't": "can not",
    "cannot": "can not",
    "won't": "will not",
    "shan't": "shall not",
    "ain't": "is not",
    "let's": "let us",
    "dont": "do not",
    "doesnt": "does not",
    "didnt": "did not",
    "cant": "can not",
    "wont": "will not",
    "isnt": "is not",
    "arent": "are not",
    "wasnt": "was not",
    "havent": "have not",
    "hasnt": "has not",
    "wouldnt": "would not",
    "couldnt": "could not",
    "shouldnt": "should not",
    "aint": "is not",
    "im": "i am",
    "ive": "i have",
    "youre": "you are",
    "youve": "you have",
    "youll": "you will",
    "weve": "we have",
    "theyre": "they are",
    "thats": "that is",
    "whats": "what is",
    "whos": "who is",
    "hows": "how is",
    "theres": "there is",
    "lets": "let us",
    "gonna": "going to",
    "wanna": "want to",
    "gotta": "got to",
    "lemme": "let me",
    "gimme": "give me",
    "kinda": "kind of",
    "dunno": "do not know",
    "y'all": "you all",
    "ok": "okay",
    "yep": "yes",
    "yup": "yes",
    "yeah": "yes",
    "yea": "yes",
    "nope": "no",
    "nah": "no",
    "alright": "all right",
    "followup": "follow up",
    "callback": "call back",
    "gotcha": "got you",
    "thankyou": "thank you",
    "everyone": "everybody",
    "anyone": "anybody",
    "someone": "somebody",
    "noone": "nobody",
    "hiya": "hi",
    "telephone": "phone",
    "telephones": "phones",
    "cos": "because",
    "cuz": "because",
    "emails": "email",
    "tomorrow's": "tomorrow",
}
_IS_AFTER: Final = word_set("it that what who he she there here where how when this everything nothing why")
_ENDINGS: Final = (("n't", "not"), ("'ll", "will"), ("'ve", "have"), ("'re", "are"), ("'m", "am"), ("'d", "would"))


@lru_cache(maxsize=1)
def _english() -> Any:
    return snowballstemmer.stemmer("english")


@lru_cache(maxsize=65536)
def stem_word(surface: str) -> str:
    """The Snowball stem of a normalised English word; the same on every machine."""
    return str(_english().stemWord(surface))


def split_sentences(text: str) -> tuple[Sentence, ...]:
    """The sentences of an English turn. Without punctuation the whole turn is one."""
    sentences: list[Sentence] = []
    tokens: list[Token] = []
    for match in PIECE.finditer(text):
        kind = match.lastgroup
        start, end = match.span()
        if kind == "word" and not match.group().isupper() and not (start and text[start - 1].isdigit()):
            for stem, surface in _words(match.group()):
                if _stammered(tokens, surface):
                    continue
                if surface == "mail" and tokens and tokens[-1].surface == "e":
                    start = tokens.pop().start
                    stem = surface = "email"
                tokens.append(Token(stem, surface, start, end))
                if _restarted(tokens):
                    del tokens[-2:]
            continue
        if kind == "end":
            mark = match.group()
            if ends_sentence(text, match.end(), mark, tokens[-1].surface if tokens else "", _ABBREVIATIONS) and tokens:
                sentences.append(Sentence(tuple(tokens), "?" in mark or "？" in mark, ended=True))
                tokens = []
            continue
        for stem, surface in _tokens_of(text, match, kind):
            if kind != "word" or not _stammered(tokens, surface):
                tokens.append(Token(stem, surface, start, end))
    if tokens:
        sentences.append(Sentence(tuple(tokens), asks=False, ended=False))
    return tuple(sentences)


def _tokens_of(text: str, match: re.Match[str], kind: str | None) -> tuple[tuple[str, str], ...]:
    raw = match.group()
    if kind == "word":
        if raw.isupper() and match.start() > 0 and text[match.start() - 1] == "[":
            return mask_tokens(raw)
        if raw.lower() in _ORDINAL_ENDINGS and match.start() > 0 and text[match.start() - 1].isdigit():
            return ()
        return _words(raw)
    if kind == "number":
        number = unicodedata.normalize("NFKC", raw)
        return ((number, number),)
    name = _CURRENCY.get(raw, "percent")
    return ((name, name),)


@lru_cache(maxsize=65536)
def _words(raw: str) -> tuple[tuple[str, str], ...]:
    surface = unicodedata.normalize("NFKC", raw).casefold()
    for quote in "’ʼ`´":
        surface = surface.replace(quote, "'")
    if surface in _FILLERS:
        return ()
    return tuple((stem_word(part), part) for part in _expand(surface))


def _expand(surface: str) -> list[str]:
    if surface in _SHORT:
        return _SHORT[surface].split()
    for ending, full in _ENDINGS:
        if surface.endswith(ending) and len(surface) > len(ending):
            return [*_expand(surface[: -len(ending)]), full]
    if surface.endswith("'s"):
        base = surface[:-2]
        return [base, "is"] if base in _IS_AFTER else [base]
    return [surface.replace("'", "")]


def _stammered(tokens: list[Token], surface: str) -> bool:
    return bool(tokens) and tokens[-1].surface == surface and surface not in _MAY_REPEAT and not surface.startswith("#")


def _restarted(tokens: list[Token]) -> bool:
    """Whether two words were just said again ("I was, I was"); contractions count as the words they stand for."""
    if len(tokens) < 4 or tokens[-1].surface[:1] in "#0123456789":
        return False
    return tokens[-1].surface == tokens[-3].surface and tokens[-2].surface == tokens[-4].surface
