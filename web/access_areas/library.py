"""Who may use the routes of clips, playlists, quizzes and praise."""

from __future__ import annotations

from collections.abc import Mapping

from web.access_rules import Rule, roles_only

# Not external reviewers: they score the calls given to them, and have no library.
READS = roles_only("rep", "manager", "reviewer", "quality_lead", "head_of_sales")
KEEPS = roles_only("rep", "manager", "reviewer", "quality_lead", "head_of_sales", subject="call")
BUILDS = roles_only("manager", "quality_lead", "head_of_sales")
PROGRAM_READS = Rule(roles=READS.roles, scope="coaching:read")
PROGRAM_WRITES = Rule(roles=READS.roles, scope="coaching:write")
PROGRAM_BUILDS_READ = Rule(roles=BUILDS.roles, scope="coaching:read")
PROGRAM_BUILDS = Rule(roles=BUILDS.roles, scope="coaching:write")

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
    "api_library.list_clips": PROGRAM_READS,
    "api_library.read_clip": PROGRAM_READS,
    "api_library.create_clip": Rule(roles=READS.roles, scope="coaching:write", subject="call"),
    "api_library.update_clip": PROGRAM_WRITES,
    "api_library.remove_clip": PROGRAM_WRITES,
    "api_library.decide": PROGRAM_WRITES,
    "api_library.praise": PROGRAM_WRITES,
    "api_library.unpraise": PROGRAM_WRITES,
    "api_library.list_praise": PROGRAM_READS,
    "api_playlists.list_playlists": PROGRAM_READS,
    "api_playlists.create_playlist": PROGRAM_WRITES,
    "api_playlists.read_playlist": PROGRAM_READS,
    "api_playlists.update_playlist": PROGRAM_WRITES,
    "api_playlists.remove_playlist": PROGRAM_WRITES,
    "api_playlists.add_clip": PROGRAM_WRITES,
    "api_playlists.take_clip_out": PROGRAM_WRITES,
    "api_playlists.move_clip": PROGRAM_WRITES,
    "api_playlists.take_playlist_back": PROGRAM_WRITES,
    "api_playlists.give": PROGRAM_WRITES,
    "api_playlists.read_progress": PROGRAM_READS,
    "api_playlists.list_listening": PROGRAM_READS,
    "api_playlists.note_heard": PROGRAM_WRITES,
    "api_playlists.assess": PROGRAM_WRITES,
    "api_quizzes.list_built": PROGRAM_BUILDS_READ,
    "api_quizzes.create_quiz": PROGRAM_BUILDS,
    "api_quizzes.read_quiz": PROGRAM_BUILDS_READ,
    "api_quizzes.update_quiz": PROGRAM_BUILDS,
    "api_quizzes.add_question": PROGRAM_BUILDS,
    "api_quizzes.update_question": PROGRAM_BUILDS,
    "api_quizzes.delete_question": PROGRAM_BUILDS,
    "api_quizzes.move_question": PROGRAM_BUILDS,
    "api_quizzes.take_back": PROGRAM_BUILDS,
    "api_quizzes.give": PROGRAM_BUILDS,
    "api_quizzes.read_quiz_results": PROGRAM_BUILDS_READ,
    "api_quizzes.list_tasks": PROGRAM_READS,
    "api_quizzes.read_taking": PROGRAM_READS,
    "api_quizzes.give_answer": PROGRAM_WRITES,
    "api_quizzes.rate": PROGRAM_WRITES,
}
