"""Where English questions begin when nothing marks them: word order, question words, and askings without either.

English asks by putting the auxiliary before the subject ("do you", "what are your"), which a clause inside another
does not ("I know what you are"). The rest are set ways of asking: "tell me about", "I was wondering if", "what else".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from scoring.languages.base import Token
from scoring.wordlists import word_set

LEAD_IN: Final = word_set(
    "so and but okay well now then right yes no great perfect all just actually first also because good fine "
    "sure thank you thanks alright hello hi hey listen look sorry cool excellent wonderful um oh or"
)
AUXILIARIES: Final = word_set("do does did is are was were can could would will should have has had may might shall")
WH: Final = frozenset(("what", "how", "why", "which", "who", "where", "when", "whose"))
MEASURES: Final = word_set("many much long often old far big large soon important likely ready confident willing well")

_PEOPLE: Final = word_set("you i we they he she")
_THINGS: Final = word_set("it that this there these those")
_BEFORE_NOUNS: Final = word_set("your our their the any my his her anybody anyone somebody someone everything people")
# Which subjects each auxiliary is followed by in a question; "do the" and "have a" are more often no question.
_SUBJECTS: Final = {
    "do": word_set("you we they i these those people your"),
    "does": word_set("he she it that this the your my anyone anybody anything"),
    "did": _PEOPLE | word_set("it that this the your my anyone anybody anything"),
    "is": _THINGS | word_set("he she your the my his her anyone anybody anything everything"),
    "are": word_set("you we they these those there your the any all both"),
    "was": _THINGS | word_set("he she i your the anyone anything"),
    "were": word_set("you we they there these those your the any"),
    "have": word_set("you we they your"),
    "has": word_set("he she it that this there your the anyone anybody anything"),
    "had": word_set("you they he she"),
    "may": word_set("i we"),
    "shall": word_set("i we"),
    "should": word_set("i we they he she it"),
    "can": _PEOPLE | _THINGS | word_set("your the my anyone anybody"),
    "could": _PEOPLE | _THINGS | word_set("your the my anyone anybody"),
    "would": _PEOPLE | _THINGS | word_set("your the anyone anybody"),
    "will": _PEOPLE | word_set("it that this there your the"),
    "might": word_set("you i we it that"),
}
# In the middle of a turn only what hardly ever follows otherwise.
_MIDDLE: Final = {
    "do": word_set("you we they"),
    "does": word_set("he she it that this your anyone"),
    "did": word_set("you they he she it that your"),
    "are": word_set("you there they"),
    "were": word_set("you there they"),
    "have": word_set("you"),
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
# "Is that okay", "is it possible": what follows when "the thing is that ..." is not meant.
_JUDGEMENTS: Final = word_set(
    "okay ok right correct fair fine good alright all true possible something anything any somebody someone what how "
    "why where when who because because for your a an just only still better like enough clear helpful important easy "
    "hard difficult some"
)
# After these an auxiliary belongs to a clause that is under way.
_UNDER_WAY: Final = word_set(
    "i we they you he she it that this there if know what how when where which who whom why as than to not who's "
    "will would could can should must may might do does did whatever whatever's whoever anything everything something "
    "all things ones people way ways thing reason"
)
# After "have you": a client held on the line is not asked about.
_HELD: Final = word_set("on in at here to for down set scheduled listed a the all with today now know as and")
# After these a question word begins a clause and no question, unless its order is turned.
_REPORTING: Final = word_set(
    "know knows knew see tell telling told understand remember hear heard of about to for with on in by at from "
    "depending matter exactly sure find figure out say saying said just think thinking like is was are that me you "
    "explain show understanding decide talk share learn discuss notice into than regardless no"
)
_HAPPENS: Final = word_set("brings brought happened happens made makes led leads helps helped worries concerns else if")
_ASKED_AFTER: Final = word_set("about how what why whether if where when which who is through your")
_TOLD_TO: Final = word_set("me us")
_WONDERING: Final = word_set("wondering curious wonder wondered")
_WISHING: Final = word_set("like love want interested")
_LEARNING: Final = word_set("know hear understand find learn see ask")
_ASKED_FOR: Final = word_set("questions thoughts concerns ideas other others idea luck chance interest problems reason")
_SHORT_LEADS: Final = word_set("like and so but okay ok yes no well since until for")
_TELLING: Final = frozenset(("tell", "walk", "talk", "describe", "explain"))
_WONDERERS: Final = frozenset(("i", "just", "wondering", "curious"))
_PREPOSITIONS: Final = frozenset(("in", "at", "to", "for", "with", "by"))
_ELSE: Final = frozenset(("anything", "anybody", "anyone", "any", "on"))
STARTERS: Final = WH | frozenset(_SUBJECTS) | _TELLING | _WONDERERS | _PREPOSITIONS | _ELSE
"""The words a question can begin with when nothing marks it; any other need not be looked at further."""

_OTHERS: Final = word_set("my his her their our your the people doctors friends them they")


def surfaces(tokens: Sequence[Token], start: int, count: int) -> list[str]:
    """The words of `count` tokens from `start`, fewer at the end."""
    return [token.surface for token in tokens[max(0, start) : start + count]]


def begins_at_edge(tokens: Sequence[Token], index: int) -> bool:
    """Whether a question begins here, given that a clause begins here."""
    words = surfaces(tokens, index, 9)
    if len(words) < 2:
        return False
    if words[0] in WH:
        return _wh_question(words, edge=True)
    return (len(words) >= 3 or words[1] in _PEOPLE | _THINGS) and _turned(words, _SUBJECTS) and words[1] != words[0]


def begins_in_the_middle(tokens: Sequence[Token], index: int) -> bool:
    """Whether a question begins here, in the middle of talk without punctuation."""
    words = surfaces(tokens, index, 9)
    if len(words) < 2:
        return False
    before = tokens[index - 1].surface if index else ""
    if words[0] in WH:
        return _wh_question(words, edge=False) and not (before in _REPORTING and not _surely_turned(words))
    if before in _UNDER_WAY or not _turned(words, _MIDDLE):
        return False
    if words[1] == "not" or words[0] not in ("is", "was"):
        return True
    return before in LEAD_IN or (len(words) > 2 and words[2] in _JUDGEMENTS)


def asks_to_tell(tokens: Sequence[Token], index: int) -> bool:
    """ "Tell me about", "walk me through", "describe your": an asking in the form of a request."""
    if index + 4 > len(tokens) or tokens[index].surface not in _TELLING:
        return False
    words = surfaces(tokens, index, 8)
    if index and tokens[index - 1].surface in _OTHERS | _PEOPLE and tokens[index - 1].surface != "you":
        return False
    rest = words[2:] if words[1] != "to" else words[3:]
    told = words[0] == "describe" or words[1] in _TOLD_TO or (words[1] == "to" and words[2] in _TOLD_TO)
    return told and any(word in ("about", "through", "how", "what", "your", "why", "where", "when") for word in rest)


def wonders(tokens: Sequence[Token], index: int) -> bool:
    """ "I was wondering if", "I'm curious how", "I'd like to hear about": a question put as a statement."""
    if tokens[index].surface not in _WONDERERS:
        return False
    words = surfaces(tokens, index, 9)
    for place, word in enumerate(words[:6]):
        after = words[place + 1 : place + 3]
        if word in _WONDERING:
            return any(item in _ASKED_AFTER for item in after)
        if word in _WISHING and words[0] == "i" and "not" not in words[:place]:
            if word == "interested":
                return after[:1] in (["in"], ["to"]) and any(w in _LEARNING | WH for w in words[place + 2 : place + 5])
            if after[:1] == ["to"] and words[place + 2 : place + 3] and words[place + 2] in _LEARNING:
                return any(item in _ASKED_AFTER | {"from", "more"} for item in words[place + 3 : place + 6])
    return False


def asks_shortly(tokens: Sequence[Token], index: int) -> bool:
    """Askings without a verb: "what about", "how about", "what else", "anything else", "why not", "on a scale of"."""
    words = surfaces(tokens, index, 5)
    before = tokens[index - 1].surface if index else ""
    if words == [words[-1]] and words[0] in WH:
        return index == 0 or before in _SHORT_LEADS
    if len(words) < 2 or before in _REPORTING or (before in ("there", "or", "and", "not") and words[0] == "anything"):
        return False
    pair = (words[0], words[1])
    if pair in (("how", "about"), ("what", "else"), ("who", "else"), ("where", "else"), ("how", "come")):
        return True
    if pair == ("what", "about"):
        return len(words) < 3 or words[2] not in ("i", "it")
    if pair in (("anything", "else"), ("anybody", "else"), ("anyone", "else"), ("why", "not")):
        return index == 0 or before in LEAD_IN
    if words[:3] == ["on", "a", "scale"]:
        return True
    if words[0] == "any" and words[1] in _ASKED_FOR:
        return index == 0 or before in LEAD_IN
    return (
        words[0] in _PREPOSITIONS
        and words[1] in ("what", "how", "which")
        and _wh_question(surfaces(tokens, index + 1, 9), edge=False)
    )


def _wh_question(words: Sequence[str], *, edge: bool) -> bool:
    """Whether a clause that begins with a question word asks: an auxiliary and then its subject."""
    word, after = words[0], words[1:]
    if not after:
        return False
    if word == "how" and after[0] in MEASURES:
        return any(_turned(words[place:], _SUBJECTS) for place in range(2, min(len(words), 7)))
    if word == "what" and (after[0] in _HAPPENS or (after[0] in ("kind", "kinds", "sort", "sorts", "type", "types"))):
        return (after[0] in _HAPPENS and (edge or after[0] != "if")) or any(
            _turned(words[place:], _SUBJECTS) for place in range(2, min(len(words), 8))
        )
    if after[0] in _PEOPLE or (word == "which" and after[0] in ("is", "means")):
        return word == "how" and after[:2] == ["you", "doing"]
    if after[0] in AUXILIARIES:
        turned = _turned(after, _SUBJECTS) or (word == "why" and after[1:2] == ["not"])
        if word in ("when", "where", "who", "why", "how") or after[0] in ("do", "does", "did"):
            return turned or (edge and word in ("who", "why"))
        return turned or edge or (len(after) > 1 and after[1] in ("most", "some", "one"))
    if word in ("what", "which", "whose") and edge:
        return any(_turned(words[place:], _SUBJECTS) for place in range(2, min(len(words), 6)))
    return False


def _surely_turned(words: Sequence[str]) -> bool:
    """Whether the order alone tells, whatever stands before: "what do you", "how are you", but not "what is the"."""
    return (
        len(words) > 2
        and words[1] in ("do", "does", "did", "are", "have", "would", "could", "can")
        and words[2] in _PEOPLE
    )


def _turned(words: Sequence[str], subjects: dict[str, frozenset[str]]) -> bool:
    """Whether an auxiliary stands before its subject: "do you", "is that", "don't you", "would your"."""
    if len(words) < 2 or words[0] not in subjects:
        return False
    place = 2 if words[1] == "not" and len(words) > 2 else 1
    if words[place] not in subjects[words[0]]:
        return False
    rest = words[place + 1 :]
    if words[place] == "you" and rest[:1] == ["know"] and words[0] != "do":
        return False  # "what they are, you know"
    if words[0] == "have" and words[place] in ("you", "your"):
        return bool(rest) and rest[0] not in _HELD and not rest[0].startswith("#") and words[place] == "you"
    return not (words[0] == "do" and words[place] == "your")
