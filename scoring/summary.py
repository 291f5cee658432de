"""Facts the client stated and a five-line summary, both quoted from the call: nothing is written, only chosen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from scoring.answers import agreed_contact, answer_to, named_rival
from scoring.assessment import Evidence, FoundFact, Objection, SummaryLine
from scoring.case import Case
from scoring.detectors.next_step import find_steps
from scoring.matching import Hit


def find_facts(case: Case) -> tuple[FoundFact, ...]:
    """Budget, timing, decision maker, competitor and next contact as the client said them, one of each.

    What the client states in full comes first, then what they answer to the rep's question for it.
    """
    found: list[FoundFact] = []
    for name, group in (
        ("budget", "fact.budget"),
        ("timing", "fact.timing"),
        ("decision_maker", "fact.decision_maker"),
        ("competitor", "fact.competitor"),
    ):
        hits = case.found((group,), role="client")
        evidence = case.evidence(hits[0]) if hits else answer_to(case, name)
        if evidence is None and name == "competitor":
            evidence = named_rival(case)
        if evidence is not None:
            found.append(FoundFact(name, " ".join(evidence.quote.split()), evidence))
    wishes = [
        hit
        for hit in case.found(("callback", "client_step"), case.window("close"), "client")
        if any(date.sentence == hit.sentence for date in case.in_turn(hit.turn, "date"))
    ]
    if wishes:
        hit = wishes[-1]
        date = next(d for d in case.in_turn(hit.turn, "date") if d.sentence == hit.sentence)
        value = " ".join(case.turn(hit.turn).text[date.start : date.end].split())
        found.append(FoundFact("next_contact", value, case.evidence(hit)))
    elif (contact := agreed_contact(case)) is not None:
        found.append(contact)
    return tuple(found)


def summarise(case: Case, objections: Sequence[Objection]) -> tuple[SummaryLine, ...]:
    """Who called, why, what the client wants, the objection left open and the next step: the sentences that say so."""
    lines: list[SummaryLine] = []
    opening = case.window("opening")
    for about, hits in (
        ("who", _introductions(case.found(("own_name", "own_company"), opening, "rep"))),
        ("why", [*case.found(("reason_for_call",), opening), *case.found(("client_reason",), opening)]),
        ("wants", case.found(("wants", "buying_signal", "fact.timing"), role="client")),
    ):
        if hits:
            lines.append(SummaryLine(about, _sentence(case, hits[0])))
    if objections:
        # The one that was never settled decided the call, the last of them most; else the first.
        open_still = [objection for objection in objections if objection.reaction != "accepts"]
        lines.append(SummaryLine("objections", (open_still[-1:] or objections)[0].client))
    steps = find_steps(case, case.window("close"))
    if steps:
        best = max(steps, key=lambda step: (step.level == "dated", step.hits[0].turn))
        lines.append(SummaryLine("next", _sentence(case, best.hits[0])))
    return tuple(_once(lines))


def _introductions(hits: Sequence[Hit]) -> list[Hit]:
    """The sentence that says both the name and the company first, else the one with the name, else the company's."""
    said: dict[tuple[int, int], set[str]] = {}
    for hit in hits:
        said.setdefault((hit.turn, hit.sentence), set()).add(hit.group)
    return sorted(
        hits,
        key=lambda hit: (
            -len(said[hit.turn, hit.sentence]),
            hit.group != "own_name",
            -hit.precision,
            hit.turn,
            hit.start,
            hit.entry.id,
        ),
    )


def _sentence(case: Case, hit: Hit) -> Evidence:
    """The whole sentence of a hit; in speech without punctuation, the words around it."""
    turn = case.turn(hit.turn)
    tokens = turn.sentences[hit.sentence].tokens
    if len(tokens) > 40:
        near = [token for token in tokens if hit.start - 120 <= token.start and token.end <= hit.end + 120]
        tokens = tuple(near) or tokens
    end = tokens[-1].end
    while end < len(turn.text) and turn.text[end] in '.?!…。？！"”»':
        end += 1
    return turn.evidence(tokens[0].start, end, f"rule:{hit.source}")


def _once(lines: Iterable[SummaryLine]) -> Iterable[SummaryLine]:
    seen: set[tuple[int | None, str]] = set()
    for line in lines:
        key = (line.evidence.turn, line.evidence.quote)
        if key not in seen:
            seen.add(key)
            yield line
