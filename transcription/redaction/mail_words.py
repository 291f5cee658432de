"""What is left of a turn's tokens for reading addresses: spelling aids and commas between the parts taken out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from transcription.redaction.conversation import Conversation
from transcription.redaction.lexicon import Lexicon
from transcription.redaction.tokens import Token

_AIDS: Final = (("for",), ("as", "in"), ("like",), ("как",))
"""Words between a letter and the word it begins: "j for juliet"."""

_ASKED: Final = frozenset({"email", "emails", "mail", "mails", "address"})
_TURNS: Final = 3


def without_aids(conversation: Conversation, lexicon: Lexicon) -> Conversation:
    """The conversation for reading addresses: tokens keep their places in the text."""
    return replace(conversation, tokens=[_cleaned(tokens, lexicon) for tokens in conversation.tokens])


def _cleaned(tokens: Sequence[Token], lexicon: Lexicon) -> list[Token]:
    mail = lexicon.mail
    signs = mail.at | mail.dot | mail.link
    kept: list[Token] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        aid = _aid(tokens, at)
        if aid:
            at += aid
            continue
        around = [tokens[beside].text for beside in (at - 1, at + 1) if 0 <= beside < len(tokens)]
        joined = tokens[at - 2].text + tokens[at - 1].text if at > 1 else ""
        if token.text != "," or not (any(word in signs for word in around) or joined in mail.at):
            kept.append(token)
        at += 1
    return kept


def _aid(tokens: Sequence[Token], at: int) -> int:
    """How many tokens from `at` on only explain the letter before: "for juliet"."""
    letter = tokens[at - 1].text if at else ""
    if len(letter) != 1 or not letter.isalpha():
        return 0
    for words in _AIDS:
        behind = at + len(words)
        said = tuple(token.text for token in tokens[at:behind])
        if said == words and behind < len(tokens) and tokens[behind].text.startswith(letter):
            return len(words) + 1
    return 0


def leads_to_a_site(conversation: Conversation, turn: int, first: int, at: int, behind: int, lexicon: Lexicon) -> bool:
    """Whether "at" before a domain names a place on the web: "look at booking dot com", "we sell shoes at ...".

    `first`, `at` and `behind` are the tokens where the part before the at begins, of the at, and behind the domain.
    """
    tokens = conversation.tokens[turn]
    known = tokens[at + 1].text in lexicon.mail.hosts if at + 1 < behind else False
    if at and tokens[at - 1].text in lexicon.mail.places and not (first < at - 1 and _linked(tokens[at - 2], lexicon)):
        return True
    if known:
        return False
    if at and tokens[at - 1].text == tokens[at + 1].text:
        return True  # "we're on Amazon at amazon dot com"
    if first == at:
        return True
    plain = not any(_linked(token, lexicon) or len(token.text) == 1 for token in tokens[first:at])
    return plain and at - first > 1 and not _asked(conversation, turn)


def _linked(token: Token, lexicon: Lexicon) -> bool:
    return token.text in lexicon.mail.link or token.sort == "num" or token.text in "._-"


def _asked(conversation: Conversation, turn: int) -> bool:
    return any(
        token.text in _ASKED for tokens in conversation.tokens[max(0, turn - _TURNS) : turn + 1] for token in tokens
    )
