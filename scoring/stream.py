"""A turn's tokens as one line of text that phrases run on, with the way back to tokens, sentences and characters."""

from __future__ import annotations

from bisect import bisect_right

from scoring.conversation import MergedTurn
from scoring.languages import WORD_MARK, Token
from scoring.patterns import DIGIT_ANCHOR, Vocabulary


class Stream:
    """A turn's tokens as the text that phrases run on, with the way back to the raw characters."""

    __slots__ = ("_sentence_starts", "char_starts", "sentences", "stems", "text", "tokens")

    def __init__(self, turn: MergedTurn, vocabulary: Vocabulary) -> None:
        exact = frozenset() if vocabulary.language.joined else vocabulary.exact
        marked = vocabulary.language.marks_words
        parts = ["| "]
        at = 2
        self.tokens: list[Token] = []
        self.char_starts: list[int] = []
        self._sentence_starts: list[int] = []
        self.sentences = turn.sentences
        for sentence in turn.sentences:
            self._sentence_starts.append(at)
            for token in sentence.tokens:
                word = f"{token.stem}={token.surface} " if token.surface in exact else f"{token.stem} "
                if marked and token.head:
                    word = WORD_MARK + word
                self.tokens.append(token)
                self.char_starts.append(at)
                parts.append(word)
                at += len(word)
            parts.append("| ")
            at += 2
        self.text = "".join(parts)
        self.stems = {token.stem for token in self.tokens}
        if any(stem[0].isdigit() for stem in self.stems):
            self.stems.add(DIGIT_ANCHOR)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The first and last token of a match on the stream (inclusive)."""
        return bisect_right(self.char_starts, start) - 1, bisect_right(self.char_starts, end - 1) - 1

    def char_start(self, token: int) -> int:
        """Where a token starts on the stream; beyond the ends, the stream's own."""
        if token < 0:
            return 0
        return self.char_starts[token] if token < len(self.char_starts) else len(self.text)

    def sentence_at(self, start: int) -> int:
        """The number of the sentence that holds a place of the stream."""
        return max(0, bisect_right(self._sentence_starts, start) - 1)

    def sentence_bounds(self, number: int) -> tuple[int, int]:
        """Where a sentence starts and ends on the stream."""
        start = self._sentence_starts[number]
        last = number + 1 == len(self._sentence_starts)
        return start, len(self.text) if last else self._sentence_starts[number + 1]
