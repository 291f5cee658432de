"""The scorer's one-sentence reasons, and what speech engines and failed steps say, in the viewer's language.

They are stored in English, whoever reads them later. Each is known here by its form; the figures in it are
taken over, codes in it get their names. A sentence of no known form (an older scorer's, another program's) is shown as
it was stored.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final

from flask_babel import gettext as _

from web.speech_sentences import FOUND_INSTEAD, SPEECH_FORMS, WHYS


def N_(text: str) -> str:
    """Marks a text for the catalogues; it is translated when it is shown."""
    return text


_FORMS: Final = (
    N_(
        "A learned model this run began with cannot be read any more, so its calls could not be compared. "
        "The calls done so far keep their new assessments; roll the model back and start a new run."
    ),
    N_(
        "The rule packs were updated since this run began, so its calls could not be compared. "
        "The calls done so far keep their new assessments; start a new run."
    ),
    N_(
        "None of the calls could be judged again; they keep the scores they have. "
        "The reasons are in the list of calls: mend what they name and start a new run."
    ),
    N_("Another rep closed this call."),
    N_("Another rep opened this call."),
    N_("Only a reviewer can answer this."),
    N_("Nobody says anything in this transcript."),
    N_("There is no rule pack for the call's language (%(language)s) yet."),
    N_("It is not known who of the two speakers is the rep."),
    N_("It is not sure who speaks in this part of the call."),
    N_("Part of the recording is missing, so it may have been said there."),
    N_("The %(role)s says nothing in this part of the call."),
    N_("The %(role)s says too little in this part of the call to judge it."),
    N_("The speech engine is unsure of the %(role)s's words here (mean confidence %(confidence)s)."),
    N_("It may have been said, but the words there are unsure."),
    N_("The transcript has no usable times."),
    N_("Said in the opening."),
    N_("Said in the close."),
    N_("Said in the call."),
    N_("Not found in the opening."),
    N_("Not found in the close."),
    N_("Not found in the call."),
    N_("None found in the whole call."),
    N_("%(count)s such phrase found."),
    N_("%(count)s such phrases found."),
    N_("Greeted and gave the own name."),
    N_("Greeted, but gave no name."),
    N_("Gave the own name, but no greeting."),
    N_("Neither a greeting nor a name in the opening."),
    N_("Named the own company in the opening."),
    N_("Answered the call with the company's name."),
    N_("No company named in the opening."),
    N_("Stated a price."),
    N_("No price was stated."),
    N_("Nobody brought the price up."),
    N_("The client brought the price up and no figure was given."),
    N_("%(count)s needs question found."),
    N_("%(count)s needs questions found."),
    N_("No needs question found."),
    N_("%(count)s open question(s) found."),
    N_("No open needs question found."),
    N_("The rep talks %(share)s of the time; the band is %(least)s to %(most)s."),
    N_("%(count)s interruption by the rep in %(minutes)s minutes."),
    N_("%(count)s interruptions by the rep in %(minutes)s minutes."),
    N_("A next step with a date was agreed."),
    N_("A next step was agreed, without a date."),
    N_("The step is being done in the call."),
    N_("The client asked and the rep confirmed."),
    N_("Agreed, without a date."),
    N_("The client asked; the rep did not confirm it."),
    N_("No agreed next step in the close."),
    N_("The client raises no objection."),
    N_("The client's words are unsure where they may object."),
    N_("Objections: %(outcomes)s."),
    N_("Heard in the words and their place in the call: %(words)s."),
    N_("%(count)s of %(all)s objection(s) answered without acknowledging or asking first."),
    N_("Each objection was acknowledged or clarified first."),
    N_("No fault found in answering."),
    N_("Found: %(faults)s."),
    N_("Closed as unreachable, yet there was a conversation."),
    N_("Closed for money, yet price and budget never came up in the call."),
    N_("Closed for lack of need, yet the client showed interest."),
    N_("Closed for a competitor, yet none is mentioned in the call."),
    N_("The client asked to be called again."),
    N_("The client said no for now only."),
    N_("The client asked to be called again, and there was no later attempt."),
    N_("The client said no for now only, and there was no later attempt."),
    N_("The client was ready for a next step."),
    N_("The client was ready for a next step, and there was no later attempt."),
    N_("The client asked for something to be sent."),
    N_("The client asked for something to be sent, and there was no later attempt."),
    N_("The client put the decision off."),
    N_("The client put the decision off, and there was no later attempt."),
    N_("Near the end of the call: “%(quote)s”; in reviewed calls that speaks for leads closed wrongly."),
    N_("Near the end of the call: “%(quote)s”; in reviewed calls that speaks for leads closed rightly."),
    N_("The rep ended the call with the door open: the lead was not lost yet."),
    N_("The client gave %(count)s buying signal."),
    N_("The client gave %(count)s buying signals."),
    N_("The %(types)s objection was %(outcome)s."),
    N_("No question about the client's needs was asked."),
    N_("The lead was closed within minutes of the call."),
    N_("Only %(count)s attempt(s) to reach the client."),
    N_("All attempts were made within a day."),
    N_("The loss reason says nothing."),
    N_("The client refused plainly."),
    N_("The client said they are not interested."),
    N_("The client sees no need, and the rep took it up."),
    N_("The rep had nothing left to offer."),
    N_("The client did object to the price."),
    N_("There were later attempts to reach the client."),
    N_("The learned model is unsure (%(sure)s) and the rules say otherwise."),
    # The fullest first: what stands in a gap may hold the words between the parts.
    N_(
        "Learned from reviewers (version %(version)s): %(sure)s sure; for it: %(features)s; words: %(words)s; "
        "against it: %(contrary)s."
    ),
    N_("Learned from reviewers (version %(version)s): %(sure)s sure; for it: %(features)s; words: %(words)s."),
    N_("Learned from reviewers (version %(version)s): %(sure)s sure; for it: %(features)s; against it: %(contrary)s."),
    N_("Learned from reviewers (version %(version)s): %(sure)s sure; words: %(words)s; against it: %(contrary)s."),
    N_("Learned from reviewers (version %(version)s): %(sure)s sure; for it: %(features)s."),
    N_("Learned from reviewers (version %(version)s): %(sure)s sure; words: %(words)s."),
    N_("Learned from reviewers (version %(version)s): %(sure)s sure; against it: %(contrary)s."),
    N_("Learned from reviewers (version %(version)s): %(sure)s sure."),
    *SPEECH_FORMS,
)

_CODES: Final = {
    "rep": N_("rep"),
    "client": N_("client"),
    "price": N_("price"),
    "timing": N_("timing"),
    "authority": N_("authority"),
    "need": N_("no need"),
    "competitor": N_("competitor"),
    "trust": N_("trust"),
    "brush_off": N_("brush-off"),
    "fit": N_("fit"),
    "other": N_("other"),
    "handled": N_("handled"),
    "partial": N_("partly handled"),
    "mishandled": N_("mishandled"),
    "ignored": N_("ignored"),
    "cut_off": N_("cut the client off"),
    "argued": N_("argued"),
    "instant_discount": N_("instant discount"),
    "forbidden": N_("forbidden phrase"),
    "repeated_without_new_move": N_("repeated, nothing new"),
    "and": N_("and"),
}
_CODED: Final = frozenset({"role", "outcomes", "types", "outcome", "faults"})
_FEATURES: Final = {
    "most telling turn": N_("most telling turn"),
    "second telling turn": N_("second telling turn"),
    "number of telling turns": N_("number of telling turns"),
    "rules say": N_("rules say"),
    "rule": N_("rule"),
    "by rep": N_("by the rep"),
    "by client": N_("by the client"),
    "talk ratio": N_("talk ratio"),
    "interruptions": N_("interruptions"),
    "open questions": N_("open questions"),
    "questions": N_("questions"),
    "patience": N_("patience"),
}
"""What a learned model weighs, by the words its sentence has for it."""
_FEATURE: Final = re.compile("|".join(rf"\b{re.escape(name)}\b(?!\.)" for name in _FEATURES))
_SENTENCES: Final = frozenset({"why", "reason"})
"""Gaps that hold a sentence of a form of its own."""
_WEIGHED: Final = frozenset({"features", "contrary"})
_WORD: Final = re.compile(r"\w+")


def translate_sentence(sentence: str) -> str:
    """The sentence, or two after each other, in the viewer's language; as it is where its form is not known."""
    return " ".join(map(_told_form, find_forms(sentence))) or sentence


