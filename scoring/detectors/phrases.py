"""Detectors that answer by phrases: greeting, name, company, anything said, nothing forbidden, a price given."""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum
from typing import Final

from scoring.case import Case, Window, judged_by
from scoring.detectors.finding import Finding, cannot_judge, not_applicable
from scoring.matching import Hit, speech_factor
from scoring.standards import Criterion

MOST_QUOTES: Final = 3
_LONGEST_NAME: Final = 5  # words of a company's name
# How sure an answer by absence is when every word was clear: phrases a rule does not know exist.
ABSENCE_CONFIDENCE: Final = 0.85
UNSURE: Final = "It may have been said, but the words there are unsure."


def says(case: Case, criterion: Criterion) -> Finding:
    """Whether one of the groups is said by the role in the window."""
    groups = _names(criterion, "groups")
    role = str(criterion.settings.get("role", "rep"))
    window = case.window(str(criterion.settings.get("window", "anywhere")))
    hits = case.found(groups, window, role)
    if hits:
        return present(case, hits, "present", f"Said in the {_place(window)}.")
    return absent(case, window, groups, role, "absent", f"Not found in the {_place(window)}.")


def greeting(case: Case, criterion: Criterion) -> Finding:
    """Greeting and own name in the opening."""
    window = case.window("opening")
    greets = case.found(("greeting",), window, "rep")[:1]
    names = (_known_names(case, window) or case.found(("own_name",), window, "rep"))[:1]
    found = sorted([*greets, *names], key=lambda hit: (hit.turn, hit.start))
    if greets and names:
        confidence = min(greets[0].confidence, names[0].confidence)
        return Finding("both", "Greeted and gave the own name.", confidence, quotes(case, found))
    missing = ("own_name",) if greets else (("greeting",) if names else ("greeting", "own_name"))
    doubt = case.doubt("rep", window, absence=True)
    if doubt is not None:
        return cannot_judge(doubt, quotes(case, found))
    if unsure := case.unsure(missing, window):
        return cannot_judge(UNSURE, quotes(case, sorted([*found, *unsure], key=lambda hit: (hit.turn, hit.start))))
    absence = case.absence(window, missing, "rep")
    if found:
        why = "Greeted, but gave no name." if greets else "Gave the own name, but no greeting."
        return Finding("one", why, min(ABSENCE_CONFIDENCE, found[0].confidence), quotes(case, found), absence)
    why = "Neither a greeting nor a name in the opening."
    return Finding("neither", why, absence_confidence(case, window), (), absence)


def company(case: Case, criterion: Criterion) -> Finding:
    """The own company in the opening: by its name from the call facts, else by the frame it is said in."""
    window = case.window("opening")
    hits = _known_companies(case, window) or case.found(("own_company",), window, "rep")
    if hits:
        return present(case, hits, "present", "Named the own company in the opening.")
    if (finding := _answers_with_company(case, window)) is not None:
        return finding
    return absent(case, window, ("own_company",), "rep", "absent", "No company named in the opening.")


def price_given(case: Case, criterion: Criterion) -> Finding:
    """A figure or range stated by the rep."""
    window = case.window("anywhere")
    hits = case.found(("price_given",), window, "rep")
    if hits:
        return present(case, hits, "present", "Stated a price.")
    asked = case.found(("asks_price", "objection.price"), window, "client")
    if criterion.settings.get("applies") == "raised" and not asked:
        doubt = case.doubt("client", window, absence=True) or case.doubt("rep", window, absence=True)
        return cannot_judge(doubt) if doubt is not None else not_applicable("Nobody brought the price up.")
    finding = absent(case, window, ("price_given",), "rep", "absent", "No price was stated.")
    if finding.level == "absent" and asked:
        why = "The client brought the price up and no figure was given."
        return Finding("absent", why, finding.confidence, quotes(case, asked), finding.absence)
    return finding


def no_phrase(case: Case, criterion: Criterion) -> Finding:
    """None of the groups is said by the role anywhere."""
    groups = _names(criterion, "groups")
    role = str(criterion.settings.get("role", "rep"))
    window = case.window("anywhere")
    hits = case.found(groups, window, role)
    if hits:
        return present(case, hits, "said", f"{len(hits)} such phrase{'s' if len(hits) > 1 else ''} found.")
    return absent(case, window, groups, role, "clean", "None found in the whole call.")


