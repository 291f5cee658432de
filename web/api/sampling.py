"""Sampling rules over the API: read, made, tried out, changed, paused, drawn by; and what the draws took."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from flask import Response, abort
from flask_babel import gettext as _

from review.sampling.conditions import Conditions
from review.sampling.drawing import draw_rule
from review.sampling.history import get_draw, list_draws
from review.sampling.planning import plan_next
from review.sampling.risk import RISKS
from review.sampling.rules import (
    BadRule,
    NoSuchRule,
    RuleChanged,
    RuleRow,
    RuleTerms,
    change_rule,
    check_terms,
    get_rule,
    list_rules,
    make_rule,
    set_rule_state,
)
from web.api.doing import answer, area, do_once, once_by_key
from web.api.problems import Problem
from web.api.sampling_models import (
    DrawIn,
    DrawLine,
    DrawList,
    DrawnOut,
    DrawOut,
    DrawPath,
    DrawStratum,
    RuleChangeIn,
    RuleIn,
    RuleList,
    RuleOut,
    RulePath,
    SamplingPreview,
)
from web.auth import viewer
from web.blueprints.sampling import rule_words
from web.errors import Refused
from web.parts import parts

blueprint = area("sampling", "sampling", "The rules by which calls are drawn for review, and what the draws took.")


@blueprint.get("/sampling-rules", responses={200: RuleList})
def list_sampling_rules() -> Response:
    """List the rules by which calls are drawn for review."""
    with parts().database.read() as db:
        rows = list_rules(db)
    return answer(RuleList(rules=[_rule(row) for row in rows]))


@blueprint.post("/sampling-rules", responses={201: RuleOut, 409: Problem, 422: Problem})
@once_by_key
def create_sampling_rule(body: RuleIn) -> Response:
    """Make a rule that draws by itself from the next night on."""
    with _told():
        return do_once(lambda db: _rule(get_rule(db, make_rule(db, _terms(body), by=viewer().user_id))))


@blueprint.post("/sampling-rules/preview", responses={200: SamplingPreview, 422: Problem})
def preview_sampling_rule(body: RuleIn) -> Response:
    """Read what a rule would take; nothing is stored. Which calls the lot meets is known only when it falls."""
    with _told(), parts().database.read() as db:
        planned = plan_next(db, check_terms(db, _terms(body)), datetime.now(UTC))
    return answer(
        SamplingPreview(
            key=planned.key,
            starts_at=planned.period.start,
            ends_at=planned.period.end,
            taken=planned.by_lot + planned.by_risk,
            left_out=planned.left_out,
            strata=[DrawStratum.model_validate(one) for one in planned.drawn.strata],
        )
    )


@blueprint.get("/sampling-rules/<int:rule_id>", responses={200: RuleOut, 404: Problem})
def read_sampling_rule(path: RulePath) -> Response:
    """Read one sampling rule."""
    with _told(), parts().database.read() as db:
        return answer(_rule(get_rule(db, path.rule_id)))


@blueprint.put("/sampling-rules/<int:rule_id>", responses={200: RuleOut, 404: Problem, 409: Problem, 422: Problem})
def update_sampling_rule(path: RulePath, body: RuleChangeIn) -> Response:
    """Write a rule anew, on top of the revision that was read; it holds from the next draw on."""
    with _told(), parts().database.session() as db:
        change_rule(db, path.rule_id, _terms(body), by=viewer().user_id, revision=body.revision)
        return answer(_rule(get_rule(db, path.rule_id)))


@blueprint.post("/sampling-rules/<int:rule_id>/pause", responses={200: RuleOut, 404: Problem})
def pause_sampling_rule(path: RulePath) -> Response:
    """Pause a rule: it draws nothing until it goes on."""
    return _moved(path.rule_id, "paused")


@blueprint.post("/sampling-rules/<int:rule_id>/resume", responses={200: RuleOut, 404: Problem})
def resume_sampling_rule(path: RulePath) -> Response:
    """Let a paused rule draw again."""
    return _moved(path.rule_id, "active")


@blueprint.delete("/sampling-rules/<int:rule_id>", responses={200: RuleOut, 404: Problem})
def remove_sampling_rule(path: RulePath) -> Response:
    """Remove a rule; what it drew stays with its reviewers."""
    with _told(), parts().database.session() as db:
        before = get_rule(db, path.rule_id)
        set_rule_state(db, path.rule_id, "removed", by=viewer().user_id)
    return answer(_rule(before).model_copy(update={"state": "removed", "revision": before.revision + 1}))


@blueprint.post("/sampling-rules/<int:rule_id>/draws", responses={201: DrawnOut, 404: Problem, 409: Problem})
@once_by_key
def draw_now(path: RulePath, body: DrawIn) -> Response:
    """Draw now and give the calls out."""

    def act(db: Any) -> DrawnOut:
        made = draw_rule(db, path.rule_id, by=viewer().user_id, key=body.key)
        return DrawnOut(
            now=made is not None and made.now, draw_id=made.draw_id if made else None, taken=made.taken if made else 0
        )

    with _told():
        return do_once(act)


@blueprint.get("/sampling-rules/<int:rule_id>/draws", responses={200: DrawList, 404: Problem})
def list_rule_draws(path: RulePath) -> Response:
    """List the newest draws of a rule."""
    with _told(), parts().database.read() as db:
        get_rule(db, path.rule_id)
        rows = list_draws(db, path.rule_id, limit=100)
    return answer(DrawList(draws=[DrawLine.model_validate(row) for row in rows]))


@blueprint.get("/sampling-draws/<int:draw_id>", responses={200: DrawOut, 404: Problem})
def read_draw(path: DrawPath) -> Response:
    """Read one draw: among how many calls of each rep it was drawn, and its seed."""
    with parts().database.read() as db:
        found = get_draw(db, path.draw_id)
    if found is None:
        abort(404)
    return answer(
        DrawOut(
            **DrawLine.model_validate(found.draw).model_dump(),
            seed=found.seed,
            left_out=found.left_out,
            strata=[DrawStratum.model_validate(one) for one in found.strata],
        )
    )


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except NoSuchRule:
        abort(404)
    except BadRule as error:
        words = rule_words(error)
        raise Refused(
            422, words, _("Nothing was stored."), code=error.code, field=error.field, why=error.why
        ) from error
    except RuleChanged as error:
        raise Refused(
            409,
            _("Somebody else changed this draft meanwhile. Nothing was overwritten."),
            code=error.code,
            revision=error.revision,
        ) from error


def _moved(rule_id: int, state: str) -> Response:
    with _told(), parts().database.session() as db:
        set_rule_state(db, rule_id, state, by=viewer().user_id)
        return answer(_rule(get_rule(db, rule_id)))


def _terms(body: RuleIn) -> RuleTerms:
    given = body.conditions.model_dump()
    named: dict[str, Any] = {name: tuple(one) if isinstance(one, list) else one for name, one in given.items()}
    plain = ("name", "period", "per_rep", "percent", "random_share", "sharing", "due_days", "blind", "second_percent")
    return RuleTerms(
        **{name: getattr(body, name) for name in plain},
        conditions=Conditions(**named),
        risks=tuple(RISKS) if body.risks is None else tuple(body.risks),
        reviewers=tuple(body.reviewers),
        standard=body.standard,
    )


def _rule(row: RuleRow) -> RuleOut:
    return RuleOut(
        id=row.id,
        state=row.state,
        revision=row.revision,
        name=row.terms.name,
        terms=row.terms.to_json(),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
