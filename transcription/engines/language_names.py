"""Languages by their English names, as OpenAI's hosted Whisper names them in `verbose_json` ("english")."""

from __future__ import annotations

from typing import Final

_NAMES: Final = (
    "afrikaans:af arabic:ar armenian:hy azerbaijani:az belarusian:be bosnian:bs bulgarian:bg cantonese:yue catalan:ca "
    "chinese:zh croatian:hr czech:cs danish:da dutch:nl english:en estonian:et finnish:fi french:fr galician:gl "
    "georgian:ka german:de greek:el hebrew:he hindi:hi hungarian:hu icelandic:is indonesian:id italian:it japanese:ja "
    "kannada:kn kazakh:kk korean:ko latvian:lv lithuanian:lt macedonian:mk malay:ms mandarin:zh maori:mi marathi:mr "
    "nepali:ne norwegian:no persian:fa polish:pl portuguese:pt romanian:ro russian:ru serbian:sr slovak:sk "
    "slovenian:sl spanish:es swahili:sw swedish:sv tagalog:tl tajik:tg tamil:ta tatar:tt thai:th turkish:tr "
    "ukrainian:uk urdu:ur uzbek:uz vietnamese:vi welsh:cy"
)
_CODES: Final = dict(pair.split(":") for pair in _NAMES.split())


def language_code(name: str | None) -> str | None:
    """The code of a language given by its English name; a code, or a name not known, stays as it is."""
    return None if name is None else _CODES.get(name.strip().lower(), name)
