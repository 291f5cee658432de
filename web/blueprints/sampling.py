"""Sampling rules: what is drawn and what that gave, the editor with its preview, drawing now, a draw's chances."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from review.queries.inbox import filter_choices
from review.sampling.conditions import FLAGS
from review.sampling.draw import LEAST_SHARE
from review.sampling.drawing import draw_rule
from review.sampling.history import get_draw, list_draws, read_coverage
from review.sampling.planning import plan_next
from review.sampling.reviewers import list_reviewers
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
from review.sampling.score import random_score
from review.services.standards import list_choices
from scoring.standards import in_language
from web.auth import viewer
from web.parts import parts
from web.reading.sampling import Preview, read_preview, read_terms

blueprint = Blueprint("sampling", __name__, url_prefix="/sampling")

STRETCHES: Final = (28, 91)  # days the score and the coverage look back
NEW_RULE: Final = RuleTerms(name="", per_rep=3)


@blueprint.get("")
def index() -> str:
    """The rules, the score the lot gives beside the risk part, who was looked at how much, and the last draws."""
    asked = request.args.get("days", "")
    days = int(asked) if asked.isdecimal() and len(asked) < 4 and int(asked) in STRETCHES else STRETCHES[0]
    now = datetime.now(UTC)
    with parts().database.read() as db:
        rules = list_rules(db)
        score = random_score(db, viewer(), now - timedelta(days=days), now)
        coverage = read_coverage(db, now - timedelta(days=days), now)
        draws = list_draws(db, limit=12)
        choices = _choices(db)
    return render_template(
        "sampling.html",
        rules=rules,
        score=score,
        coverage=coverage,
        draws=draws,
        days=days,
        stretches=STRETCHES,
        **choices,
    )


@blueprint.get("/new")
def new() -> str:
    """The form of a new rule."""
    with parts().database.read() as db:
        choices = _choices(db)
    return render_template("sampling/rule.html", rule=None, terms=NEW_RULE, draws=(), **choices)


@blueprint.get("/<int:rule_id>")
def show(rule_id: int) -> str:
    """A rule's form and its draws."""
    with parts().database.read() as db:
        rule = _rule(db, rule_id)
        draws = list_draws(db, rule_id)
        choices = _choices(db)
    return render_template("sampling/rule.html", rule=rule, terms=rule.terms, draws=draws, **choices)


@blueprint.post("")
def make() -> Response | tuple[str, int]:
    """Keep a new rule."""
    terms = read_terms(request.form)
    try:
        with parts().database.session() as db:
            rule_id = make_rule(db, terms, by=viewer().user_id)
    except BadRule as error:
        return _again(None, terms, rule_words(error)), 422
    flash(_("The rule is kept. It draws by itself when its day or week is over; you can draw now as well."))
    return redirect(url_for(".show", rule_id=rule_id))


@blueprint.post("/<int:rule_id>")
def change(rule_id: int) -> Response | tuple[str, int]:
    """Change a rule; when somebody else did meanwhile, both are shown and nothing is overwritten."""
    revision = request.form.get("revision", "")
    terms = read_terms(request.form)
    try:
        with parts().database.session() as db:
            change_rule(
                db,
                rule_id,
                terms,
                by=viewer().user_id,
                revision=int(revision) if revision.isdecimal() and len(revision) < 10 else 0,
            )
    except NoSuchRule:
        abort(404)
    except BadRule as error:
        return _again(rule_id, terms, rule_words(error)), 422
    except RuleChanged:
        said = _("Somebody else changed this rule since you opened it. Theirs is stored; yours is in the form below.")
        return _again(rule_id, terms, said, theirs=True), 409
    flash(_("Saved. It holds from the next draw on."))
    return redirect(url_for(".show", rule_id=rule_id))


@blueprint.post("/preview")
def preview() -> str:
    """What the rule in the form would take; nothing is stored."""
    known = request.form.get("rule", "")
    rule_id = int(known) if known.isdecimal() and len(known) < 16 else None
    try:
        with parts().database.read() as db:
            terms = read_terms(request.form)
            # A rule that has no name yet has a preview all the same.
            checked = check_terms(db, replace(terms, name=terms.name.strip() or "-"))
            changed = rule_id is not None and not _same(checked, _rule(db, rule_id).terms)
            seen = _preview(db, checked, rule_id)
    except BadRule as error:
        return render_template("sampling/_preview.html", refused=rule_words(error))
    return render_template(
        "sampling/_preview.html",
        preview=seen,
        refused=None,
        rule_id=rule_id,
        changed=changed,
        one_day=timedelta(days=1),
    )


