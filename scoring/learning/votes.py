"""Each rule votes: what a judged call says about one criterion in numbers, and how far each rule's vote can be trusted.

Before there are labels enough for a model, a rule's precision is a Beta distribution: it starts at the precision the
rule ships with and moves with every verdict on an answer the rule gave.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from scoring.assessment import CANNOT_JUDGE, UNANSWERED, CriterionResult
from scoring.case import Case, Window
from scoring.standards import Criterion

PRIOR_LABELS: Final = 10.0  # how many verdicts the shipped precision weighs
PRIOR_PRECISION: Final = 0.8  # of a rule that ships with none
_NO_EVIDENCE: Final = "nothing_found"

# The groups of phrases behind each detector that names none in its settings: their entries vote one by one.
_GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "greeting": ("greeting", "own_name"),
    "company": ("own_company",),
    "price_given": ("price_given", "asks_price"),
    "needs_questions": ("need", "ask_to_tell"),
    "open_questions": ("need", "ask_to_tell"),
    "next_step": ("next_step", "client_step", "callback", "accept", "move.next_step"),
    "objections_handled": ("move", "fault", "objection"),
    "objections_understood": ("move", "objection"),
    "objections_calm": ("fault", "pressure", "forbidden"),
}


@dataclass(frozen=True, slots=True)
class Precision:
    """A rule's record: how often people agreed with the answers it gave, and what it started from."""

    rule: str
    right: int = 0
    wrong: int = 0
    prior: float = PRIOR_PRECISION

    @property
    def mean(self) -> float:
        """The posterior mean of the rule's precision, 0..1."""
        return (self.right + self.prior * PRIOR_LABELS) / (self.right + self.wrong + PRIOR_LABELS)


def rules_of(result: CriterionResult) -> tuple[str, ...]:
    """The rules an answer rests on: the sources of its evidence, or one name for an answer by absence."""
    found = dict.fromkeys(item.source for item in result.evidence)
    return tuple(found) or (f"{_NO_EVIDENCE}:{result.id}",)


def precisions(judged: Iterable[tuple[CriterionResult, str]]) -> dict[str, Precision]:
    """Each rule's record over pairs of the rules' answer and people's; answers that are no option teach nothing."""
    found: dict[str, Precision] = {}
    for result, truth in judged:
        if result.answer in (CANNOT_JUDGE, UNANSWERED) or truth == CANNOT_JUDGE:
            continue
        for rule in rules_of(result):
            known = found.get(rule) or Precision(rule, prior=result.confidence or PRIOR_PRECISION)
            right = result.answer == truth
            found[rule] = Precision(rule, known.right + right, known.wrong + (not right), known.prior)
    return {rule: found[rule] for rule in sorted(found)}


def cold_probabilities(
    result: CriterionResult, options: Sequence[str], known: Mapping[str, Precision]
) -> dict[str, float]:
    """The probability of each option by the rules alone: the surest rule's precision, the rest spread evenly.

    Without an answer (`cannot_judge`, `unanswered`) every option is as likely.
    """
    if result.answer not in options:
        return {option: 1.0 / len(options) for option in options} if options else {}
    shipped = PRIOR_PRECISION if result.confidence is None else result.confidence
    sure = max(known[rule].mean if rule in known else shipped for rule in rules_of(result))
    rest = (1.0 - sure) / max(1, len(options) - 1)
    return {option: sure if option == result.answer else rest for option in options}


def votes_of(case: Case, criterion: Criterion, result: CriterionResult) -> dict[str, float]:
    """The call's votes on a criterion by name, each 0..1: the rules' answer, the entries and groups met, the measures.

    `answer:` is the detector's answer weighed by its confidence; `rule:` an entry of the criterion's own phrases;
    `group:` how often (up to three times) a group of phrases was met at all; `metric:` a measure scaled to 0..1.
    """
    votes = {f"answer:{result.answer}": 1.0 if result.confidence is None else round(float(result.confidence), 6)}
    own, role = own_groups(criterion), role_of(criterion)
    window = window_of(case, criterion)
    every = criterion.detector.startswith("objections")
    met = _met(case)
    for group, hits in met.hits.items():
        if any(group == name or group.startswith(name + ".") for name in own):
            for said_by, turn, entry in hits:
                if (every or said_by == role) and window.holds(turn):
                    votes[f"rule:{entry}"] = 1.0
    votes.update(met.groups)
    return votes


@dataclass(frozen=True, slots=True)
class _Met:
    """The trusted hits of a case by group as (role, turn, entry), and the votes that are the same for all criteria."""

    case: Case
    hits: dict[str, list[tuple[str, int, str]]]
    groups: dict[str, float]


_latest: list[_Met] = []  # of the case under judgement: its criteria come one after the other


def _met(case: Case) -> _Met:
    if not _latest or _latest[0].case is not case:
        hits: dict[str, list[tuple[str, int, str]]] = {}
        counts: dict[str, int] = {}
        for hit in case.hits:
            if case.trusts(hit):
                said_by = case.turn(hit.turn).role
                hits.setdefault(hit.group, []).append((said_by, hit.turn, hit.entry.id))
                counts[f"group:{hit.group}:{said_by}"] = counts.get(f"group:{hit.group}:{said_by}", 0) + 1
        votes = {name: round(min(3, count) / 3, 6) for name, count in counts.items()}
        _latest[:] = [_Met(case, hits, votes | _measured(case))]
    return _latest[0]


def _measured(case: Case) -> dict[str, float]:
    metrics = case.metrics
    scaled = (
        ("talk_ratio", metrics.talk_ratio, 1.0),
        ("interruptions", metrics.interruptions, 5.0),
        ("questions", metrics.questions, 15.0),
        ("open_questions", metrics.open_questions, 5.0),
        ("patience", metrics.patience_median, 3.0),
    )
    return {
        f"metric:{name}": round(max(0.0, min(1.0, value / most)), 6)
        for name, value, most in scaled
        if value is not None
    }


def own_groups(criterion: Criterion) -> tuple[str, ...]:
    """The groups of phrases a criterion asks for."""
    named = criterion.settings.get("groups")
    if isinstance(named, tuple):
        return named
    return (str(named),) if isinstance(named, str) else _GROUPS.get(criterion.detector, ())


def role_of(criterion: Criterion) -> str:
    """Whose words a criterion is about."""
    return str(criterion.settings.get("role", "rep"))


def window_of(case: Case, criterion: Criterion) -> Window:
    """The part of the call a criterion looks at."""
    usual = {"greeting": "opening", "company": "opening", "next_step": "close"}.get(criterion.detector, "anywhere")
    return case.window(str(criterion.settings.get("window", usual)))
