"""Who may use what: one rule for every route. A route without a rule stops the application from being made.

Rules here say which *people* may ask; which *calls and clients* exist for them is one condition in
`review.queries.visibility`, and what a person may not see answers 404 like what does not exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from flask import Flask, request
from flask_babel import gettext as _

from review.queries.viewer import ROLES, Viewer
from web.errors import Refused, SignInNeeded

Subject = Literal["call", "client"]


class MissingRule(LookupError):
    """Routes exist that no rule speaks about, or rules speak about routes that do not exist."""

    def __init__(self, missing: set[str], unused: set[str]) -> None:
        super().__init__(
            f"web/access.py: routes without a rule: {sorted(missing)}; rules without a route: {sorted(unused)}"
        )
        self.missing = missing
        self.unused = unused


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may use one route."""

    roles: frozenset[str] = frozenset(ROLES)  # signed-in people with at least one of these
    public: bool = False  # anyone, signed in or not
    scope: str | None = None  # programs: an API token that holds this scope and speaks for one of `roles`
    subject: Subject | None = None  # what the URL's id names; hidden ones answer 404
    right: str | None = None  # a right the person was given by name, beside the role
    hook: bool = False  # telephone systems: a secret in the address and their own signature instead of our tokens

    @property
    def by_token(self) -> bool:
        """True when the route belongs to programs: an API token instead of a session, and so no CSRF token."""
        return self.scope is not None

    def allows(self, viewer: Viewer) -> bool:
        """True when this person may use the route."""
        if self.right is not None and not viewer.has_right(self.right):
            return False
        return self.public or not viewer.roles.isdisjoint(self.roles)


PUBLIC = Rule(public=True)
ANYONE_SIGNED_IN = Rule()
SEES_CALL = Rule(subject="call")
SEES_CLIENT = Rule(subject="client")


def _roles(*names: str, subject: Subject | None = None) -> Rule:
    unknown = set(names) - set(ROLES)
    if unknown:
        raise ValueError(f"no such roles: {sorted(unknown)}")
    return Rule(roles=frozenset(names), subject=subject)


# Not reps: what they bring in would be judged as theirs. Not admins: they see no calls, so not their own uploads.
BRINGS_CALLS = _roles("manager", "reviewer", "quality_lead", "head_of_sales")

# Not reps: the words they are judged by are not theirs to change. Not admins and outsiders: they review no calls.
CORRECTS_CALL = _roles("manager", "reviewer", "quality_lead", "head_of_sales", subject="call")

# Not external reviewers: they listen here and take nothing away.
TAKES_AWAY = ("rep", "manager", "reviewer", "quality_lead", "head_of_sales")

# Whoever may hear any call at all; which clips exist for them is decided by their calls.
LISTENS = _roles("rep", "manager", "reviewer", "quality_lead", "head_of_sales", "external_reviewer")

# Whoever sees the call by role, and was given the right by name: docs/adr/0004.
SEES_ORIGINALS = Rule(roles=frozenset(TAKES_AWAY), subject="call", right="see_originals")

# Whoever reviews calls decides about the machine's answers; reps dispute, they do not decide.
DECIDES = _roles("manager", "reviewer", "quality_lead", "head_of_sales", subject="call")

# Whoever can be given calls to score; whose a call of the queue is, is asked beside it. Leads see everybody's.
SCORES = _roles("manager", "reviewer", "quality_lead", "head_of_sales")
LEADS = _roles("quality_lead", "head_of_sales")

# External reviewers score the calls given to them, and do nothing else to them.
EVALUATES = Rule(roles=DECIDES.roles | {"external_reviewer"}, subject="call")
WORKS_OFF = Rule(roles=SCORES.roles | {"external_reviewer"})

SEES_LEARNING = _roles("manager", "reviewer", "quality_lead", "head_of_sales", "admin")

SETS_SOURCES = _roles("admin", "quality_lead", "head_of_sales")

# Who connects CRMs reads and imports clients; what was said in calls is not shown there.
SETS_CRM = _roles("admin", "head_of_sales")

# Admins see how far it is and how scores moved; the calls only those who see calls.
RESCORES = _roles("quality_lead", "head_of_sales", "admin")

# Those who work with clients, and who lead them; reviewers judge calls and change nothing of the card but comment.
EDITS_CLIENT = _roles("rep", "manager", "quality_lead", "head_of_sales")
EDITS_THIS_CLIENT = Rule(roles=EDITS_CLIENT.roles, subject="client")
REMARKS_ON_CLIENT = _roles("rep", "manager", "reviewer", "quality_lead", "head_of_sales", subject="client")

# Everybody who judges by a scorecard may read it; two roles say what it asks.
READS_SCORECARDS = _roles("manager", "reviewer", "quality_lead", "head_of_sales")
EDITS_SCORECARDS = _roles("quality_lead", "head_of_sales")

