"""Finds companies known beforehand: with case endings, particles and legal forms, and not where a word is only a word.

A company of one everyday word (Point, Мир, 하나, 光明) is hidden where it is written as a name or where something
beside it says that a company is meant; the same word written small in a sentence stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from transcription.identity.company_words import CompanyWords, company_words
from transcription.identity.tokens import cased_turns, opens_at, read_tokens
from transcription.identity.words import fold, name_words
from transcription.redaction.types import Place
from transcription.transcript import Turn

SHORT: Final = 3  # a name of so few letters is taken for a word like any other
_WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_CYRILLIC: Final = re.compile(r"[а-яё]", re.IGNORECASE)
_KOREAN: Final = re.compile(r"[가-힣]")
_SPACELESS: Final = re.compile(r"[\u3400-\u9fff가-힣]")
_LETTER: Final = r"[^\W가-힣\u3400-\u9fff]"  # of the scripts that divide words
_HUMP: Final = re.compile(r"(?<=[^\W\d_])(?=[A-ZА-ЯЁ][a-zа-яё])")

_ADJECTIVE: Final = ("ый", "ий", "ой", "ая", "яя", "ое", "ее", "ые", "ие")
_ADJECTIVE_ENDINGS: Final = ("ый", "ой", "ое", "ее", "ая", "яя", "ые", "ого", "его", "ому", "ему", "ым", "им", "ую",
                             "юю", "ых", "их", "ыми", "ими")  # fmt: skip
_FLEETING: Final = re.compile(r"(?<=[а-яё]{2})(?:[оеё])(?=[кц]$)")

_MEANT_BEFORE: Final = re.compile(
    r"(?:\b(?:company|firm|business|brand)(?: called| named)?"
    r"|\b(?:this is|my name is|here is|(?:thank you|thanks) for calling|you(?:['’]ve| have) reached|welcome to"
    r"|on behalf of|calling from)(?:[\s,]+(?!the\b|a\b|an\b|my\b|your\b)[\w\[\]'’]+){0,2}?(?:[\s,]+(?:from|at|of|with))"
    r"|\b(?:(?:thank you|thanks) for calling|you(?:['’]ve| have) reached|welcome to|on behalf of|calling from)"
    r"|\b(?:компани|фирм|организаци|бренд)[а-яё]{0,3}|\b(?:ооо|оао|зао|пао|ао|ип|тоо)"
    r"|\bвас беспокоит|\b(?:звоню|звонят|звоним|беспокоят)(?: вам)? из|\b(?:вы )?позвонили в|добро пожаловать в"
    r"|주식회사|\(주\)|㈜|회사|업체|브랜드|여기는|저희는?|안녕하세요"
    r"|我是|这里是|我们是|来自|名叫|公司叫|公司是|欢迎致电|欢迎来到)[\s,«“\"'‘(]*$",
    re.IGNORECASE,
)
_MEANT_BEHIND: Final = re.compile(
    r"[»”\"'’)\s]*(?:\b(?:company|inc|ltd|llc|gmbh|limited|plc)\b|\b(?:компани|групп)[а-яё]{1,2}\b"
    r"|주식회사|그룹|은행|카드|전자|회사|라고\s?하는\s?회사|의\s?\[name\]|公司|集团|科技|银行|有限|(?:的)?客服|品牌)",
    re.IGNORECASE,
)
_LIKELY_BEFORE: Final = re.compile(
    r"\b(?:at|from|with|by|of|to|for|in|through|via|called|is|and|chose|choose|из|от|в|во|с|со|у|про|для|к|по|на|о|об"
    r"|и|это|наш[а-яё]{0,2})[\s,«“\"'‘]+$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Sought:
    """One company: what its name looks like in a text, and how far that says that it is the company."""

    pattern: re.Pattern[str]
    plain: str  # folded, as it was given
    single: bool  # one word, so that its writing counts
    everyday: bool
    cased: bool  # of a script with capitals


def find_companies(turns: Sequence[Turn], companies: Sequence[str]) -> list[Place]:
    """Places where one of the companies is named, in the order of the turns; they may overlap."""
    sought = [one for name in dict.fromkeys(companies) if (one := _seek(name)) is not None]
    if not sought:
        return []
    cased = cased_turns([read_tokens(turn.text) for turn in turns])
    return [
        Place(number, *match.span(), "name")
        for number, turn in enumerate(turns)
        for one in sought
        for match in one.pattern.finditer(turn.text)
        if _is_meant(one, match, turn.text, cased[number])
    ]


def is_company(text: str, companies: Sequence[str]) -> bool:
    """Whether a text is the name of one of the companies and nothing else, however it is written."""
    return any((one := _seek(name)) is not None and one.pattern.fullmatch(text) for name in companies)


def _is_meant(one: _Sought, match: re.Match[str], text: str, cased: bool) -> bool:
    if not one.single:
        return True
    before, behind = text[: match.start()], text[match.end() :]
    if _quoted(before, behind) or _MEANT_BEFORE.search(before) or _MEANT_BEHIND.match(behind):
        return True
    if not one.cased:
        return not one.everyday
    said = match.group()
    if said[:1].isupper():
        if not opens_at(text, match.start()):
            return True
        # Every word has a capital here: a form of an everyday word, or a small one, is more likely just that.
        return not one.everyday or (fold(said) == one.plain and not company_words().opens(one.plain))
    if one.everyday:
        return False
    return not cased or said[:1].isdigit() or _LIKELY_BEFORE.search(before) is not None


def _quoted(before: str, behind: str) -> bool:
    return before[-1:] in set("«“„") and behind[:1] in set("»”“")


@lru_cache(maxsize=1024)
def _seek(name: str) -> _Sought | None:
    words = company_words()
    plain = re.sub(r"\s+", " ", name).strip()
    if _SPACELESS.search(plain):
        return _spaceless(plain, words)
    parts = _without_legal(_WORD.findall(plain))
    if not parts or len("".join(parts)) < 2:
        return None
    single = len(parts) == 1
    folded = fold(parts[0])
    return _Sought(
        re.compile(rf"(?<!{_LETTER}){_joined(parts)}(?!{_LETTER})", re.IGNORECASE),
        folded,
        single,
        single and (len(folded) <= SHORT or words.is_everyday(folded)),
        cased=True,
    )


def _without_legal(parts: Sequence[str]) -> list[str]:
    """The words of a name without what companies only register under; a name of nothing else is kept whole."""
    legal = name_words().legal
    first, last = 0, len(parts)
    while first < last and fold(parts[first]) in legal:
        first += 1
    while last > first and fold(parts[last - 1]) in legal:
        last -= 1
    return list(parts[first:last] or parts)


def _joined(parts: Sequence[str]) -> str:
    """The words in order, apart or written together; "and" and "&" are the same."""
    runs: list[str] = []
    for part in parts:
        if runs and fold(part) in ("and", "и"):
            continue
        humps = _HUMP.split(part)
        runs.append(r"[\s-]?".join([*(re.escape(hump) for hump in humps[:-1]), _forms(humps[-1])]))
    return r"(?:\s*(?:&|\band\b|\bи\b)\s*|[\s.,-]{0,2})".join(runs)


def _forms(word: str) -> str:
    """One word of a name; a Russian one with its endings, whether a noun or an adjective."""
    folded = fold(word)
    if not _CYRILLIC.search(folded) or len(folded) < SHORT:
        return _either(word)
    stems = [next((folded[:-2] for ending in _ADJECTIVE if folded.endswith(ending) and len(folded) > 4), _bare(folded))]
    if (shorter := _FLEETING.sub("", folded)) != folded:
        stems += [shorter, _FLEETING.sub("ь", folded)]  # теремок: теремка; огонёк: огонька
    endings = "|".join(sorted({*name_words().endings, *_ADJECTIVE_ENDINGS}, key=len, reverse=True))
    return rf"(?:{'|'.join(_either(stem) for stem in stems)})(?:{endings})"


def _bare(folded: str) -> str:
    return re.sub(r"[аеиоуыэюяйь]$", "", folded)


def _either(word: str) -> str:
    """A word for a pattern, with е and ё alike."""
    return re.sub("[её]", "[её]", re.escape(word.lower()))


def _spaceless(name: str, words: CompanyWords) -> _Sought | None:
    """A name in Korean or Chinese, whose characters may be apart, and whose particles are written on to it."""
    plain = words.without_forms(re.sub(r"\(주\)|（주）|[\s«»“”\"'()（）]", "", name))
    if len(plain) < 2:
        return None
    folded = fold(plain)
    everyday = words.is_everyday(folded)
    body = r"\s?".join(_edges(plain))
    # A short Korean name must be a word of its own: longer words hold it by chance.
    if _KOREAN.search(plain[-1]) and len(plain) <= SHORT - 1:
        body = rf"(?<![가-힣]){body}(?=(?:{words.particles}){{0,3}}(?![가-힣])|{words.kinds})"
    return _Sought(re.compile(body, re.IGNORECASE), folded, True, everyday, cased=False)


def _edges(plain: str) -> Iterator[str]:
    """Its characters for a pattern; Latin letters at either end do not begin inside another word."""
    for at, character in enumerate(plain):
        latin = re.fullmatch(_LETTER, character) is not None
        before = rf"(?<!{_LETTER})" if latin and at == 0 else ""
        behind = rf"(?!{_LETTER})" if latin and at == len(plain) - 1 else ""
        yield before + re.escape(character) + behind
