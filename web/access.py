"""Who may use what: one rule for every route. A route without a rule stops the application from being made.

Rules here say which *people* may ask; which *calls and clients* exist for them is one condition in
`review.queries.visibility`, and what a person may not see answers 404 like what does not exist.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask, abort, request
from flask_babel import gettext as _

from review.queries.call import get_call_row
from review.queries.client import may_see_client
from web.access_areas import AREAS
from web.access_rules import (
    ANYONE_SIGNED_IN,
    BRINGS_CALLS,
    CORRECTS_CALL,
    DECIDES,
    EDITS_SCORECARDS,
    EVALUATES,
    LEADS,
    LISTENS,
    NOT_OUTSIDE,
    PUBLIC,
    READS_SCORECARDS,
    RESCORES,
    SCORES,
    SEES_CALL,
    SEES_LEARNING,
    SEES_ORIGINALS,
    SETS_CRM,
    SETS_SOURCES,
    TAKES_AWAY,
    WINS_BACK,
    WORKS_OFF,
    Rule,
    roles_only,
)
from web.errors import Refused, SignInNeeded


class MissingRule(LookupError):
    """Routes exist that no rule speaks about, or rules speak about routes that do not exist."""

    def __init__(self, missing: set[str], unused: set[str]) -> None:
        super().__init__(
            f"web/access.py: routes without a rule: {sorted(missing)}; rules without a route: {sorted(unused)}"
        )
        self.missing = missing
        self.unused = unused


RULES: Mapping[str, Rule] = {
    "static": PUBLIC,
    # sign-in
    "auth.sign_in": PUBLIC,
    "auth.sign_out": PUBLIC,
    "auth.set_language": PUBLIC,
    # calls
    "inbox.index": ANYONE_SIGNED_IN,
    "search.in_call": SEES_CALL,
    "tags.line": DECIDES,
    "tags.change": DECIDES,
    "views.save": roles_only("rep", "manager", "reviewer", "quality_lead", "head_of_sales"),
    "views.change": roles_only("rep", "manager", "reviewer", "quality_lead", "head_of_sales"),
    "bulk.count": roles_only(*TAKES_AWAY),
    "bulk.tag": BRINGS_CALLS,
    "bulk.untag": BRINGS_CALLS,
    "bulk.assign": roles_only("manager", "quality_lead", "head_of_sales"),
    "bulk.people": roles_only("manager", "quality_lead", "head_of_sales"),
    "bulk.rescore": roles_only("quality_lead", "head_of_sales"),
    "bulk.export": roles_only(*TAKES_AWAY),
    "bulk.progress": BRINGS_CALLS,
    "bulk.cancel": BRINGS_CALLS,
    "calls.show": SEES_CALL,
    "calls.state": SEES_CALL,
    "calls.audio": SEES_CALL,
    "calls.peaks": SEES_CALL,
    "calls.score_partial": roles_only("manager", "reviewer", "quality_lead", "head_of_sales", subject="call"),
    "calls.retry": roles_only("manager", "reviewer", "quality_lead", "head_of_sales", subject="call"),
    "corrections.state": SEES_CALL,
    "corrections.save": CORRECTS_CALL,
    "corrections.roles": CORRECTS_CALL,
    "corrections.export": roles_only("quality_lead"),
    "learning.decide": DECIDES,
    "evaluations.index": LISTENS,
    "evaluations.sides": SEES_CALL,
    "evaluations.begin": EVALUATES,
    "evaluations.save": EVALUATES,
    "evaluations.hand_in": EVALUATES,
    "evaluations.step": SEES_CALL,
    "evaluations.choose": roles_only("manager", "quality_lead", "head_of_sales", subject="call"),
    "learning.index": SEES_LEARNING,
    "learning.drift": SEES_LEARNING,
    "learning.ask": roles_only("manager", "reviewer", "quality_lead", "head_of_sales"),
    "learning.move": roles_only("quality_lead", "admin"),
    "exports.transcript": roles_only(*TAKES_AWAY, subject="call"),
    "originals.show": SEES_ORIGINALS,
    "originals.sound": SEES_ORIGINALS,
    "retranscribe.bar": BRINGS_CALLS,
    "retranscribe.all_calls": BRINGS_CALLS,
    "retranscribe.state": SEES_CALL,
    "retranscribe.one_call": roles_only("manager", "reviewer", "quality_lead", "head_of_sales", subject="call"),
    # comments, notifications
    "comments.index": SEES_CALL,
    "comments.write": SEES_CALL,
    "comments.change": SEES_CALL,
    "comments.people": SEES_CALL,
    "notifications.index": ANYONE_SIGNED_IN,
    "notifications.follow": ANYONE_SIGNED_IN,
    "notifications.read_all": ANYONE_SIGNED_IN,
    # the review queue
    "queue.index": WORKS_OFF,
    "queue.following": WORKS_OFF,
    "queue.leave_out": WORKS_OFF,
    "queue.give_on": SCORES,
    "queue.everybody": LEADS,
    "queue.take_back": LEADS,
    # sampling rules
    "sampling.index": LEADS,
    "sampling.new": LEADS,
    "sampling.show": LEADS,
    "sampling.make": LEADS,
    "sampling.change": LEADS,
    "sampling.preview": LEADS,
    "sampling.draw": LEADS,
    "sampling.drawn": LEADS,
    "sampling.move": LEADS,
    "objections.index": roles_only("rep", "manager", "reviewer", "quality_lead", "head_of_sales"),
    "objections.answers": roles_only("rep", "manager", "reviewer", "quality_lead", "head_of_sales"),
    "win_back.index": WINS_BACK,
    "win_back.judge": WINS_BACK,
    "win_back.prepare": WINS_BACK,
    "win_back.hand_out": WINS_BACK,
    "win_back.results": WINS_BACK,
    "win_back.numbers": WINS_BACK,
    "win_back.add_to_list": WINS_BACK,
    "win_back.remove_from_list": WINS_BACK,
    "handed.index": roles_only("rep", "manager"),
    "handed.note_outcome": roles_only("rep", "manager", "quality_lead", "head_of_sales"),
    "rescoring.index": RESCORES,
    "rescoring.start": RESCORES,
    "rescoring.show": RESCORES,
    "rescoring.progress": RESCORES,
    "rescoring.cancel": RESCORES,
    "scorecards.index": READS_SCORECARDS,
    "scorecards.show": READS_SCORECARDS,
    "scorecards.compare": READS_SCORECARDS,
    "scorecards.export": READS_SCORECARDS,
    "scorecards.put_away": EDITS_SCORECARDS,
    "scorecards.take_back": EDITS_SCORECARDS,
    "scorecard_drafts.new": EDITS_SCORECARDS,
    "scorecard_drafts.create": EDITS_SCORECARDS,
    "scorecard_drafts.begin": EDITS_SCORECARDS,
    "scorecard_drafts.edit": EDITS_SCORECARDS,
    "scorecard_drafts.save": EDITS_SCORECARDS,
    "scorecard_drafts.import_file": EDITS_SCORECARDS,
    "scorecard_drafts.discard": EDITS_SCORECARDS,
    "scorecard_drafts.publish": EDITS_SCORECARDS,
    "scorecard_previews.show": EDITS_SCORECARDS,
    "scorecard_previews.start": EDITS_SCORECARDS,
    "scorecard_previews.progress": EDITS_SCORECARDS,
    "scorecard_previews.cancel": EDITS_SCORECARDS,
    "upload.form": BRINGS_CALLS,
    "upload.receive": BRINGS_CALLS,
    "sources.index": SETS_SOURCES,
    "sources.show": SETS_SOURCES,
    "sources.arrivals": SETS_SOURCES,
    "sources.change": SETS_SOURCES,
    "sources.undo_channel": SETS_SOURCES,
    "hooks.receive": Rule(public=True, hook=True),
    "whose.choose": roles_only("rep", "manager", "reviewer", "quality_lead", "head_of_sales", subject="call"),
    "whose.fetch_again": roles_only("manager", "reviewer", "quality_lead", "head_of_sales", subject="call"),
    "doors.choose": SETS_SOURCES,
    "doors.make": SETS_SOURCES,
    "doors.show": SETS_SOURCES,
    "doors.live": SETS_SOURCES,
    "doors.change": SETS_SOURCES,
    "doors.renew": SETS_SOURCES,
    "doors.try_out": SETS_SOURCES,
    "doors.deliveries": SETS_SOURCES,
    "doors.delivery": roles_only("admin"),
    "doors.play_again": SETS_SOURCES,
    "doors.fetch_again": SETS_SOURCES,
    "doors.give": SETS_SOURCES,
    # CRMs
    "crm.index": SETS_CRM,
    "crm.new": SETS_CRM,
    "crm.create": SETS_CRM,
    "crm.show": SETS_CRM,
    "crm.change": SETS_CRM,
    "crm.test": SETS_CRM,
    "crm.act": SETS_CRM,
    "crm.name": SETS_CRM,
    "crm.outbox": SETS_CRM,
    "crm.retry_item": SETS_CRM,
    "crm_import.form": SETS_CRM,
    "crm_import.receive": SETS_CRM,
    "crm_import.mapping": SETS_CRM,
    "crm_import.run": SETS_CRM,
    # health
    "health.page": roles_only("admin", "quality_lead", "head_of_sales"),
    "health.alive": PUBLIC,
    "health.ready": PUBLIC,
    # programs
    "api.create_call": Rule(roles=NOT_OUTSIDE, scope="calls:write"),
    "api_assignments.list_assignments": Rule(roles=SCORES.roles, scope="calls:read"),
    "api_assignments.give_call": Rule(
        roles=frozenset({"manager", "quality_lead", "head_of_sales"}), scope="calls:write", subject="call"
    ),
    "api_assignments.skip_one": Rule(roles=SCORES.roles, scope="calls:write"),
    "api_assignments.hand_on_one": Rule(roles=SCORES.roles, scope="calls:write"),
    "api_assignments.withdraw_one": Rule(roles=LEADS.roles, scope="calls:write"),
    "api.list_calls": Rule(roles=NOT_OUTSIDE, scope="calls:read"),
    "api.read_call": Rule(roles=NOT_OUTSIDE, scope="calls:read", subject="call"),
    "api_verdicts.create_verdict": Rule(roles=DECIDES.roles, scope="calls:write", subject="call"),
    "api_evaluations.list_evaluations": Rule(roles=frozenset(TAKES_AWAY), scope="calls:read", subject="call"),
    "api_evaluations.submit_evaluation": Rule(roles=DECIDES.roles, scope="calls:write", subject="call"),
    "api_corrections.export": Rule(roles=frozenset({"quality_lead"}), scope="calls:read"),
    "api_transcripts.read_transcript": Rule(roles=frozenset(TAKES_AWAY), scope="calls:read", subject="call"),
    # the API reference says nothing about the installation
    "openapi.openapi": PUBLIC,
    "openapi.doc_url": PUBLIC,
    "openapi.static": PUBLIC,
    "swagger.swagger": PUBLIC,
    "swagger.static": PUBLIC,
    "swagger.oauth2-redirect": PUBLIC,
    **{endpoint: rule for area in AREAS for endpoint, rule in area.items()},
}


def rule_of(endpoint: str | None) -> Rule:
    """The rule of a route; a request that met no route is answered 404 or 405 whoever asks."""
    return PUBLIC if endpoint is None else RULES[endpoint]


def check_rules(app: Flask) -> None:
    """Raise MissingRule unless routes and rules match one to one."""
    routes = {rule.endpoint for rule in app.url_map.iter_rules()}
    if routes != set(RULES):
        raise MissingRule(routes - set(RULES), set(RULES) - routes)


def enforce(app: Flask) -> None:
    """Apply the table to every request, before anything else looks at it."""
    from web.auth import viewer_of_session, viewer_of_token
    from web.local import asked_on_this_machine
    from web.parts import parts

    @app.before_request
    def apply_rule() -> None:
        rule = rule_of(request.endpoint)
        if rule.local and parts().settings.metrics == "local" and asked_on_this_machine():
            return
        if rule.scope is not None:
            if not rule.allows(viewer_of_token(rule.scope)):
                raise _not_open()
            if rule.subject is not None:
                _refuse_hidden(rule)
            return
        if rule.public:
            if request.endpoint is None:
                viewer_of_session()  # "there is no such page" is told in the reader's own language too
            return
        viewer = viewer_of_session()
        if viewer is None:
            raise SignInNeeded
        if not rule.allows(viewer):
            raise _not_open()


def _refuse_hidden(rule: Rule) -> None:
    """404 for what a program may not see, before its body is read: the answer must not depend on what was sent."""
    from web.auth import viewer
    from web.parts import parts

    asked = request.view_args or {}
    with parts().database.read() as db:
        if rule.subject == "call" and "call_id" in asked and get_call_row(db, viewer(), asked["call_id"]) is None:
            abort(404)
        if rule.subject == "client" and not may_see_client(db, viewer(), asked["client_id"]):
            abort(404)


def _not_open() -> Refused:
    return Refused(
        403,
        _("Your roles do not open this page"),
        _("Nothing was changed."),
        _("Ask an administrator if you need it."),
    )
