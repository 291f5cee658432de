"""Who may use the routes of clips, playlists, quizzes and praise."""

from __future__ import annotations

from collections.abc import Mapping

from web.access_rules import Rule, roles_only

# Not external reviewers: they score the calls given to them, and have no library.
READS = roles_only("rep", "manager", "reviewer", "quality_lead", "head_of_sales")
KEEPS = roles_only("rep", "manager", "reviewer", "quality_lead", "head_of_sales", subject="call")
BUILDS = roles_only("manager", "quality_lead", "head_of_sales")

RULES: Mapping[str, Rule] = {
    "clips.of_call": KEEPS,
    "clips.make": KEEPS,
    "clips.index": READS,
    "clips.change": READS,
    "library.sound": READS,
    "library.praise": READS,
    "library.decide": READS,
    "playlists.make": READS,
    "playlists.show": READS,
    "playlists.change": READS,
    "playlists.give": READS,
    "playlists.heard": READS,
    "playlists.answer": READS,
    "quizzes.index": READS,
    "quizzes.make": BUILDS,
    "quizzes.mistakes": BUILDS,
    "quizzes.build": BUILDS,
    "quizzes.show": READS,
    "quizzes.change": BUILDS,
    "quizzes.change_question": BUILDS,
    "quizzes.give": BUILDS,
    "quizzes.results": BUILDS,
    "quizzes.sound": READS,
    "quiz_taking.show": READS,
    "quiz_taking.answer": READS,
}
