"""What was stored in codes or in the machine's English, in the words of the viewer's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from flask_babel import gettext as _

from web.connector_sentences import tell_reason
from web.loss_reasons import loss_reason_words, unfold_code
from web.machine_sentences import translate_sentence
from web.reading.masks import MaskPiece, name_masks, read_masks

_HIDDEN: Final[Mapping[str, Callable[[], str]]] = {
    "card": lambda: str(_("card number hidden")),
    "card_code": lambda: str(_("card code hidden")),
    "phone": lambda: str(_("phone number hidden")),
    "email": lambda: str(_("e-mail hidden")),
    "document": lambda: str(_("document number hidden")),
    "name": lambda: str(_("name hidden")),
    "address": lambda: str(_("address hidden")),
}


def mask_name(kind: str) -> str:
    """What stands where private data of this kind was masked."""
    return _HIDDEN[kind]() if kind in _HIDDEN else kind


def masked_words(text: str | None) -> str:
    """A text with its masks in words: for titles and labels, which hold no markup."""
    return name_masks(text or "", mask_name)


def masked_pieces(text: str | None) -> tuple[MaskPiece, ...]:
    """A text in pieces of words and masks."""
    return read_masks(text or "")


FILTERS: Final[Mapping[str, Callable[..., object]]] = {
    "mask_name": mask_name,
    "masked_words": masked_words,
    "masked_pieces": masked_pieces,
    "machine_words": translate_sentence,
    "reason": tell_reason,
    "loss_reason": loss_reason_words,
    "unfold_code": unfold_code,
}
