"""Why a telephone system's delivery, a recording or a message to a CRM did not come through, in the viewer's language.

The connectors say it in English with the provider's own words in it, and so it is stored. Each sentence belongs to one
of the codes below, by its form; readers of other languages are told the code's words, with the stored sentence behind
them where it says more.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup

_FORMS: Final = (
    # deliveries
    ("no_secret", r"the source has no .+ yet"),
    ("clock", r"its time is more than five minutes away.*"),
    ("large", r"its body is larger than .*|it is larger than \d+ MB"),
    (
        "signature",
        r".*\b([Ss]ignature|sign|bodySHA256|secret|vpbx_api_key|application_token)\b.*(not|neither).*"
        r"|what is signed cannot be found.*|its user and password .*|it has no (header )?X-.*|its t= is no .*"
        r"|it has no Signature|its body is neither a form nor signed.*|its body is not the one that was signed.*",
    ),
    ("not_over", r".*(tells of no call that is over|not completed|, not over|has no recording \(absent\))"),
    ("inside", r"a call among colleagues|it is an information call.*|a leg that nobody answered.*"),
    ("else", r"the (event|call type) .*|it is of another account .*"),
    ("cut", r"only the beginning of it was kept.*|its recordings were not kept.*"),
    ("test", r"a test: it was understood.*"),
    ("soon", r"it is kept and will be taken soon"),
    ("no_system", r"its source has no telephone system any more"),
    (
        "unreadable",
        r"it is no (JSON|form).*|its JSON is no object|it has no .*|it is neither JSON nor .*|the fact '.*"
        r"|its parts cannot be told apart|a call without a recording needs an id.*",
    ),
    # recordings
    ("timeout", r"it took too long|it came too slowly|Its answer came too slowly\.|it was stopped"),
    ("no_name", r"the name .* is not known here"),
    ("not_allowed", r".* is none of the hosts this source may fetch from"),
    ("inner", r".* leads to an address of an inner network"),
    ("address", r"its address .*|it leads .*|the (report|notice) named .*|the source does not say at which address .*"),
    ("denied", r"the server answered 40[13]"),
    (
        "not_there",
        r"the server answered \d+: it is not there.*|the portal has no recording of this call.*|Zadarma gives.*",
    ),
    ("gone", r"the server has it no more"),
    ("no_rest", r"the source has no incoming webhook .*"),
    ("status", r"(the server|It) answered (?P<status>\d+)\.?"),
    ("nonsense", r"the provider's answer is no JSON"),
    ("disk", r"the disk is almost full"),
    # what to do about a recording
    ("again", r"It is tried again.*"),
    ("mend", r".*(on|of) the source('s page)?(, then retry| and say so there|\.| if it is yours, then retry).*"),
    # CRMs
    ("busy", r"It asks us to slow down\.|Its time for this method is used up for now\."),
    ("unreachable", r"\w*Error at .*|.* could not be reached \(.*\)\.|It did not answer in \d+ tries\."),
    ("signed_out", r"The key or token is not accepted.*"),
    ("secrets", r"The (keys|secrets) of .* cannot be (read|opened).*"),
    ("barred", r"A number of this client is on the list of those not to call.*"),
    ("nobody", r".* is nobody known in .*|Nobody is responsible for the card there.*"),
    ("refused", r"It answered (?P<status>\d+): .*"),
    (
        "nonsense",
        r"An answer was not as documented.*|Its answer .*|It names no .*|It (did|took) .* did not say what it is .*"
        r"|It answered .* with something else\.|Where a list was expected.*|Where the mapping says rows stand.*"
        r"|It sent us on to another server.*",
    ),
    ("fault", r"(a|A) fault of ours.*"),
    (
        "cannot",
        r"Only a lead .*|This client is not known there\.|It is written to a .*|.* pipeline has no .* to work in\."
        r"|.* transcript.*|The connection's mapping .*|The mapping .*|'.*' .*|Give the .*|The address must .*",
    ),
)
_PATTERNS: Final = tuple((code, re.compile(form, re.DOTALL)) for code, form in _FORMS)
EXACT: Final = frozenset(
    {"no_secret", "clock", "test", "soon", "no_system", "timeout", "gone", "disk", "busy", "barred"}
)
"""Codes whose words say all that the stored sentence does."""


@dataclass(frozen=True, slots=True)
class Said:
    """A reason for a reader: its words, and the stored English sentence where that says more; else empty."""

    words: str
    detail: str

    def __html__(self) -> Markup:
        if not self.detail:
            return Markup("{}").format(self.words)
        return Markup('{} <span class="faint" lang="en">({})</span>').format(self.words, self.detail)


@lru_cache(maxsize=2048)
def find_code(sentence: str) -> tuple[str, str]:
    """(code, the HTTP status in it) of a stored sentence; ("", "") for one of no known form."""
    for code, pattern in _PATTERNS:
        match = pattern.fullmatch(sentence)
        if match:
            return code, str(match.groupdict().get("status") or "")
    return "", ""


def tell_reason(sentence: str) -> Said:
    """A stored reason for the viewer: as it is for readers of English."""
    locale = get_locale()
    if not sentence or locale is None or locale.language == "en":
        return Said(sentence, "")
    code, status = find_code(sentence)
    words = _words(code, status)
    return Said(words, "" if code in EXACT else sentence) if words else Said(sentence, "")


def reason_text(sentence: str) -> str:
    """The same as plain text, for messages."""
    said = tell_reason(sentence)
    return f"{said.words} ({said.detail})" if said.detail else said.words


def _words(code: str, status: str) -> str:
    words = {
        "no_secret": _("the source's secret was not entered yet"),
        "clock": _("its time is more than five minutes away from ours"),
        "large": _("it is larger than allowed"),
        "signature": _("it is not signed with the secret of this source"),
        "not_over": _("it tells of no call that is over"),
        "inside": _("it is no call with a client"),
        "else": _("it tells of something else than a call"),
        "cut": _("not all of it was kept: have it sent again"),
        "test": _("understood; of a test no call is kept"),
        "soon": _("it is kept and will be taken soon"),
        "no_system": _("its source has no telephone system any more"),
        "unreadable": _("no call can be read from it"),
        "timeout": _("no answer in time"),
        "no_name": _("its name is not known"),
        "not_allowed": _(
            "its host is none of those this source may fetch from: add it on the source's page if it is yours"
        ),
        "inner": _("it leads into an inner network"),
        "address": _("the address cannot be read"),
        "denied": _("the server refuses user and password: check them on the source's page"),
        "not_there": _("the recording is not there (yet)"),
        "gone": _("the server has the recording no more"),
        "no_rest": _("the source has no address to ask for recordings"),
        "status": _("it answered %(status)s", status=status),
        "disk": _("the disk is almost full"),
        "again": _("It is tried again."),
        "mend": _("Mend it on the source's page, then retry."),
        "busy": _("it asks us to slow down"),
        "unreachable": _("nobody could be reached there"),
        "signed_out": _("the key or token is not accepted: give a new one"),
        "secrets": _("its keys cannot be read: enter them again"),
        "barred": _("a number of this client is on the list of those not to call"),
        "nobody": _("the rep is nobody known there: say on the connection's page who it is"),
        "refused": _("it answered %(status)s", status=status),
        "nonsense": _("its answer is not as documented"),
        "fault": _("a fault on our side, see the log"),
        "cannot": _("this CRM has no place for it, or the connection lacks a setting"),
    }
    return str(words.get(code, ""))