def present(case: Case, hits: Sequence[Hit], level: str, why: str) -> Finding:
    """A finding by what was said, quoting the first few."""
    return Finding(level, why, judged_by(hits), quotes(case, hits))


def absent(case: Case, window: Window, groups: Sequence[str], role: str, level: str, why: str) -> Finding:
    """A finding by absence, or "cannot judge" where the window's words are unsure."""
    doubt = case.doubt(role, window, absence=True)
    if doubt is not None:
        return cannot_judge(doubt)
    if unsure := case.unsure(groups, window):
        return cannot_judge(UNSURE, quotes(case, unsure))
    return Finding(level, why, absence_confidence(case, window), (), case.absence(window, groups, role))


def absence_confidence(case: Case, window: Window) -> float:
    """How sure "not said" is, given how clear the rep's words in the window are."""
    values = [c for turn in window.turns if (c := turn.speech_confidence()) is not None]
    return ABSENCE_CONFIDENCE * speech_factor(fsum(values) / len(values) if values else None)


def quotes(case: Case, hits: Sequence[Hit]) -> tuple:  # type: ignore[type-arg]
    """The first few hits as evidence."""
    return tuple(case.evidence(hit) for hit in hits[:MOST_QUOTES])


def _names(criterion: Criterion, key: str) -> tuple[str, ...]:
    value = criterion.settings[key]
    return value if isinstance(value, tuple) else (str(value),)


def _place(window: Window) -> str:
    return {"opening": "opening", "close": "close"}.get(window.name, "call")


def _answers_with_company(case: Case, window: Window) -> Finding | None:
    """An inbound call answered by the bare company name: "Riverside Furniture. My name is Robert."."""
    turn = next((turn for turn in window.turns if turn.role == "rep"), None)
    if turn is None or len(turn.sentences) < 2 or not case.knows_role(turn):
        return None
    tokens = turn.sentences[0].tokens
    language = case.pack.vocabulary.language
    if len(tokens) > _LONGEST_NAME or language.holds(tokens, case.pack.words["not_names"]):
        return None
    introduced = any(hit.sentence > 0 for hit in case.in_turn(turn.index, "own_name"))
    if not introduced or any(hit.sentence == 0 for hit in case.in_turn(turn.index, "own_name")):
        return None
    evidence = turn.evidence(tokens[0].start, tokens[-1].end, "rule:company.answers_with_name")
    if not case.clear(evidence.speech_confidence):
        return None
    confidence = 0.8 * speech_factor(evidence.speech_confidence)
    return Finding("present", "Answered the call with the company's name.", confidence, (evidence,))


def _known_names(case: Case, window: Window) -> list[Hit]:
    names = [name for name in (case.facts.rep, *case.facts.rep_names) if name]
    words = [part for name in names for part in (name, *name.split()) if len(part) > 1]
    return [
        hit
        for hit in case.matcher.find_words(window.turns, words, "own_name", "facts.rep")
        if case.trusts(hit) and _introduces(case, hit)
    ]


def introduced_name(case: Case) -> str | None:
    """The rep's name from the call facts that is said as the speaker's own anywhere in the call, or None."""
    window = case.window("anywhere")
    for name in dict.fromkeys(name for name in (case.facts.rep, *case.facts.rep_names) if name):
        words = [part for part in (name, *name.split()) if len(part) > 1]
        hits = case.matcher.find_words(window.turns, words, "own_name", "facts.rep")
        if any(case.trusts(hit) and case.turn(hit.turn).role == "rep" and _introduces(case, hit) for hit in hits):
            return name
    return None


def _introduces(case: Case, hit: Hit) -> bool:
    """Whether the name is said as the own one ("this is Jonas"), which its sentence's frame shows."""
    return any(
        other.group in ("own_name", "own_company", "greeting") and other.sentence == hit.sentence
        for other in case.by_turn.get(hit.turn, ())
    )


def _known_companies(case: Case, window: Window) -> list[Hit]:
    found = case.matcher.find_words(window.turns, case.facts.company_names, "own_company", "facts.company")
    return [hit for hit in found if case.trusts(hit)]
