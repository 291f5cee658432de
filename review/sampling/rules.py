"""Sampling rules: made, changed, paused and removed by people, with every change in the audit log. Nothing commits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.errors import ReviewError
from review.models import Rep, SamplingRule, Team
from review.sampling.conditions import FLAGS, Conditions
from review.sampling.draw import LEAST_SHARE, Terms
from review.sampling.reviewers import list_reviewers
from review.sampling.risk import RISKS
from review.sampling.sharing import BY_LOAD, IN_TURN
from review.services import audit
from review.services.standards import known_names

LONGEST_NAME: Final = 120
MOST_PER_REP: Final = 200
LONGEST_DUE: Final = 60  # days
ANY_CALL: Final = Conditions()


class BadRule(ReviewError):
    """A rule that cannot be kept as asked; nothing was. `field` is what is wrong, `why` how, as a short name."""

    code = "bad_rule"

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"The rule's {field} cannot be kept: {why}. Nothing was changed.")
        self.field = field
        self.why = why


class NoSuchRule(ReviewError):
    """There is no rule of this number, or it was removed."""

    code = "no_such_rule"

    def __init__(self, rule_id: int) -> None:
        super().__init__(f"There is no sampling rule {rule_id}.")
        self.rule_id = rule_id


class RuleChanged(ReviewError):
    """Somebody else changed the rule since it was opened; nothing was overwritten."""

    code = "rule_changed"

    def __init__(self, rule_id: int, revision: int) -> None:
        super().__init__(f"Somebody changed rule {rule_id} since you opened it. Nothing of yours was stored.")
        self.rule_id = rule_id
        self.revision = revision  # of what is stored now


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTerms:
    """What a rule says. Either `per_rep` or `percent` (0..100) is set; `random_share` 0..1."""

    name: str
    conditions: Conditions = ANY_CALL
    period: str = "week"
    per_rep: int | None = None
    percent: float | None = None
    random_share: float = 0.3
    risks: tuple[str, ...] = tuple(RISKS)
    reviewers: tuple[int, ...] = ()
    sharing: str = IN_TURN
    due_days: int = 5
    blind: bool = False
    second_percent: float = 0.0  # of the calls drawn by lot, 0..100: also to a second reviewer, both blind
    standard: str | None = None

    def amount(self) -> Terms:
        """How many calls, as a draw reads it."""
        return Terms(per_rep=self.per_rep, percent=self.percent, random_share=self.random_share)

    def to_json(self) -> dict[str, Any]:
        """Everything it says, in plain JSON."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        values["conditions"] = self.conditions.to_json()
        return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> RuleTerms:
        """What `to_json` gave."""
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in data.items()
        }
        return cls(**{**values, "conditions": Conditions.from_json(data["conditions"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRow:
    """A rule as pages see it."""

    id: int
    state: str  # active, paused
    revision: int
    terms: RuleTerms
    created_at: datetime
    updated_at: datetime


def make_rule(session: Session, terms: RuleTerms, *, by: int | None) -> int:
    """Make a rule that draws from the next night on; its number. Raises BadRule."""
    checked = check_terms(session, terms)
    rule = SamplingRule(**_columns(checked), created_by=by)
    session.add(rule)
    session.flush()
    audit.record(session, by, "sampling_rule.created", "sampling_rule", rule.id, terms=checked.to_json())
    return rule.id


def change_rule(session: Session, rule_id: int, terms: RuleTerms, *, by: int | None, revision: int) -> None:
    """Change what a rule says, from its next draw on. Raises BadRule, NoSuchRule, RuleChanged."""
    rule = _get(session, rule_id)
    if rule.revision != revision:
        raise RuleChanged(rule_id, rule.revision)
    before = _terms(rule)
    checked = check_terms(session, terms)
    if checked == before:
        return
    for name, value in _columns(checked).items():
        setattr(rule, name, value)
    rule.revision += 1
    session.flush()
    old, new = before.to_json(), checked.to_json()
    changed = [name for name in new if old[name] != new[name]]
    audit.record(
        session,
        by,
        "sampling_rule.changed",
        "sampling_rule",
        rule_id,
        before={name: old[name] for name in changed},
        after={name: new[name] for name in changed},
    )


def set_rule_state(session: Session, rule_id: int, state: str, *, by: int | None) -> None:
    """Pause a rule, let it go on, or remove it; what it drew stays with its reviewers. Raises NoSuchRule."""
    rule = _get(session, rule_id)
    if rule.state == state:
        return
    before, rule.state = rule.state, state
    rule.revision += 1
    session.flush()
    audit.record(session, by, f"sampling_rule.{state}", "sampling_rule", rule_id, before=before)


def get_rule(session: Session, rule_id: int, *, hold: bool = False) -> RuleRow:
    """One rule; with `hold` nobody changes it until the transaction ends. Raises NoSuchRule."""
    return _row(_get(session, rule_id, hold=hold))


def list_rules(session: Session, *, active: bool = False) -> tuple[RuleRow, ...]:
    """The rules, oldest first; those removed are gone from the list."""
    wanted = SamplingRule.state == "active" if active else SamplingRule.state != "removed"
    return tuple(_row(rule) for rule in session.scalars(select(SamplingRule).where(wanted).order_by(SamplingRule.id)))


def check_terms(session: Session, terms: RuleTerms) -> RuleTerms:
    """The terms as they would be kept. Raises BadRule with the field and why."""
    name = " ".join(terms.name.replace("\x00", "").split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise BadRule("name", "missing" if not name else "too_long")
    if terms.period not in ("day", "week"):
        raise BadRule("period", "unknown")
    if (terms.per_rep is None) == (terms.percent is None):
        raise BadRule("amount", "missing")
    if terms.per_rep is not None and not 1 <= terms.per_rep <= MOST_PER_REP:
        raise BadRule("amount", "out_of_range")
    if terms.percent is not None and not 0 < terms.percent <= 100:
        raise BadRule("amount", "out_of_range")
    if not LEAST_SHARE <= terms.random_share <= 1:
        raise BadRule("random_share", "out_of_range")
    if set(terms.risks) - set(RISKS) or set(terms.conditions.flags) - set(FLAGS):
        raise BadRule("risks", "unknown")
    if terms.sharing not in (IN_TURN, BY_LOAD):
        raise BadRule("sharing", "unknown")
    if not 0 <= terms.due_days <= LONGEST_DUE:
        raise BadRule("due_days", "out_of_range")
    for low, high in (
        (terms.conditions.length_from, terms.conditions.length_to),
        (terms.conditions.score_from, terms.conditions.score_to),
    ):
        if (low is not None and low < 0) or (high is not None and high < 0):
            raise BadRule("conditions", "out_of_range")
        if low is not None and high is not None and low > high:
            raise BadRule("conditions", "backwards")
    _check_known(session, terms)
    able = {reviewer.id for reviewer in list_reviewers(session)}
    reviewers = tuple(dict.fromkeys(user for user in terms.reviewers if user in able))
    if not reviewers:
        raise BadRule("reviewers", "missing")
    if not 0 <= terms.second_percent <= 100:
        raise BadRule("second_percent", "out_of_range")
    if terms.second_percent and len(reviewers) < 2:
        raise BadRule("second_percent", "alone")
    return replace(terms, name=name, reviewers=reviewers)


def _check_known(session: Session, terms: RuleTerms) -> None:
    """A condition on something that is not there would be dropped, and the rule be wider than its maker meant."""
    for field, model, wanted in (("reps", Rep, terms.conditions.reps), ("teams", Team, terms.conditions.teams)):
        if set(wanted) - set(session.scalars(select(model.id).where(model.id.in_(wanted)))):
            raise BadRule(field, "gone")
    named = {*terms.conditions.standards, *([terms.standard] if terms.standard else [])}
    if named - set(known_names(session)):
        raise BadRule("standard", "unknown")


def _get(session: Session, rule_id: int, *, hold: bool = True) -> SamplingRule:
    rule = session.get(SamplingRule, rule_id, populate_existing=True, with_for_update=hold or None)
    if rule is None or rule.state == "removed":
        raise NoSuchRule(rule_id)
    return rule


def _columns(terms: RuleTerms) -> dict[str, Any]:
    return terms.to_json()


def _terms(rule: SamplingRule) -> RuleTerms:
    return RuleTerms.from_json({field.name: getattr(rule, field.name) for field in fields(RuleTerms)})


def _row(rule: SamplingRule) -> RuleRow:
    return RuleRow(
        id=rule.id,
        state=rule.state,
        revision=rule.revision,
        terms=_terms(rule),
        created_at=rule.created_at,
        updated_at=rule.updated_at,
    )
