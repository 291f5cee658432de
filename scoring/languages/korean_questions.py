"""Korean questions: by the mark, else by interrogative endings, or a question word with a polite ending."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from scoring.languages.base import Sentence

_WORDS: Final = r"(?:무엇|무슨|뭐|뭘|뭔|어떤|어떻게|어떠|왜|언제|어디|어느|누구|누가|얼마|몇|혹시)"
# 까요, 나요, 습니까, 은가요: endings that only ask. 니까 alone also means "because", 가요 also "goes".
_ENDING: Final = re.compile(
    r"(?:[으을할될볼줄일올갈있없릴실드]까요|까요|나요|[습입합됩갑십랍납답됐났]니까|[인은는신던런른운큰한]가요|는지요|을까|나요|대요|래요|려고요)"
)
_WITH_WORD: Final = re.compile(
    rf"{_WORDS}.{{0,25}}?(?:세요|어요|아요|에요|예요|이요|죠|지요|해요|돼요|되요|데요|니까|가요|까)"
)
# "사장님께 말씀해 보세요" sends the client to somebody else.
_TELL: Final = re.compile(r"(?<![께테게])(?:말씀해|알려|설명해|얘기해|이야기해)(?:주|보|주시)[^요]{0,4}(?:요|까)")
_OPEN: Final = re.compile(r"(?:어떤|어떻게|왜|무엇|무슨|뭐가|뭘|뭐를|뭐에|말씀해|설명해|얘기해|이야기해|어떠)")
# "성함이 어떻게 되세요", "몇 분", "어떠세요?" (an offer): one fact or a yes answers them.
_CLOSED: Final = re.compile(
    r"(?:얼마|몇|언제|어디|누구|누가|성함이어떻게|이름이어떻게|연락처가어떻게|번호가어떻게|주소가어떻게|연세가어떻게"
    r"|괜찮|어떠세요$|어떠신가요$|어떨까요$)"
)
_LONGEST: Final = 40


def korean_questions(sentence: Sentence, *, punctuated: bool) -> Iterator[tuple[int, int]]:
    """Token ranges of the questions in a sentence."""
    tokens = sentence.tokens
    if sentence.asks:
        yield 0, len(tokens)
        return
    text = "".join(token.surface for token in tokens)
    places = [n for n, token in enumerate(tokens) for _ in token.surface]
    ends = sorted({match.end() for pattern in (_ENDING, _WITH_WORD, _TELL) for match in pattern.finditer(text)})
    if punctuated and sentence.ended:
        if ends and ends[-1] >= len(text) - 1:
            yield 0, len(tokens)
        return
    begin = 0
    for end in ends:
        last = places[end - 1] + 1
        if last - begin < 3:
            continue
        first = max(begin, last - _LONGEST)
        while first > begin and not tokens[first].head:
            first -= 1
        yield first, last
        begin = last


def korean_is_open(text: str) -> bool:
    """Whether a question (without spaces) invites more than yes, no or one fact."""
    return _OPEN.search(text) is not None and _CLOSED.search(text) is None
