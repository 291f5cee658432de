"""What a model of questions sees of one turn: its words in order, the rules' finding, and what stands around it.

Rules know the shapes of questions. Whether people hear a statement said as a question ("so you drive there?") as one
is a matter of habit, which is learned: from how such turns begin and end, and from how the other answers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from scoring.conversation import MergedTurn, prepare
from scoring.languages import Sentence, Token
from scoring.learning.call_model import Block, CallSettings
from scoring.learning.calls import CallView
from scoring.packs import Pack
from scoring.questions import Question, questions_in
from scoring.wordlists import word_set
from transcription.transcript import Transcript, Turn

TURN: Final = "turn"
PRESENT: Final = CallSettings({TURN: Block(unit=False)}, strength=0.05, balanced=False)
PRESENT_UNMARKED: Final = CallSettings({TURN: Block(unit=False, telling=True)}, strength=0.02, balanced=False)
"""Where no marks are heard, single words tell less each, and what they tell is better known before they are weighed."""
OPEN: Final = CallSettings({TURN: Block(unit=False)}, strength=0.02, balanced=False)

_TAIL: Final = 15
_RULE: Final = 6.0
_LONGEST_TAG: Final = 3
# Words that carry grammar; all others stand as one sign, so that what is learned is order and not subject matter.
_GRAMMAR: Final = word_set(
    "i you he she it we they me him her us them my your his its our their this that these those there here what how "
    "why which who whose where when do does did is are was were am be been being have has had can could will would "
    "shall should may might must not and or but so if because as than then to of in on at by for with about from up "
    "out off over into a an the some any no yes okay right well just really maybe else more much many anything "
    "something someone like know think feel tell want need say let wonder wondering curious guess sounds mean good "
    "fine all see talk hear ask kind sort"
)


@dataclass(frozen=True, slots=True)
class AskedTurn:
    """A turn that may ask, with the other speaker's turns before and after it ("" where there is none)."""

    text: str
    before: str = ""
    after: str = ""


def view_question(asked: AskedTurn, pack: Pack, *, punctuated: bool) -> CallView:
    """Features of whether the turn asks; `punctuated` as the call's transcript is."""
    turn = _turn(asked.text, pack)
    found: dict[str, float] = {}
    if turn is None:
        return CallView({TURN: found})
    asking = questions_in(turn, pack, punctuated=punctuated)
    words = _words(turn.sentences, marks=punctuated)
    shape = [_shape(word) for word in words]
    _add(found, "shape", ["^", *shape, "$"], 4)
    _add(found, "end", ["^", *words, "$"][-_TAIL - 1 :], 2)
    _add(found, "end shape", ["^", *shape, "$"][-10:], 3)
    _add(found, "word", words, 2)
    found[f"length {_size(len(words))}"] = 1.0
    found[_kind(turn.sentences, asking, punctuated=punctuated)] = 2.0
    _add_asking(found, turn, asking)
    if punctuated:
        _add_marked(found, turn.sentences)
    _add_answer(found, asked.after, pack)
    _add_before(found, asked.before, pack, punctuated=punctuated)
    return CallView({TURN: found})


def view_open(asked: AskedTurn, pack: Pack, *, punctuated: bool) -> CallView:
    """Features of whether a turn that asks asks openly."""
    turn = _turn(asked.text, pack)
    found: dict[str, float] = {}
    if turn is None:
        return CallView({TURN: found})
    asking = questions_in(turn, pack, punctuated=punctuated)
    # The rules' own answer weighs so much that the rest only corrects it: people's labels of this are noisy.
    found["rule open"] = _RULE * any(question.open for question in asking)
    found["rule last open"] = _RULE * (bool(asking) and asking[-1].open)
    found["rule finds"] = _RULE * bool(asking)
    found[f"questions {min(3, len(asking))}"] = 1.0
    for question in asking:
        _add_starts(found, "asks", [token.surface for token in question.tokens])
        found[f"asked in {_size(len(question.tokens))}"] = 1.0
    answer = _words(_sentences(asked.after, pack), marks=False)
    found[f"answered in {_size(len(answer))}"] = 1.0
    _add_starts(found, "answer", answer[:1])
    return CallView({TURN: found})


def rules_ask(asked: AskedTurn, pack: Pack, *, punctuated: bool) -> tuple[bool, bool]:
    """Whether the rules alone find a question in the turn, and an open one."""
    turn = _turn(asked.text, pack)
    asking = questions_in(turn, pack, punctuated=punctuated) if turn is not None else ()
    return bool(asking), any(question.open for question in asking)


