"""English words for matching: contractions and spoken short forms written out, hesitations left out."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import snowballstemmer

from scoring.wordlists import word_set

_FILLERS: Final = word_set("uh um uhm er erm hm hmm mm mmm ah eh oh uhh umm")

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


@lru_cache(maxsize=65536)
def english_words(raw: str) -> tuple[tuple[str, str], ...]:
    """The stem and surface of each word that a written word stands for ("I'll": i, will); none for a hesitation."""
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