@blueprint.post("/<int:rule_id>/draw")
def draw(rule_id: int) -> Response:
    """Draw now; a second click finds the first one's draw."""
    try:
        with parts().database.session() as db:
            made = draw_rule(db, rule_id, by=viewer().user_id, key=request.form.get("key") or None)
    except NoSuchRule:
        abort(404)
    if made is None or (made.now and not made.taken):
        flash(_("There was no call left to draw."))
    elif made.now:
        flash(ngettext("%(num)s call was drawn and given out.", "%(num)s calls were drawn and given out.", made.taken))
    else:
        flash(_("This was drawn a moment ago; nothing was drawn twice."))
    if made is not None:
        return redirect(url_for(".drawn", draw_id=made.draw_id))
    return redirect(url_for(".show", rule_id=rule_id))


@blueprint.get("/draws/<int:draw_id>")
def drawn(draw_id: int) -> str:
    """One draw: among how many calls of each rep, with which chance."""
    with parts().database.read() as db:
        found = get_draw(db, draw_id)
    if found is None:
        abort(404)
    return render_template("sampling/draw.html", found=found)


@blueprint.post("/<int:rule_id>/<any(pause, go_on, remove):act>")
def move(rule_id: int, act: str) -> Response:
    """Pause a rule, let it go on, or remove it; what it drew stays with its reviewers."""
    state = {"pause": "paused", "go_on": "active", "remove": "removed"}[act]
    try:
        with parts().database.session() as db:
            set_rule_state(db, rule_id, state, by=viewer().user_id)
    except NoSuchRule:
        abort(404)
    said = {
        "pause": _("Paused: it draws nothing until it goes on."),
        "go_on": _("It draws again from now on."),
        "remove": _("Removed. The calls it drew stay with their reviewers."),
    }
    flash(said[act])
    return redirect(url_for(".index"))


def _rule(db: Any, rule_id: int) -> RuleRow:
    try:
        return get_rule(db, rule_id)
    except NoSuchRule:
        abort(404)


def _preview(db: Any, terms: RuleTerms, rule_id: int | None) -> Preview:
    planned = plan_next(db, terms, datetime.now(UTC), rule_id)
    names = {int(option.value): option.label for option in filter_choices(db, viewer()).reps}
    return read_preview(planned, names)


def _choices(db: Any) -> dict[str, Any]:
    """What the form offers, and the names the lists show."""
    standards = [(choice.name, in_language(choice.title, viewer().language)) for choice in list_choices(db)]
    choices = filter_choices(db, viewer())
    return {
        "choices": choices,
        "teams": [(int(option.value), option.label) for option in choices.teams],
        "reps": [(int(option.value), option.label) for option in choices.reps],
        "queues": [(name, name) for name in choices.queues],
        "sources": [(name, name) for name in choices.sources],
        "languages": [(name, name) for name in choices.languages],
        "standards": standards,
        "reviewers": list_reviewers(db),
        "flags": FLAGS,
        "risks": tuple(RISKS),
        "least": LEAST_SHARE,
    }


def _same(one: RuleTerms, other: RuleTerms) -> bool:
    """Whether two rules draw alike and for the same people; a form names them in the order of the list."""
    one, other = (replace(terms, reviewers=tuple(sorted(terms.reviewers))) for terms in (one, other))
    return replace(one, name=other.name) == other


def rule_words(error: BadRule) -> str:
    """What is wrong with a rule, in the viewer's language."""
    least = round(100 * LEAST_SHARE)
    words = {
        "name": _("Give the rule a name of at most 120 characters"),
        "amount": _("Say how many: 1 to 200 calls of each rep, or more than 0 and at most 100 percent"),
        "random_share": _(
            "The lot draws %(least)s to 100 percent: without it nothing can be said of all calls", least=least
        ),
        "reviewers": _("Choose at least one reviewer who can score calls"),
        "due_days": _("Days until due are 0 to 60"),
        "second_percent": _("A second reviewer scores 0 to 100 percent, and the rule needs two reviewers for it"),
        "conditions": _("A range is two numbers, the first not above the second: look at length and score"),
        "reps": _("One of the reps is not known here any more: choose again whose calls are drawn"),
        "teams": _("One of the teams is not known here any more: choose again whose calls are drawn"),
        "standard": _("This scorecard is not known here: choose one of the list"),
    }
    return str(words.get(error.field, _("Something in this rule is not known here; load the page again")))


def _again(rule_id: int | None, terms: RuleTerms, refused: str, *, theirs: bool = False) -> str:
    """The form with what was typed, and what stands in the way."""
    with parts().database.read() as db:
        rule = _rule(db, rule_id) if rule_id is not None else None
        draws = list_draws(db, rule_id) if rule_id is not None else ()
        choices = _choices(db)
    return render_template(
        "sampling/rule.html", rule=rule, terms=terms, draws=draws, refused=refused, theirs=theirs, **choices
    )
