"""Quizzes: built from clips and from real mistakes, given to people, and what came of them."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as WebResponse

from review.library.giving import list_learners, may_give
from review.library.listing import LibraryFilter, list_library
from review.queries.filters import OBJECTION_TYPES
from review.quizzes import building
from review.quizzes.reading import get_quiz, list_quizzes, own_quizzes
from review.quizzes.results import read_results
from review.quizzes.seeing import question_sound
from review.quizzes.taking import give_quiz, take_quiz_back
from scoring.assessment import MOVES
from web.auth import viewer
from web.blueprints.clips import read_number
from web.blueprints.library_told import library_told
from web.blueprints.playlists import read_day
from web.errors import Refused
from web.parts import parts
from web.sound_pieces import send_piece

blueprint = Blueprint("quizzes", __name__, url_prefix="/quizzes")

TYPED_MOVES = tuple(move for move in MOVES if move != "listen")
"""The moves that writing can show: nobody can be heard to wait in it."""


@blueprint.get("")
def index() -> str:
    """The quizzes one is to take; for managers and leads also those they build and give."""
    with parts().database.read() as db:
        mine = own_quizzes(db, viewer())
        built = list_quizzes(db, viewer())
    return render_template(
        "quizzes/index.html", mine=mine, built=built, builds=may_give(viewer()), kinds=OBJECTION_TYPES
    )


@blueprint.post("")
def make() -> WebResponse:
    """A new quiz without questions."""
    with library_told(), parts().database.session() as db:
        made = building.make_quiz(
            db,
            viewer(),
            request.form.get("title", ""),
            note=request.form.get("note", ""),
            pass_share=_share(request.form.get("pass")),
        )
    return redirect(url_for(".show", quiz_id=made))


@blueprint.get("/mistakes")
def mistakes() -> str:
    """Objections of one kind that were mishandled or passed over: the ones ticked become questions."""
    kind = request.args.get("type", "")
    kind = kind if kind in OBJECTION_TYPES else "price"
    with library_told(), parts().database.read() as db:
        found = building.list_mistakes(db, viewer(), kind)
    return render_template("quizzes/mistakes.html", found=found, kind=kind, kinds=OBJECTION_TYPES)


@blueprint.post("/mistakes")
def build() -> WebResponse:
    """Build a quiz from the objections ticked."""
    chosen = [number for text in request.form.getlist("episode") if (number := read_number(text))]
    if not chosen:
        raise Refused(
            422,
            _("Tick at least one objection"),
            _("Nothing was stored."),
            _("Go back: your title is still there."),
            field="episode",
        )
    with library_told(), parts().database.session() as db:
        made = building.build_from_mistakes(db, viewer(), request.form.get("title", ""), chosen)
    flash(ngettext("Built with %(num)s question.", "Built with %(num)s questions.", len(chosen)))
    return redirect(url_for(".show", quiz_id=made))


@blueprint.get("/<int:quiz_id>")
def show(quiz_id: int) -> str | WebResponse:
    """A quiz being built and given; who only takes it is led to its questions."""
    with parts().database.read() as db:
        if not any(one.id == quiz_id for one in list_quizzes(db, viewer())):
            if any(one.quiz_id == quiz_id for one in own_quizzes(db, viewer())):
                return redirect(url_for("quiz_taking.show", quiz_id=quiz_id))
            abort(404)
        with library_told():
            found = get_quiz(db, viewer(), quiz_id)
            results = read_results(db, viewer(), quiz_id)
        used = {question.clip_id for question in found.questions}
        library = [row for row in list_library(db, viewer(), LibraryFilter()).rows if row.id not in used]
        learners = list_learners(db, viewer())
    return render_template(
        "quizzes/show.html",
        quiz=found.row,
        questions=found.questions,
        people=results.people,
        library=library,
        learners=learners,
        most=building.MOST,
    )


@blueprint.post("/<int:quiz_id>")
def change(quiz_id: int) -> WebResponse:
    """Name it anew, add a clip as a question, close it or open it again."""
    form = request.form
    act = form.get("act")
    with library_told(), parts().database.session() as db:
        if act == "add_clip":
            building.add_clip(db, viewer(), quiz_id, read_number(form.get("clip")) or 0)
            flash(_("Added: it plays up to the moment of the answer."))
        elif act in ("close", "open"):
            building.close_quiz(db, viewer(), quiz_id, closed=act == "close")
            flash(_("Closed; all answers are kept.") if act == "close" else _("It can be taken again."))
        else:
            building.change_quiz(
                db,
                viewer(),
                quiz_id,
                title=form.get("title", ""),
                note=form.get("note", ""),
                pass_share=_share(form.get("pass")),
            )
            flash(_("Changed."))
    return redirect(url_for(".show", quiz_id=quiz_id))


@blueprint.post("/<int:quiz_id>/questions/<int:question_id>")
def change_question(quiz_id: int, question_id: int) -> WebResponse:
    """What is asked and the answers to choose from; or move the question, or take it out."""
    form = request.form
    act = form.get("act")
    with library_told(), parts().database.session() as db:
        if act in ("up", "down"):
            building.move_question(db, viewer(), question_id, -1 if act == "up" else 1)
        elif act == "out":
            building.remove_question(db, viewer(), question_id)
        else:
            building.change_question(
                db,
                viewer(),
                question_id,
                prompt=form.get("prompt", ""),
                options=form.getlist("option")[: building.MOST],
                right=read_number(form.get("right")),
            )
            flash(_("Changed."))
    return redirect(url_for(".show", quiz_id=quiz_id, _anchor=None if act == "out" else f"question{question_id}"))


@blueprint.get("/<int:quiz_id>/questions/<int:question_id>/sound")
def sound(quiz_id: int, question_id: int) -> Response:
    """What plays before the question: a file that ends where the rep's answer begins."""
    with parts().database.read() as db:
        piece = question_sound(db, viewer(), question_id)
    if piece is None:
        abort(404)
    return send_piece(piece)


@blueprint.post("/<int:quiz_id>/give")
def give(quiz_id: int) -> WebResponse:
    """Give it to people or a team with a due date, or take it back (`act=back`)."""
    form = request.form
    with library_told(), parts().database.session() as db:
        if form.get("act") == "back":
            take_quiz_back(db, viewer(), read_number(form.get("task")) or 0)
            flash(_("Taken back; what was answered is kept."))
        else:
            given = give_quiz(
                db,
                viewer(),
                quiz_id,
                user_ids=[found for text in form.getlist("person") if (found := read_number(text))],
                team_id=read_number(form.get("team")),
                due_on=read_day(form.get("due")),
            )
            flash(ngettext("Given to %(num)s person.", "Given to %(num)s people.", given))
    return redirect(url_for(".show", quiz_id=quiz_id))


@blueprint.get("/<int:quiz_id>/results")
def results(quiz_id: int) -> str:
    """By person and by question, with every answer."""
    with library_told(), parts().database.read() as db:
        found = get_quiz(db, viewer(), quiz_id)
        came = read_results(db, viewer(), quiz_id)
    return render_template(
        "quizzes/results.html",
        quiz=found.row,
        questions=list(zip(found.questions, came.questions, strict=True)),
        people=came.people,
        moves=TYPED_MOVES,
    )


def _share(text: str | None) -> float | None:
    """A share from per cent; None for none. Nonsense is a number no share is."""
    if not text or not text.strip():
        return None
    try:
        return float(text.replace(",", ".")) / 100
    except ValueError:
        return float("nan")