@lru_cache(maxsize=4096)
def find_form(sentence: str, *, part: bool = False) -> tuple[str, tuple[tuple[str, str], ...]] | None:
    """The form a sentence was made by, and what stands in its gaps; with `part` what stands in a gap may be one."""
    for form, pattern in (*_patterns(WHYS), *_patterns(_FORMS)) if part else _patterns(_FORMS):
        match = pattern.fullmatch(sentence)
        if match:
            return form, tuple(match.groupdict().items())
    return None


@lru_cache(maxsize=256)
def find_forms(text: str) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """The form of a sentence, or those of it and of the advice behind it: an engine's state holds both in one line."""
    if whole := find_form(text):
        return (whole,)
    for end in re.finditer(r"\. ", text):
        first, second = find_form(text[: end.start() + 1]), find_form(text[end.end() :])
        if first and second:
            return first, second
    return ()


def _told_form(found: tuple[str, tuple[tuple[str, str], ...]]) -> str:
    form, values = found
    return str(_(form, **{name: _told(name, text) for name, text in values}))


def _told(gap: str, text: str) -> str:
    if gap in _WEIGHED:
        return _FEATURE.sub(lambda match: str(_(_FEATURES[match.group()])), text)
    if gap in _SENTENCES:
        known = find_form(text, part=True)
        return _told_form(known) if known else text
    if gap == "other":
        return str(_(FOUND_INSTEAD[text])) if text in FOUND_INSTEAD else text
    return _named(text) if gap in _CODED else text


def _named(text: str) -> str:
    return _WORD.sub(lambda match: str(_(_CODES[match.group()])) if match.group() in _CODES else match.group(), text)


@cache
def _patterns(forms: tuple[str, ...]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((form, re.compile(re.sub(r"%\\\((\w+)\\\)s", r"(?P<\1>.+?)", re.escape(form)))) for form in forms)
