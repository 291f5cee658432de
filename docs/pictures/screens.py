"""The pages of the contact sheets: who looks at each, and how those with a number in their address are found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Screen:
    """A page: its address, or the page that links to it, how the linked address looks, and what is made of it.

    `who` looks at it: lead, rep, admin or guest (nobody signed in).
    """

    address: str
    linked: str = ""
    made: str = "{0}"
    who: str = "lead"


SIGN_IN = "/sign-in"

CALLS = (
    Screen("/"),
    Screen("/?q={said}"),
    Screen("/?language={language}&state=ready", r"/calls/\d+"),
    Screen("/evaluations?of=me&state=draft", r"/calls/\d+"),
    Screen("/queue"),
    Screen("/queue/everybody"),
    Screen("/sampling"),
    Screen("/sampling", r"/sampling/\d+"),
    Screen("/sampling", r"/sampling/draws/\d+"),
    Screen("/scorecards"),
    Screen("/scorecards", r"/scorecards/(?!new)[\w-]+"),
    Screen("/scorecards/new"),
    Screen("/scorecards", r"/scorecards/[\w-]+/edit"),
    Screen("/scorecards", r"(/scorecards/[\w-]+)/edit", "{1}/compare"),
    Screen("/scorecards", r"(/scorecards/[\w-]+)/edit", "{1}/preview"),
    Screen("/objections"),
    Screen("/objections/answers"),
    Screen("/evaluations"),
    Screen("/clips"),
    Screen("/clips", r"/playlists/\d+"),
    Screen("/notifications"),
    Screen("/learning"),
    Screen("/learning/next"),
    Screen("/learning/drift"),
    Screen("/rescoring"),
    Screen("/rescoring", r"/rescoring/\d+"),
    Screen("/sources"),
    Screen("/sources", r"/sources/\d+"),
    Screen("/upload"),
    Screen("{call}", r"/clients/\d+"),
    Screen("/health"),
    Screen(SIGN_IN, who="guest"),
    Screen("/no-such-page"),
)
"""Calls and how they are judged."""

PEOPLE = (
    Screen("/disputes"),
    Screen("/disputes", r"/disputes/\d+"),
    Screen("/disputes/figures"),
    Screen("/disputes/deadlines"),
    Screen("/calibration"),
    Screen("/calibration", r"/calibration/\d+"),
    Screen("/calibration/new"),
    Screen("/calibration/agreement"),
    Screen("/reviewers"),
    Screen("/team"),
    Screen("/team", r"/people/\d+"),
    Screen("/team", r"/people/\d+", "{0}/calls"),
    Screen("/coaching"),
    Screen("/coaching", r"/coaching/\d+"),
    Screen("/coaching/new"),
    Screen("/coaching/plans"),
    Screen("/coaching/plans", r"/coaching/plans/\d+"),
    Screen("/quizzes"),
    Screen("/quizzes", r"/quizzes/\d+"),
    Screen("/quizzes", r"(/quizzes/\d+)", "{1}/results"),
    Screen("/quizzes/mistakes"),
    Screen("/me", who="rep"),
    Screen("/me/recorded", who="rep"),
    Screen("/disputes", who="rep"),
    Screen("/coaching", r"/coaching/\d+", who="rep"),
    Screen("/clips", who="rep"),
    Screen("/clips", r"/playlists/\d+", who="rep"),
    Screen("/quizzes", r"/quizzes/\d+/take", who="rep"),
    Screen("/notifications/choices", who="rep"),
    Screen("/account", who="rep"),
    Screen("/users", who="admin"),
    Screen("/users", r"/users/\d+", who="admin"),
    Screen("/users/invite", who="admin"),
    Screen("/users/sign-in", who="admin"),
    Screen("/teams", who="admin"),
    Screen("/teams", r"/teams/\d+", who="admin"),
    Screen("/reps", who="admin"),
    Screen("/working-time", who="admin"),
    Screen("/programs", who="admin"),
    Screen("/programs/webhooks/new", who="admin"),
    Screen("/audit", who="admin"),
    Screen("/mail", who="admin"),
    Screen("/first/company", who="admin"),
    Screen("/first/calls", who="admin"),
    Screen("/forgotten", who="guest"),
)
"""People: disputes, calibration, coaching, own pages, administration."""

SHEETS = {"": CALLS, "-people": PEOPLE}
"""The screens of each sheet by what its name ends with."""
