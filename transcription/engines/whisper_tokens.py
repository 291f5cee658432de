"""Whisper's tokens and back: the marks that begin a text, what must never be written, tokens joined to words.

The rules are those of OpenAI's tokenizer, as faster-whisper has them.
"""

from __future__ import annotations

import string
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

SPACELESS: Final = frozenset({"zh", "ja", "th", "lo", "my", "yue"})
"""Languages written without spaces: every character that is whole is a word."""

_UNKNOWN: Final = "\ufffd"

_SINGLE: Final = '"#()*+/:;<=>@[\\]^_`{|}~「」『』'
_SEVERAL: Final = "<< >> <<< >>> -- --- -( -[ (' (\" (( )) ((( ))) [[ ]] {{ }} ♪♪ ♪♪♪"
_NOTES: Final = "♩♪♫♬♭♮♯"
"""Written with several tokens of which the first is shared by no letter, so that it alone is kept from coming."""


@dataclass(frozen=True, slots=True)
class WordTokens:
    """A word with the spaces before it, and the tokens it is made of."""

    text: str
    tokens: tuple[int, ...]


class WhisperTokens:
    """A loaded tokenizer (of the library `tokenizers`) as the decoder needs it. Several threads may use it."""

    def __init__(self, tokenizer: Any, multilingual: bool) -> None:
        self._tokenizer = tokenizer
        self._multilingual = multilingual

    def knows(self, language: str) -> bool:
        """Whether a text in this language can be asked for, by its two or three letters."""
        return 2 <= len(language) <= 3 and language.isalpha() and self._mark(language) is not None

    @cached_property
    def end(self) -> int:
        """The end of a text; all tokens from it on are marks."""
        return self._required("endoftext")

    def prompt(self, language: str | None, before: Sequence[int] = ()) -> list[int]:
        """What a text begins with: tokens said before it, if any, then its language and task. Raises ValueError."""
        begun = [self._required("startofprev"), *before] if before else []
        begun.append(self._required("startoftranscript"))
        if self._multilingual:
            begun += [self._required(language or "en"), self._required("transcribe")]
        return begun

    @cached_property
    def no_times(self) -> int:
        """The mark that asks for a text without times in it."""
        return self._required("notimestamps")

    @cached_property
    def silenced(self) -> tuple[int, ...]:
        """Tokens that are no speech: brackets, notes of music, the model's own marks."""
        never = {self.encode(" -")[0], self.encode(" '")[0]}
        for symbol in (*_SINGLE, *_SEVERAL.split(), *_NOTES):
            for tokens in (self.encode(symbol), self.encode(" " + symbol)):
                if len(tokens) == 1 or symbol in _NOTES:
                    never.add(tokens[0])
        marks = ("transcribe", "translate", "startoftranscript", "startofprev", "startoflm", "nospeech", "nocaptions")
        return tuple(sorted(never | {mark for mark in map(self._mark, marks) if mark is not None}))

    def encode(self, text: str) -> list[int]:
        """A text as tokens, without marks."""
        return list(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def decode(self, tokens: Sequence[int]) -> str:
        """The text of tokens; marks are left out."""
        return str(self._tokenizer.decode([token for token in tokens if token < self.end]))

    def words(self, tokens: Sequence[int], language: str) -> list[WordTokens]:
        """Tokens of a text, without marks, as words."""
        parts = self._characters(tokens)
        if language in SPACELESS:
            return parts
        words: list[WordTokens] = []
        for part in parts:
            if words and not part.text.startswith(" ") and part.text.strip() not in string.punctuation:
                part = WordTokens(words[-1].text + part.text, words.pop().tokens + part.tokens)
            words.append(part)
        return words

    def _characters(self, tokens: Sequence[int]) -> list[WordTokens]:
        """The shortest runs of tokens that are whole characters."""
        whole = self.decode(tokens)
        parts: list[WordTokens] = []
        run: list[int] = []
        at = 0
        for token in tokens:
            run.append(token)
            text = self.decode(run)
            broken = text.find(_UNKNOWN)
            # A broken character stays one when the whole text has it at the same place.
            if broken < 0 or whole[at + broken : at + broken + 1] == _UNKNOWN:
                parts.append(WordTokens(text, tuple(run)))
                at += len(text)
                run = []
        return [*parts, WordTokens(self.decode(run), tuple(run))] if run else parts

    def _mark(self, name: str) -> int | None:
        number = self._tokenizer.token_to_id(f"<|{name}|>")
        return None if number is None else int(number)

    def _required(self, name: str) -> int:
        number = self._mark(name)
        if number is None:
            raise ValueError(f"the tokenizer has no mark '{name}'")
        return number
