"""Where English questions begin when nothing marks them: word order, question words, and askings without either.

English asks by putting the auxiliary before the subject ("do you", "what are your"), which a clause inside another
does not ("I know what you are"). The rest are set ways of asking: "tell me about", "I was wondering if", "what else".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from scoring.languages.base import Token
from scoring.languages.english_question_order import (
    AUXILIARIES,
    MIDDLE,
    PEOPLE,
    SUBJECTS,
    THINGS,
    be_turned,
    turned,
)
from scoring.wordlists import word_set

LEAD_IN: Final = word_set(
    "so and but okay well now then right yes no great perfect all just actually first also because good fine "
    "sure thank you thanks alright hello hi hey listen look sorry cool excellent wonderful um oh or"
)
WH: Final = frozenset(("what", "how", "why", "which", "who", "where", "when", "whose"))
MEASURES: Final = word_set("many much long often old far big large soon important likely ready confident willing well")

# "Is that okay", "is it possible": what follows when "the thing is that ..." is not meant.
_JUDGEMENTS: Final = word_set(
    "okay ok right correct fair fine good alright all true possible something anything any somebody someone what how "
    "why where when who because for your a an just only still better like enough clear helpful important easy "
    "hard difficult some ever other another more kind"
)
# After these an auxiliary belongs to a clause that is under way.
_UNDER_WAY: Final = word_set(
    "i we they you he she it that this there if know what how when where which who whom why as than to not who's "
    "will would could can should must may might do does did whatever whatever's whoever anything everything something "
    "all things ones people way ways thing reason"
)
# Of these a clause can end in: "what can we do about it do you think".
_MAY_END: Final = word_set(
    "it that this there anything everything something all things ones people way ways thing reason"
)
# After these a clause begins.
_JOINS: Final = word_set("but okay or plus yes hey great perfect alright so")
# "So do they" agrees and asks nothing.
_AGREEING: Final = frozenset(("so", "neither", "nor"))
# After these a question word begins a clause and no question, unless its order is turned.
_REPORTING: Final = word_set(
    "know knows knew see tell telling told understand remember hear heard of about to for with on in by at from "
    "depending matter exactly sure find figure out say saying said just think thinking like is was are that me you "
    "explain show understanding decide talk share learn discuss notice into than regardless no"
)
_HAPPENS: Final = word_set("brings brought happened happens made makes led leads helps helped worries concerns else if")
_SEEMS: Final = word_set(
    "seems feels sounds looks works matters keeps kept stops stopped drives motivates motivated bothers interests goes "
    "causes caused prevents scares attracts attracted changed inspired comes"
)
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
STARTERS: Final = WH | frozenset(SUBJECTS) | _TELLING | _WONDERERS | _PREPOSITIONS | _ELSE
"""The words a question can begin with when nothing marks it; any other need not be looked at further."""

_OTHERS_OR_YOU: Final = word_set("you he she they we")
_SHORT: Final = 7  # "what kind of dog" stands alone; a clause goes on
_SHORTER: Final = 6
_LED: Final = 3  # words before which "and" leads in and joins nothing

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
    if len(words) == 2 and index and tokens[index - 1].surface in _AGREEING:
        return False
    return (len(words) >= 3 or words[1] in PEOPLE | THINGS) and turned(words, SUBJECTS) and words[1] != words[0]


def begins_in_the_middle(tokens: Sequence[Token], index: int) -> bool:
    """Whether a question begins here, in the middle of talk without punctuation."""
    words = surfaces(tokens, index, 9)
    if len(words) < 2:
        return False
    before = tokens[index - 1].surface if index else ""
    if words[0] in WH:
        asks = _wh_question(words, edge=_joined(before, words))
        return asks and not (before in _REPORTING and not _surely_turned(words))
    if len(words) == 2 and before in _AGREEING:
        return False
    if before in _UNDER_WAY and not (before in _MAY_END and _begins_anew(words)):
        return False
    if not turned(words, SUBJECTS if before in _JOINS and len(words) > 3 else MIDDLE):
        return False
    if words[1] == "not" or words[0] not in ("is", "was"):
        return True
    return before in LEAD_IN or before in _JOINS or (len(words) > 2 and words[2] in _JUDGEMENTS)


def _joined(before: str, words: Sequence[str]) -> bool:
    """Whether a clause of its own begins after this word; "and how much" may go on with one under way."""
    if before == "and":
        return words[0] in ("how", "who", "why") and words[1] not in MEASURES
    return before in _JOINS and before != "or"


def surely_asks(tokens: Sequence[Token], index: int) -> bool:
    """Whether a question word with turned order begins a question here whatever mark ends it: "how sure are you"."""
    if tokens[index].surface not in WH or (index and tokens[index - 1].surface in _REPORTING):
        return False
    words = surfaces(tokens, index, 9)
    return _surely_turned(words) or (words[0] == "how" and words[2:3] != [] and be_turned(words[2:]))


def asks_to_tell(tokens: Sequence[Token], index: int) -> bool:
    """ "Tell me about", "walk me through", "describe your": an asking in the form of a request."""
    if index + 4 > len(tokens) or tokens[index].surface not in _TELLING:
        return False
    words = surfaces(tokens, index, 8)
    if index and tokens[index - 1].surface in _OTHERS | PEOPLE and tokens[index - 1].surface != "you":
        return False
    rest = words[2:] if words[1] != "to" else words[3:]
    told = words[0] == "describe" or words[1] in _TOLD_TO or (words[1] == "to" and words[2] in _TOLD_TO)
    return told and any(word in ("about", "through", "how", "what", "your", "why", "where", "when") for word in rest)


def wonders(tokens: Sequence[Token], index: int) -> bool:
    """ "I was wondering if", "I'm curious how", "I'd like to hear about": a question put as a statement."""
    if tokens[index].surface not in _WONDERERS:
        return False
    if tokens[index].surface != "i" and not _OTHERS_OR_YOU.isdisjoint(surfaces(tokens, index - 2, min(index, 2))):
        return False  # "you're wondering if"
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
    if words[0] == "how" and len(words) == 2 and words[1] in MEASURES:
        # "You do this how often", "you have been there for how long".
        before = tokens[index - 2].surface if before == "for" and index > 1 else before
        return before not in _REPORTING and (index < _LED or before not in ("and", "or"))
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
    if word == "how" and after[1:2] and be_turned(after[1:]):
        return True  # "how difficult was it"
    if word == "how" and after[0] in MEASURES:
        if edge and after[1:2] and after[1] not in PEOPLE | THINGS:
            return True
        return any(turned(words[place:], SUBJECTS) for place in range(2, min(len(words), 7)))
    if word == "what" and (after[0] in _HAPPENS or (after[0] in ("kind", "kinds", "sort", "sorts", "type", "types"))):
        if after[0] in _HAPPENS:
            return (edge or after[0] != "if") and after[1:2] != ["is"]  # "what happens is that we"
        return (len(words) < (_SHORT if edge else _SHORTER)) or any(
            turned(words[place:], SUBJECTS) for place in range(2, min(len(words), 8))
        )
    if after[0] in PEOPLE or (word == "which" and after[0] in ("is", "means")):
        return word == "how" and after[:2] == ["you", "doing"]
    if after[0] in AUXILIARIES:
        order = turned(after, SUBJECTS) or (word == "why" and after[1:2] == ["not"])
        if word in ("when", "where", "who", "why", "how") or after[0] in ("do", "does", "did"):
            return order or (edge and (word in ("who", "why", "how") or len(after) > 2))
        return order or edge or (len(after) > 1 and after[1] in ("most", "some", "one"))
    if word == "what" and edge and after[0] in _SEEMS:
        return "is" not in after[1:5]  # "what matters to you is"
    if word in ("what", "which", "whose") and edge:
        return any(turned(words[place:], SUBJECTS) for place in range(2, min(len(words), 6)))
    return False


def _begins_anew(words: Sequence[str]) -> bool:
    """Whether the verb cannot belong to a thing named before it: "it do you", "that are you", but not "it would"."""
    if words[0] in ("do", "did", "are", "were", "have"):
        return words[1] in ("you", "we", "they") and words[2:3] != ["know"]
    if words[:2] == ["does", "that"]:
        return words[2:3] in (["make"], ["sound"], ["work"], ["help"], ["seem"], ["feel"], ["fit"])
    return words[0] in ("can", "could", "would", "will") and words[1] == "you" and words[2:3] not in (["know"], ["see"])


def _surely_turned(words: Sequence[str]) -> bool:
    """Whether the order alone tells, whatever stands before: "what do you", "how are you", but not "what is the"."""
    return (
        len(words) > 2
        and words[1] in ("do", "does", "did", "are", "have", "would", "could", "can")
        and words[2] in PEOPLE
    )
