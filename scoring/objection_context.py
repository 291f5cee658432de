"""Whether a cue is an objection where it is said: whom it is about, what was said before, what else the turn says.

The same words resist or inform. "They charge a fortune" is said of the old supplier, "we work with a firm in Leeds"
answers a question, "blimey" is about a price only once one was named, "send it over" may take up the rep's own offer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from scoring.case import Case
from scoring.languages import language_of
from scoring.matching import Hit
from scoring.objection_moves import PREFIX
from scoring.objection_replies import merely_answers, plain_no
from scoring.objection_statements import light_words

_LEAST_PROBABILITY: Final = 0.5
_SHARED_SYLLABLES: Final = 2
_REACH: Final = 8
"""Times the language's gap: how far (24 words, 64 Korean or 48 Chinese syllables) the one complained of may stand
before the complaint where a sentence has no end."""

_OF_THE_GOODS: Final = frozenset({"price", "fit", "trust", "other"})
"""Types that are complaints about a seller and his goods; of another seller's they are none of ours."""

_PRICE: Final = frozenset({"price_given", "price_talk"})
_OFFERS: Final = frozenset({
    "next_step", "permission", "asks_decision", "asks_interest", "proposal", "reason_for_call", "price_given",
})  # fmt: skip
_DECISIONS: Final = frozenset({"asks_decision", "asks_interest", "proposal", "upsell_offer", "price_given"})
GOES_ALONG: Final = ("accept", "client_step", "client_promise", "buying_signal", "asks_price", "call_origin")
_OF_THE_CALL: Final = frozenset({"price", "need", "competitor", "brush_off", "timing", "other"})
"""Types for which the words on how a call came about are easily taken: "somebody called me and said I could save"."""

_SETTLES: Final = ("accept", "client_step", "client_promise")
_NEEDS_BEFORE: Final = {"after_price": _PRICE, "after_offer": _OFFERS}
"""What the rep's turn before must hold for a cue of that tag to count; a price may stand in the client's own turn."""


def cued(case: Case, turn: int) -> tuple[Hit, ...]:
    """The cues of a client's turn that by the rules are objections there, in order of place."""
    cues = case.in_turn(turn, PREFIX[:-1])
    found = [hit for hit in cues if _counts(case, hit) and not _inside_another(hit, cues)]
    return _settled(found) or _refusal(case, turn) or _resistance(case, turn) or plain_no(case, turn)


def _refusal(case: Case, turn: int) -> tuple[Hit, ...]:
    """A plain refusal ("take me off your list") is the hardest brush-off; "he has left the firm" is a fact."""
    hits = (*case.in_turn(turn, "do_not_call"), *case.in_turn(turn, "hard_no"))
    said = [hit for hit in hits if "gone" not in hit.entry.tags]
    return tuple(sorted(said, key=lambda hit: (hit.start, hit.end)))[:1]


def _resistance(case: Case, turn: int) -> tuple[Hit, ...]:
    """What holds a client back who answers an offer or a price without taking it up, in words no phrase knows.

    "I'll be honest, the boot is tiny" after "would you like to go ahead?" resists: it follows an offer, has a sign of
    resistance and accepts nothing; what it is about, single words say.
    """
    before = case.groups_in(turn - 1)
    proposes = any("propose" in hit.entry.tags for hit in case.in_turn(turn - 1, "next_step"))
    if not (proposes or before & _DECISIONS):
        return ()
    sentences = case.turn(turn).sentences
    along = going_along(case, turn)

    def stated(group: str) -> list[Hit]:
        hits = case.in_turn(turn, group)
        return [hit for hit in hits if hit.sentence not in along and not sentences[hit.sentence].asks]

    return tuple(stated("hint")) if stated("resists") else ()


def going_along(case: Case, turn: int) -> frozenset[int]:
    """The sentences of a turn that take up what is offered or only tell how the call came about, and those before.

    A yes passes over nothing that is said after it: "Okay. But it is a lot to carry." A yes at the end settles all.
    """
    own = {hit.sentence for group in GOES_ALONG for hit in case.in_turn(turn, group)}
    settled = max((hit.sentence for group in _SETTLES for hit in case.in_turn(turn, group)), default=0)
    return frozenset(own.union(range(settled)))