def _turn(text: str, pack: Pack) -> MergedTurn | None:
    conversation = prepare(Transcript((Turn("rep", text),), language=pack.language))
    return conversation.turns[0] if conversation.turns else None


def _sentences(text: str, pack: Pack) -> tuple[Sentence, ...]:
    return pack.vocabulary.language.split(text)


def _words(sentences: Iterable[Sentence], *, marks: bool) -> list[str]:
    words: list[str] = []
    for sentence in sentences:
        words.extend(token.surface for token in sentence.tokens)
        if marks:
            words.append("?" if sentence.asks else "." if sentence.ended else "-")
    return words


def _shape(word: str) -> str:
    return word if word in _GRAMMAR or not word[0].isalpha() else "_"


def _size(count: int) -> int:
    return min(8, int(1.5 * math.log2(count + 1)))


def _add(found: dict[str, float], name: str, words: Sequence[str], longest: int) -> None:
    for size in range(1, longest + 1):
        for start in range(len(words) - size + 1):
            found[f"{name}: {' '.join(words[start : start + size])}"] = 1.0


def _add_starts(found: dict[str, float], name: str, words: Sequence[str]) -> None:
    for size in range(1, min(3, len(words)) + 1):
        found[f"{name} from: {' '.join(words[:size])}"] = 1.0


def _add_asking(found: dict[str, float], turn: MergedTurn, asking: Sequence[Question]) -> None:
    found["rule finds"] = 2.0 * bool(asking)
    found[f"questions {min(3, len(asking))}"] = 1.0
    for question in asking:
        _add_starts(found, "asks", [token.surface for token in question.tokens])
        before = _before(turn.sentences[question.sentence].tokens, question.start)
        found[f"asks after: {before}"] = 1.0
    if asking:
        found[f"from the end {min(5, (len(turn.text) - asking[-1].start) // 20)}"] = 1.0


def _before(tokens: Sequence[Token], start: int) -> str:
    return next((token.surface for token in reversed(tokens) if token.end <= start), "^")


def _kind(sentences: Sequence[Sentence], asking: Sequence[Question], *, punctuated: bool) -> str:
    """How the turn asks: by word order, as a statement with a mark, by a tag alone, unmarked, or not at all."""
    marked = [n for n, sentence in enumerate(sentences) if sentence.asks]
    if not punctuated or not marked:
        return "kind: found without a mark" if asking else "kind: none"
    if all(len(sentences[n].tokens) <= _LONGEST_TAG for n in marked):
        return "kind: tag"
    place = "last" if marked[-1] == len(sentences) - 1 else "earlier"
    return f"kind: {'statement' if not any(_turned(sentences[n]) for n in marked) else 'order'}, {place}"


def _turned(sentence: Sentence) -> bool:
    """Whether the rules would find the question without its mark."""
    from scoring.languages.english_questions import english_questions

    unmarked = Sentence(sentence.tokens, asks=False, ended=False)
    return any(True for _ in english_questions(unmarked, punctuated=False))


def _add_marked(found: dict[str, float], sentences: Sequence[Sentence]) -> None:
    for sentence in sentences:
        if sentence.asks:
            words = [_shape(token.surface) for token in sentence.tokens]
            _add(found, "marked", ["^", *words[:8]], 3)
            _add(found, "marked end", [*words, "$"][-5:], 3)
            found[f"marked in {_size(len(words))}"] = 1.0
            if len(words) <= _LONGEST_TAG:
                found[f"tag: {' '.join(token.surface for token in sentence.tokens)}"] = 1.0


def _add_answer(found: dict[str, float], text: str, pack: Pack) -> None:
    words = _words(_sentences(text, pack), marks=False)
    _add(found, "answer", ["^", *words[:4]], 2)
    found[f"answered in {_size(len(words))}"] = 1.0


def _add_before(found: dict[str, float], text: str, pack: Pack, *, punctuated: bool) -> None:
    sentences = _sentences(text, pack)
    words = _words(sentences, marks=False)
    _add(found, "before", [*words[-3:], "$"], 1)
    found[f"said before in {_size(len(words))}"] = 1.0
    if punctuated:
        found["asked before"] = float(any(sentence.asks for sentence in sentences))
