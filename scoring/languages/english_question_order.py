"""The order of English questions: which subjects each auxiliary is followed by when it stands before its subject."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from scoring.wordlists import word_set

AUXILIARIES: Final = word_set("do does did is are am was were can could would will should have has had may might shall")
_BE: Final = frozenset(("am", "is", "are", "was", "were"))
PEOPLE: Final = word_set("you i we they he she")
THINGS: Final = word_set("it that this there these those")
# Which subjects each auxiliary is followed by in a question; "do the" and "have a" are more often no question.
SUBJECTS: Final = {
    "do": word_set("you we they i these those people your"),
    "does": word_set("he she it that this the your my anyone anybody anything"),
    "did": PEOPLE | word_set("it that this the your my anyone anybody anything"),
    "is": THINGS | word_set("he she your the my his her anyone anybody anything everything"),
    "are": word_set("you we they these those there things your my our the any all both"),
    "am": word_set("i"),
    "was": THINGS | word_set("he she i your the anyone anything"),
    "were": word_set("you we they there these those your the any"),
    "have": word_set("you we they there your"),
    "has": word_set("he she it that this there your the anyone anybody anything"),
    "had": word_set("you they he she"),
    "may": word_set("i we"),
    "shall": word_set("i we"),
    "should": word_set("i we they he she it"),
    "can": PEOPLE | THINGS | word_set("your the my anyone anybody"),
    "could": PEOPLE | THINGS | word_set("your the my anyone anybody"),
    "would": PEOPLE | THINGS | word_set("your the my anyone anybody"),
    "will": PEOPLE | word_set("it that this there your the"),
    "might": word_set("you i we it that"),
}
# In the middle of a turn only what hardly ever follows otherwise.
MIDDLE: Final = {
    "do": word_set("you we they"),
    "does": word_set("he she it that this your anyone"),
    "did": word_set("you they he she it that your we anybody"),
    "are": word_set("you there they we"),
    "am": word_set("i"),
    "were": word_set("you there they we"),
    "have": word_set("you there"),
    "has": word_set("there anybody anything"),
    "may": word_set("i we"),
    "shall": word_set("i we"),
    "can": word_set("you i we they"),
    "could": word_set("you i we they"),
    "would": word_set("you it that there they he she this"),
    "will": word_set("you they"),
    "should": word_set("we i"),
    "is": word_set("there that it this"),
    "was": word_set("there that it"),
}
# After "have you": a client held on the line is not asked about.
_HELD: Final = word_set("on in at here to for down set scheduled listed a the all with today now know as and")
_KNOWN: Final = word_set("that if whether what how when where who why about it any anything anybody")


def turned(words: Sequence[str], subjects: dict[str, frozenset[str]]) -> bool:
    """Whether an auxiliary stands before its subject: "do you", "is that", "don't you", "would your"."""
    if len(words) < 2 or words[0] not in subjects:
        return False
    place = 2 if words[1] == "not" and len(words) > 2 else 1
    if words[place] not in subjects[words[0]]:
        return False
    rest = words[place + 1 :]
    if words[place] == "you" and rest[:1] == ["know"] and words[0] != "do":
        # "What they are, you know", but "did you know that".
        return words[0] in ("did", "would", "will") and rest[1:2] != [] and rest[1] in _KNOWN
    if words[0] in _BE and rest[:1] and rest[0] in AUXILIARIES:
        return False  # "we really are, we have"
    if words[0] == "have" and words[place] in ("you", "your"):
        return bool(rest) and rest[0] not in _HELD and not rest[0].startswith("#") and words[place] == "you"
    return not (words[0] == "do" and words[place] == "your")


def be_turned(words: Sequence[str]) -> bool:
    """Whether a form of "be" stands before its subject: "are you", "was it"."""
    return words[0] in _BE and turned(words, SUBJECTS)
