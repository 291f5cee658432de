"""Quizzes over the API: built, given, taken, and what came of them."""

from __future__ import annotations

from typing import Any

from flask import Response, abort

from review.quizzes import building
from review.quizzes.reading import get_quiz, list_quizzes, own_quizzes, take_quiz
from review.quizzes.results import QuestionResult, read_results
from review.quizzes.taking import answer_question, give_quiz, rate_answer, take_quiz_back
from web.api.doing import answer, area, do_once, once_by_key
from web.api.library import READS, WRITES, told
from web.api.library_models import GivenToIn, GivenToOut
from web.api.paging import PageQuery, cut
from web.api.problems import Problem
from web.api.quizzes_models import (
    QuizAnswerIn,
    QuizAnswerOut,
    QuizChange,
    QuizGivenAnswer,
    QuizIn,
    QuizLine,
    QuizMoveIn,
    QuizOut,
    QuizPage,
    QuizPath,
    QuizPersonOut,
    QuizQuestionChange,
    QuizQuestionIn,
    QuizQuestionOut,
    QuizQuestionPath,
    QuizQuestionResult,
    QuizRatingIn,
    QuizResultsOut,
    QuizTakingOut,
    QuizTaskList,
    QuizTaskOut,
    QuizTaskPath,
)
from web.auth import viewer
from web.parts import parts

blueprint = area("quizzes", "quizzes", "What would you answer? Quizzes from real calls.")


@blueprint.get("/quizzes", responses={200: QuizPage, 422: Problem})
def list_built(query: PageQuery) -> Response:
    """List the quizzes that the token's person builds or may give."""
    place = query.place(int)
    with parts().database.read() as db:
        rows = sorted(list_quizzes(db, viewer()), key=lambda row: -row.id)
    rows = [row for row in rows if place is None or row.id < place[1]][: query.limit + 1]
    shown, following = cut(rows, query.limit, lambda row: (row.id, row.id))
    return answer(QuizPage(quizzes=[QuizLine.model_validate(row) for row in shown], next=following))


@blueprint.post("/quizzes", responses={201: QuizOut, **WRITES})
@once_by_key
def create_quiz(body: QuizIn) -> Response:
    """Make a quiz without questions."""

    def act(db: Any) -> QuizOut:
        made = building.make_quiz(db, viewer(), body.title, note=body.note, pass_share=body.pass_share)
        return _quiz(db, made)

    with told():
        return do_once(act)


@blueprint.get("/quizzes/<int:quiz_id>", responses={200: QuizOut, **READS})
def read_quiz(path: QuizPath) -> Response:
    """Read a quiz with its questions and what is right."""
    with told(), parts().database.read() as db:
        return answer(_quiz(db, path.quiz_id))


@blueprint.put("/quizzes/<int:quiz_id>", responses={200: QuizOut, **WRITES})
def update_quiz(path: QuizPath, body: QuizChange) -> Response:
    """Name a quiz anew, change its pass rule, close it or open it again."""
    with told(), parts().database.session() as db:
        building.change_quiz(db, viewer(), path.quiz_id, title=body.title, note=body.note, pass_share=body.pass_share)
        building.close_quiz(db, viewer(), path.quiz_id, closed=body.closed)
        return answer(_quiz(db, path.quiz_id))


@blueprint.post("/quizzes/<int:quiz_id>/questions", responses={200: QuizOut, **WRITES})
def add_question(path: QuizPath, body: QuizQuestionIn) -> Response:
    """Add a question from a clip or an objection; these seconds of the call open to those who take the quiz."""
    with told(), parts().database.session() as db:
        if body.clip_id is not None:
            building.add_clip(db, viewer(), path.quiz_id, body.clip_id)
        else:
            building.add_episode(db, viewer(), path.quiz_id, body.objection_id or 0)
        return answer(_quiz(db, path.quiz_id))


@blueprint.put("/quizzes/<int:quiz_id>/questions/<int:question_id>", responses={200: QuizOut, **WRITES})
def update_question(path: QuizQuestionPath, body: QuizQuestionChange) -> Response:
    """Change what is asked and the answers to choose from."""
    with told(), parts().database.session() as db:
        _see_question(db, path)
        building.change_question(
            db, viewer(), path.question_id, prompt=body.prompt, options=body.options, right=body.right
        )
        return answer(_quiz(db, path.quiz_id))


@blueprint.delete("/quizzes/<int:quiz_id>/questions/<int:question_id>", responses={200: QuizOut, **WRITES})
def delete_question(path: QuizQuestionPath) -> Response:
    """Take a question out that nobody has answered."""
    with told(), parts().database.session() as db:
        _see_question(db, path)
        building.remove_question(db, viewer(), path.question_id)
        return answer(_quiz(db, path.quiz_id))