def _counts(case: Case, hit: Hit) -> bool:
    """Whether a cue is an objection here, and not an answer to a question or the acceptance of an offer."""
    if hit.confidence < _LEAST_PROBABILITY or not _in_its_place(case, hit) or merely_answers(case, hit):
        return False
    kind = hit.group[len(PREFIX) :]
    asked = case.groups_in(hit.turn - 1)
    if kind in _OF_THE_CALL and _tells_how_it_came(case, hit):
        return False
    if kind in _OF_THE_GOODS and "compares" not in hit.entry.tags and _of_another(case, hit, kind, asked):
        return False
    if case.in_turn(hit.turn, "hard_no") or (kind != "brush_off" and case.in_turn(hit.turn, "refuse")):
        return True
    answers = f"asks.{kind}" in asked or (kind == "need" and "asks.competitor" in asked)
    # "Who supplies you?" "We work with a firm in Leeds" is a fact; "we are happy with them" stands whatever was
    # asked, and so does the wish to be sent something: no question but an offer to send it is answered by that.
    if answers and "stands" not in hit.entry.tags:
        return False
    if "implied" in hit.entry.tags and kind == "brush_off":
        if _takes_up(case, hit):
            return False
        date = any(other.sentence == hit.sentence for other in case.in_turn(hit.turn, "date"))
        if (date and case.in_turn(hit.turn, "client_step")) or case.in_turn(hit.turn, "buying_signal"):
            return False
    # "Call me on Monday at ten" is an appointment; "I am in a meeting, call me on Monday" says why as well.
    return not ("asks_again" in hit.entry.tags and case.in_turn(hit.turn, "date"))


def _tells_how_it_came(case: Case, hit: Hit) -> bool:
    """Whether a cue stands in a sentence on how the call came about, in answer to a question or beside other words."""
    if not any(other.sentence == hit.sentence for other in case.in_turn(hit.turn, "call_origin")):
        return False
    return not hit.entry.tags & {"stands", "compares"} or hit.turn - 1 in case.asked


def _in_its_place(case: Case, hit: Hit) -> bool:
    """Whether a cue that says little by itself follows what it answers: a price, or an offer."""
    for tag, groups in _NEEDS_BEFORE.items():
        if tag in hit.entry.tags:
            before = case.groups_in(hit.turn - 1)
            own = case.groups_in(hit.turn) if tag == "after_price" else frozenset()
            if not groups & (before | own):
                return False
    return True


def _of_another(case: Case, hit: Hit, kind: str, asked: frozenset[str]) -> bool:
    """Whether a complaint is about the supplier the client has or had, and not about this one.

    Either the client names that supplier before it in the sentence, or the rep has just asked about it. Whoever says
    "you" or "your" in the same breath means this seller.
    """
    turn = case.turn(hit.turn)
    tokens = turn.sentences[hit.sentence].tokens
    language = case.pack.vocabulary.language
    place = next((n for n, token in enumerate(tokens) if token.end > hit.start), 0)
    first = max(0, place - _REACH * language.gap)
    near = tokens[first : place + _REACH * language.gap]
    if not near or (not language.joined and language.holds(near, case.pack.words["addressed"])):
        return False
    if kind != "trust" and asked & {"asks.competitor", "fact_asked.budget"}:
        return True
    named = [other for other in case.in_turn(hit.turn, "about_another") if other.sentence == hit.sentence]
    return any(near[0].start <= other.start <= hit.start for other in named)


def _takes_up(case: Case, hit: Hit) -> bool:
    """Whether a wish accepts what the rep has just offered: a yes, or the offer's own words."""
    if "next_step" not in case.groups_in(hit.turn - 1):
        return False
    if case.in_turn(hit.turn, "accept"):
        return True
    offered = {token.stem for part in case.turn(hit.turn - 1).sentences for token in part.tokens} - light_words(case)
    wished = case.turn(hit.turn).sentences[hit.sentence].tokens
    within = {token.stem for token in wished if hit.start <= token.start and token.end <= hit.end}
    # One syllable or character in common says little where words are not divided.
    return len(within & offered) >= (_SHARED_SYLLABLES if language_of(case.pack.language).joined else 1)


def _inside_another(hit: Hit, cues: Sequence[Hit]) -> bool:
    """Whether a cue of another type says it better: a longer one, or a supplier in "we already have a ..."."""
    for other in cues:
        if other.group == hit.group or other.end <= hit.start or hit.end <= other.start:
            continue
        if "compares" in hit.entry.tags and "compares" in other.entry.tags:
            continue  # "the other firm asks half of that" is about the price and about the other firm
        around = other.start <= hit.start and hit.end <= other.end and other.end - other.start > hit.end - hit.start
        if around or (hit.group, other.group) == ("objection.need", "objection.competitor"):
            return True
    return False


def _settled(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """The cues without those that only say again, less exactly, what another of the turn says.

    "Other" is what has no type of its own. "Send it over, I'll have a look" puts off by asking for paper, and so does
    "let me think, I'll get in touch": one objection each, by the first of the two that says why.
    """
    kinds = {hit.group[len(PREFIX) :] for hit in hits}
    drop: set[str] = {"other"} if len(kinds) > 1 else set()
    soft = [hit for hit in hits if "soft" in hit.entry.tags]
    off = [hit for hit in soft if hit.group == "objection.brush_off"]
    later = [hit for hit in hits if hit.group == "objection.timing"]
    if off and later and all("soft" in hit.entry.tags for hit in later):
        if any(hit.entry.tags & {"send_info", "callback"} for hit in off):
            drop.add("timing")
        elif all(hit in soft for hit in hits if hit.group == "objection.brush_off"):
            drop.add("brush_off")
    return tuple(hit for hit in hits if hit.group[len(PREFIX) :] not in drop)
