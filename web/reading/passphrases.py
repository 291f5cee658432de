"""Why a passphrase is refused, in the viewer's language."""

from __future__ import annotations

from flask_babel import gettext as _

from review.services.passwords import LONGEST, SHORTEST, WeakPassword


def weak_words(error: WeakPassword) -> str:
    """The sentence for the person who chose it."""
    words = {
        "short": _("Use at least %(least)s characters: a short sentence will do.", least=SHORTEST),
        "long": _("Use at most %(most)s characters.", most=LONGEST),
        "empty": _("The passphrase holds nothing but spaces and signs. Use a short sentence."),
        "common": _("Many people use this passphrase, so it is guessed first. Use a sentence of your own."),
        "personal": _("The passphrase is little more than your name or address. Add words of your own."),
    }
    return str(words.get(error.kind, error.why))