@blueprint.post("/quizzes/<int:quiz_id>/questions/<int:question_id>/move", responses={200: QuizOut, **WRITES})
def move_question(path: QuizQuestionPath, body: QuizMoveIn) -> Response:
    """Move a question some places down or up, no further than the ends."""
    with told(), parts().database.session() as db:
        _see_question(db, path)
        building.move_question(db, viewer(), path.question_id, body.by)
        return answer(_quiz(db, path.quiz_id))


@blueprint.delete("/quizzes/<int:quiz_id>/tasks/<int:task_id>", responses={200: QuizResultsOut, **READS})
def take_back(path: QuizTaskPath) -> Response:
    """Take it back from somebody; what was answered is kept. The results of those who still have it."""
    with told(), parts().database.session() as db:
        if not any(one.task_id == path.task_id for one in read_results(db, viewer(), path.quiz_id).people):
            abort(404)
        take_quiz_back(db, viewer(), path.task_id)
        return answer(_results(db, path.quiz_id))


@blueprint.post("/quizzes/<int:quiz_id>/give", responses={200: GivenToOut, **WRITES})
def give(path: QuizPath, body: GivenToIn) -> Response:
    """Give it to people or a team."""
    with told(), parts().database.session() as db:
        given = give_quiz(db, viewer(), path.quiz_id, user_ids=body.user_ids, team_id=body.team_id, due_on=body.due_on)
    return answer(GivenToOut(given=given))


@blueprint.get("/quizzes/<int:quiz_id>/results", responses={200: QuizResultsOut, **READS})
def read_quiz_results(path: QuizPath) -> Response:
    """Read the results of those the token's person may follow."""
    with told(), parts().database.read() as db:
        return answer(_results(db, path.quiz_id))


@blueprint.get("/quiz-tasks", responses={200: QuizTaskList})
def list_tasks() -> Response:
    """List the quizzes that were given to the token's person."""
    with parts().database.read() as db:
        rows = own_quizzes(db, viewer())
    return answer(QuizTaskList(tasks=[QuizTaskOut.model_validate(row) for row in rows]))


@blueprint.get("/quizzes/<int:quiz_id>/taking", responses={200: QuizTakingOut, **READS})
def read_taking(path: QuizPath) -> Response:
    """Read a quiz as who takes it: what is right stands only where they have answered."""
    with told(), parts().database.read() as db:
        return answer(_taking(db, path.quiz_id))


@blueprint.post("/quizzes/<int:quiz_id>/questions/<int:question_id>/answer", responses={200: QuizTakingOut, **WRITES})
def give_answer(path: QuizQuestionPath, body: QuizAnswerIn) -> Response:
    """Answer a question, once."""
    with told(), parts().database.session() as db:
        answer_question(db, viewer(), path.quiz_id, path.question_id, words=body.words, choice=body.choice)
        return answer(_taking(db, path.quiz_id))


@blueprint.put("/quizzes/<int:quiz_id>/questions/<int:question_id>/rating", responses={200: QuizTakingOut, **WRITES})
def rate(path: QuizQuestionPath, body: QuizRatingIn) -> Response:
    """Rate one's own answer."""
    with told(), parts().database.session() as db:
        rate_answer(db, viewer(), path.quiz_id, path.question_id, body.rating)
        return answer(_taking(db, path.quiz_id))


def _quiz(db: Any, quiz_id: int) -> QuizOut:
    found = get_quiz(db, viewer(), quiz_id)
    asked = [QuizQuestionOut.model_validate(one) for one in found.questions]
    return QuizOut(**QuizLine.model_validate(found.row).model_dump(), asked=asked)


def _results(db: Any, quiz_id: int) -> QuizResultsOut:
    found = read_results(db, viewer(), quiz_id)
    return QuizResultsOut(
        people=[QuizPersonOut.model_validate(one) for one in found.people],
        questions=[_result(one) for one in found.questions],
    )


def _see_question(db: Any, path: QuizQuestionPath) -> None:
    """404 for a question that is none of this quiz."""
    if not any(one.id == path.question_id for one in get_quiz(db, viewer(), path.quiz_id).questions):
        abort(404)


def _taking(db: Any, quiz_id: int) -> QuizTakingOut:
    task, questions = take_quiz(db, viewer(), quiz_id)
    return QuizTakingOut(
        task=QuizTaskOut.model_validate(task), questions=[QuizQuestionOut.model_validate(one) for one in questions]
    )


def _result(one: QuestionResult) -> QuizQuestionResult:
    return QuizQuestionResult(
        question_id=one.question_id,
        answered=one.answered,
        right=one.right,
        chosen=one.chosen,
        moves=dict(sorted(one.moves.items())),
        typed=one.typed,
        rating=one.rating,
        answers=[
            QuizGivenAnswer(name=name, **QuizAnswerOut.model_validate(given).model_dump())
            for name, given in one.answers
        ],
    )
