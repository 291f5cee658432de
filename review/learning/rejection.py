"""Verdicts on closed leads as labels, and the calls they are about as the learned judge of closed leads sees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from review.learning.data import call_ids, open_shown, read_label_rows
from scoring.learning.calls import RULES, view_call
from scoring.learning.labels import Label, settle
from scoring.learning.rejection_model import Verdict, wrong_of
from scoring.objections import find_objections
from scoring.rejection import weigh


@dataclass(frozen=True, slots=True)
class LeadLabels:
    """The labels of one language's closed leads, one for each call; "not sure" teaches nothing and is left out."""

    language: str
    settled: tuple[Label, ...]

    @property
    def wrong(self) -> int:
        """Leads that people found closed wrongly."""
        return sum(wrong_of(label.answer) is True for label in self.settled)

    @property
    def rarer(self) -> int:
        """Leads of the rarer kind."""
        return min(self.wrong, len(self.settled) - self.wrong)


@dataclass(frozen=True, slots=True)
class Lead:
    """A labelled lead; `excluded` ones are the rules' to judge whatever a model says."""

    verdict: Verdict
    excluded: bool

    @property
    def rules(self) -> float:
        """How sure the rules are that it was closed wrongly, -1..1."""
        return -1.0 if self.excluded else self.verdict.view.blocks[RULES]["verdict"]


def read_lead_labels(session: Session) -> tuple[LeadLabels, ...]:
    """The labels by language; languages nobody decided anything in are left out."""
    found: dict[str, list[Label]] = {}
    for label in read_label_rows(session, kind="rejection"):
        found.setdefault(label.language, []).append(label)
    made = []
    for language, labels in sorted(found.items()):
        sure = tuple(label for label in settle(labels) if wrong_of(label.answer) is not None)
        if language and sure:
            made.append(LeadLabels(language, sure))
    return tuple(made)


def read_leads(session: Session, language: str, labels: Sequence[Label]) -> list[Lead]:
    """The labelled calls, read by the rules of now; calls without words, or in another language by now, are left out.

    Facts are those of now: a lead that was opened again since is still the lead that people judged.
    """
    ids = call_ids(session)
    found = []
    for label in labels:
        wrong = wrong_of(label.answer)
        case = open_shown(session, ids[label.call]) if label.call in ids else None
        if case is None or wrong is None or case.pack.language != language:
            continue
        rules = weigh(case, case.facts, find_objections(case))
        # Folds hold out whole reps; where nobody knows who spoke, the call itself.
        verdict = Verdict(label.call, label.rep or label.call, wrong, view_call(case, rules))
        found.append(Lead(verdict, rules.excluded is not None))
    return found
