"""What a rule is, and which roles may do one kind of thing. Which route has which rule stands in web/access.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from review.queries.viewer import ROLES, Viewer

Subject = Literal["call", "client"]


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may use one route."""

    roles: frozenset[str] = frozenset(ROLES)  # signed-in people with at least one of these
    public: bool = False  # anyone, signed in or not
    scope: str | None = None  # programs: an API token that holds this scope and speaks for one of `roles`
    subject: Subject | None = None  # what the URL's id names; hidden ones answer 404
    right: str | None = None  # a right the person was given by name, beside the role
    local: bool = False  # no token needed on this very machine, where the settings say so
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


def roles_only(*names: str, subject: Subject | None = None) -> Rule:
    """A rule for people with one of these roles. Raises ValueError for a role there is not."""
    unknown = set(names) - set(ROLES)
    if unknown:
        raise ValueError(f"no such roles: {sorted(unknown)}")
    return Rule(roles=frozenset(names), subject=subject)


# Not reps: what they bring in would be judged as theirs. Not admins: they see no calls, so not their own uploads.
BRINGS_CALLS = roles_only("manager", "reviewer", "quality_lead", "head_of_sales")

# Not reps: the words they are judged by are not theirs to change. Not admins and outsiders: they review no calls.
CORRECTS_CALL = roles_only("manager", "reviewer", "quality_lead", "head_of_sales", subject="call")

# Not external reviewers: they listen here and take nothing away.
TAKES_AWAY = ("rep", "manager", "reviewer", "quality_lead", "head_of_sales")

# Programs read what their person may take away; an external reviewer takes nothing away, so not by a program either.
NOT_OUTSIDE = frozenset(ROLES) - {"external_reviewer"}

# Whoever may hear any call at all; which clips exist for them is decided by their calls.
LISTENS = roles_only("rep", "manager", "reviewer", "quality_lead", "head_of_sales", "external_reviewer")

# Whoever sees the call by role, and was given the right by name: docs/adr/0004.
SEES_ORIGINALS = Rule(roles=frozenset(TAKES_AWAY), subject="call", right="see_originals")

# Whoever reviews calls decides about the machine's answers; reps dispute, they do not decide.
DECIDES = roles_only("manager", "reviewer", "quality_lead", "head_of_sales", subject="call")

# Whoever can be given calls to score; whose a call of the queue is, is asked beside it. Leads see everybody's.
SCORES = roles_only("manager", "reviewer", "quality_lead", "head_of_sales")
LEADS = roles_only("quality_lead", "head_of_sales")

# External reviewers score the calls given to them, and do nothing else to them.
EVALUATES = Rule(roles=DECIDES.roles | {"external_reviewer"}, subject="call")
WORKS_OFF = Rule(roles=SCORES.roles | {"external_reviewer"})

SEES_LEARNING = roles_only("manager", "reviewer", "quality_lead", "head_of_sales", "admin")

SETS_SOURCES = roles_only("admin", "quality_lead", "head_of_sales")

# Who connects CRMs reads and imports clients; what was said in calls is not shown there.
SETS_CRM = roles_only("admin", "head_of_sales")

# Admins see how far it is and how scores moved; the calls only those who see calls.
RESCORES = roles_only("quality_lead", "head_of_sales", "admin")

# Those who work with clients, and who lead them; reviewers judge calls and change nothing of the card but comment.
EDITS_CLIENT = roles_only("rep", "manager", "quality_lead", "head_of_sales")
EDITS_THIS_CLIENT = Rule(roles=EDITS_CLIENT.roles, subject="client")
REMARKS_ON_CLIENT = roles_only("rep", "manager", "reviewer", "quality_lead", "head_of_sales", subject="client")

# Everybody who judges by a scorecard may read it; two roles say what it asks.
READS_SCORECARDS = roles_only("manager", "reviewer", "quality_lead", "head_of_sales")
EDITS_SCORECARDS = roles_only("quality_lead", "head_of_sales")

# Reps never see who is judged to have closed wrongly; what was handed to them is on a page of their own.
WINS_BACK = roles_only("manager", "quality_lead", "head_of_sales")