# Reps never see who is judged to have closed wrongly; what was handed to them is on a page of their own.
WINS_BACK = _roles("manager", "quality_lead", "head_of_sales")

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
    "views.save": _roles("rep", "manager", "reviewer", "quality_lead", "head_of_sales"),
    "views.change": _roles("rep", "manager", "reviewer", "quality_lead", "head_of_sales"),
    "bulk.count": _roles(*TAKES_AWAY),
    "bulk.tag": BRINGS_CALLS,
    "bulk.untag": BRINGS_CALLS,
    "bulk.assign": _roles("manager", "quality_lead", "head_of_sales"),
    "bulk.people": _roles("manager", "quality_lead", "head_of_sales"),
    "bulk.rescore": _roles("quality_lead", "head_of_sales"),
    "bulk.export": _roles(*TAKES_AWAY),
    "bulk.progress": BRINGS_CALLS,
    "bulk.cancel": BRINGS_CALLS,
    "calls.show": SEES_CALL,
    "calls.state": SEES_CALL,
    "calls.audio": SEES_CALL,
    "calls.peaks": SEES_CALL,
    "calls.score_partial": _roles("manager", "reviewer", "quality_lead", "head_of_sales", subject="call"),
    "calls.retry": _roles("manager", "reviewer", "quality_lead", "head_of_sales", subject="call"),
    "corrections.state": SEES_CALL,
    "corrections.save": CORRECTS_CALL,
    "corrections.roles": CORRECTS_CALL,
    "corrections.export": _roles("quality_lead"),
    "learning.decide": DECIDES,
    "evaluations.index": LISTENS,
    "evaluations.sides": SEES_CALL,
    "evaluations.begin": EVALUATES,
    "evaluations.save": EVALUATES,
    "evaluations.hand_in": EVALUATES,
    "evaluations.step": SEES_CALL,
    "evaluations.choose": _roles("manager", "quality_lead", "head_of_sales", subject="call"),
    "learning.index": SEES_LEARNING,
    "learning.drift": SEES_LEARNING,
    "learning.ask": _roles("manager", "reviewer", "quality_lead", "head_of_sales"),
    "learning.move": _roles("quality_lead", "admin"),
    "exports.transcript": _roles(*TAKES_AWAY, subject="call"),
    "originals.show": SEES_ORIGINALS,
    "originals.sound": SEES_ORIGINALS,
    "retranscribe.bar": BRINGS_CALLS,
    "retranscribe.all_calls": BRINGS_CALLS,
    "retranscribe.state": SEES_CALL,
    "retranscribe.one_call": _roles("manager", "reviewer", "quality_lead", "head_of_sales", subject="call"),
    # comments, clips and playlists, notifications
    "comments.index": SEES_CALL,
    "comments.write": SEES_CALL,
    "comments.change": SEES_CALL,
    "comments.people": SEES_CALL,
    "clips.of_call": SEES_CALL,
    "clips.make": SEES_CALL,
    "clips.index": LISTENS,
    "clips.change": LISTENS,
    "playlists.make": LISTENS,
    "playlists.show": LISTENS,
    "playlists.change": LISTENS,
    "notifications.index": ANYONE_SIGNED_IN,
    "notifications.follow": ANYONE_SIGNED_IN,
    "notifications.read_all": ANYONE_SIGNED_IN,
    "clients.index": _roles("rep", "manager", "reviewer", "quality_lead", "head_of_sales"),
    "clients.show": SEES_CLIENT,
    "clients.timeline": SEES_CLIENT,
    "client_card.save": EDITS_THIS_CLIENT,
    "client_card.remark": REMARKS_ON_CLIENT,
    "client_card.change_remark": REMARKS_ON_CLIENT,
    "client_card.people": REMARKS_ON_CLIENT,
    "client_card.write_fact": EDITS_THIS_CLIENT,
    "promises.index": _roles("rep", "manager", "reviewer", "quality_lead", "head_of_sales"),
    "promises.decide": EDITS_CLIENT,
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
    "objections.index": _roles("rep", "manager", "reviewer", "quality_lead", "head_of_sales"),
    "objections.answers": _roles("rep", "manager", "reviewer", "quality_lead", "head_of_sales"),
    "win_back.index": WINS_BACK,
    "win_back.judge": WINS_BACK,
    "win_back.prepare": WINS_BACK,
    "win_back.hand_out": WINS_BACK,
    "win_back.results": WINS_BACK,
    "win_back.numbers": WINS_BACK,
    "win_back.add_to_list": WINS_BACK,
    "win_back.remove_from_list": WINS_BACK,
    "handed.index": _roles("rep", "manager"),
    "handed.note_outcome": _roles("rep", "manager", "quality_lead", "head_of_sales"),
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
    "whose.choose": _roles("rep", "manager", "reviewer", "quality_lead", "head_of_sales", subject="call"),
    "whose.fetch_again": _roles("manager", "reviewer", "quality_lead", "head_of_sales", subject="call"),
    "doors.choose": SETS_SOURCES,
    "doors.make": SETS_SOURCES,
    "doors.show": SETS_SOURCES,
    "doors.live": SETS_SOURCES,
    "doors.change": SETS_SOURCES,
    "doors.renew": SETS_SOURCES,
    "doors.try_out": SETS_SOURCES,
    "doors.deliveries": SETS_SOURCES,
    "doors.delivery": _roles("admin"),
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
    "health.page": _roles("admin", "quality_lead", "head_of_sales"),
    "health.alive": PUBLIC,
    "health.ready": PUBLIC,
    # programs
    "api.create_call": Rule(scope="calls:write"),
    "api_assignments.list_assignments": Rule(roles=SCORES.roles, scope="calls:read"),
    "api.list_calls": Rule(scope="calls:read"),
    "api.read_call": Rule(scope="calls:read", subject="call"),
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

    @app.before_request
    def apply_rule() -> None:
        rule = rule_of(request.endpoint)
        if rule.scope is not None:
            if not rule.allows(viewer_of_token(rule.scope)):
                raise _not_open()
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


def _not_open() -> Refused:
    return Refused(
        403,
        _("Your roles do not open this page"),
        _("Nothing was changed."),
        _("Ask an administrator if you need it."),
    )
