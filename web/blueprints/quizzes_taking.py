"""Taking a quiz: hear the objection, say what you would answer, then compare with the best answers."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from review.quizzes.best import find_best
from review.quizzes.reading import take_quiz
from review.quizzes.results import own_result
from review.quizzes.taking import RATINGS, answer_question, rate_answer
from web.auth import viewer
from web.blueprints.clips import read_number
from web.blueprints.library_told import library_told
from web.blueprints.quizzes import TYPED_MOVES
from web.parts import parts

blueprint = Blueprint("quiz_taking", __name__, url_prefix="/quizzes")


@blueprint.get("/<int:quiz_id>/take")
def show(quiz_id: int) -> str:
    """One question: `q` names it, else the first one not answered; at the end, how one did."""
    wanted = read_number(request.args.get("q"))
    with library_told(), parts().database.read() as db:
        task, questions = take_quiz(db, viewer(), quiz_id)
        here = next((one for one in questions if one.id == wanted), None)
        here = here or next((one for one in questions if one.answer is None), None)
        best = find_best(db, viewer(), here.id) if here and here.answer else None
        result = own_result(db, viewer(), quiz_id)
    following = next((one for one in questions if one.answer is None and (here is None or one.id != here.id)), None)
    return render_template(
        "quizzes/take.html",
        task=task,
        questions=questions,
        here=here,
        best=best,
        following=following,
        result=result,
        moves=TYPED_MOVES,
        ratings=RATINGS,
    )


@blueprint.post("/<int:quiz_id>/take")
def answer(quiz_id: int) -> Response:
    """Keep an answer, or one's own rating of it (`act=rate`)."""
    form = request.form
    question = read_number(form.get("question")) or 0
    rates = form.get("act") == "rate"
    with library_told(), parts().database.session() as db:
        if rates:
            rate_answer(db, viewer(), quiz_id, question, read_number(form.get("rating")) or 0)
            flash(_("Kept: only you and whoever gave you the quiz see it."))
        else:
            answer_question(
                db,
                viewer(),
                quiz_id,
                question,
                words=form.get("words", ""),
                choice=read_number(form.get("choice")),
            )
    return redirect(url_for(".show", quiz_id=quiz_id, q=question, _anchor="rate" if rates else None))
