"""Quizzes: built from clips and mistakes, opened second by second, taken, compared, and what came of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from review.comments.refusals import Empty, Gone, NotYours, TooLong
from review.library.curating import choose_good, close_clip, share_clip
from review.library.refusals import NobodyThere, NotYourChoice, OutOfRange, StillWorkedOn
from review.library.reminding import remind
from review.models import AuditEvent, Call, ObjectionEpisode, QuizQuestion, QuizTask, utc_now
from review.quizzes.best import find_best
from review.quizzes.building import (
    add_clip,
    add_episode,
    build_from_mistakes,
    change_question,
    change_quiz,
    close_quiz,
    list_mistakes,
    make_quiz,
    move_question,
    remove_question,
)
from review.quizzes.reading import get_quiz, list_quizzes, own_quizzes, take_quiz
from review.quizzes.refusals import AnsweredAlready, BadOptions, NoQuestions, QuizClosed
from review.quizzes.results import own_result, read_results
from review.quizzes.seeing import question_sound
from review.quizzes.taking import answer_question, give_quiz, rate_answer, take_quiz_back
from tests.db.test_library import Shelf, shelf

__all__ = ["shelf"]  # the fixture: two reps in two teams, their managers, a lead, an objection in each call

ANSWER = "I understand, price matters. What are you comparing it with? Shall we meet on Tuesday at ten?"


def spoil(shelf: Shelf, *calls: str) -> list[int]:
    """The objections of these calls were mishandled; their ids."""
    with shelf.database.session() as session:
        ids = [shelf.calls[name] for name in calls]
        session.execute(update(ObjectionEpisode).where(ObjectionEpisode.call_id.in_(ids)).values(outcome="mishandled"))
        return list(session.scalars(select(ObjectionEpisode.id).where(ObjectionEpisode.call_id.in_(ids))))


def quiz_of(shelf: Shelf, *, who: str = "lead", options: bool = False, given_to: str | None = "b") -> tuple[int, int]:
    """A quiz with one question about a's objection; the quiz's and the question's ids."""
    (episode,) = spoil(shelf, "a")
    with shelf.database.session() as session:
        quiz = build_from_mistakes(session, shelf.viewer(who), "Too expensive", [episode])
        question = session.scalars(select(QuizQuestion.id).where(QuizQuestion.quiz_id == quiz)).one()
        if options:
            change_question(
                session,
                shelf.viewer(who),
                question,
                prompt="",
                options=["Discount", "", "Ask what it is beside"],
                right=2,
            )
        if given_to:
            give_quiz(session, shelf.viewer(who), quiz, user_ids=[shelf.users[given_to]])
    return quiz, question


def test_mistakes_are_those_of_calls_one_may_see(shelf: Shelf) -> None:
    spoil(shelf, "a", "b")
    with shelf.database.read() as session:
        assert len(list_mistakes(session, shelf.viewer("lead"), "price")) == 2
        mine = list_mistakes(session, shelf.viewer("boss"), "price")
        assert [(row.call_id, row.quote) for row in mine] == [(shelf.calls["a"], "that is too much")]
        assert list_mistakes(session, shelf.viewer("lead"), "trust") == ()
        with pytest.raises(NotYourChoice):
            list_mistakes(session, shelf.viewer("a"), "price")
    with shelf.database.session() as session:
        with pytest.raises(NotYourChoice):
            make_quiz(session, shelf.viewer("reviewer"), "Mine")
        other = session.scalars(select(ObjectionEpisode.id).where(ObjectionEpisode.call_id == shelf.calls["b"])).one()
        with pytest.raises(Gone):
            build_from_mistakes(session, shelf.viewer("boss"), "Theirs", [other])


def test_a_question_plays_up_to_the_answer_and_no_further(shelf: Shelf) -> None:
    quiz, question = quiz_of(shelf)
    with shelf.database.read() as session:
        piece = question_sound(session, shelf.viewer("b"), question)
        assert piece is not None
        assert (piece.start, piece.end) == (3.0, 6.0)
        for who in ("a", "other_boss", "outside", "reviewer"):
            found = question_sound(session, shelf.viewer(who), question)
            assert (found is not None) == (who == "other_boss"), f"{who}: managers may give what a lead built"
        _, (row,) = take_quiz(session, shelf.viewer("b"), quiz)
        assert row.said == "that is too much for […]"
        with pytest.raises(Gone):
            take_quiz(session, shelf.viewer("a"), quiz)
        facts = session.scalars(select(AuditEvent.details).where(AuditEvent.action == "quiz.question_added")).one()
    assert facts == {"call": shelf.calls["a"], "start": 3.0, "until": 6.0, "question": question}


def test_a_clip_becomes_a_question_before_its_answer(shelf: Shelf) -> None:
    clip, plain = shelf.clip(), shelf.clip(title="No objection", start=0.0, end=2.0, objection="")
    with shelf.database.session() as session:
        quiz = make_quiz(session, shelf.viewer("lead"), "From clips", pass_share=0.5)
        for one in (clip, plain):
            add_clip(session, shelf.viewer("lead"), quiz, one)
        found = get_quiz(session, shelf.viewer("lead"), quiz)
        assert [(one.start, one.until, one.end, one.objection) for one in found.questions] == [
            (3.0, 6.0, 8.0, "price"), (0.0, 2.0, 2.0, ""),
        ]  # fmt: skip
        move_question(session, shelf.viewer("lead"), found.questions[1].id, -5)
        assert [one.objection for one in get_quiz(session, shelf.viewer("lead"), quiz).questions] == ["", "price"]
        with pytest.raises(Gone):
            add_clip(session, shelf.viewer("lead"), quiz, 10**9)
        with pytest.raises(NotYours):
            add_clip(session, shelf.viewer("boss"), quiz, clip)


def test_answers_are_kept_once_and_compared_with_the_best(shelf: Shelf) -> None:
    quiz, question = quiz_of(shelf)
    good = shelf.clip(call="b", title="How Rep b does it", start=3.0, end=9.0)
    with shelf.database.session() as session:
        choose_good(session, shelf.viewer("lead"), good, "Asks first")
        share_clip(session, shelf.viewer("lead"), good)
        viewer = shelf.viewer("b")
        for words, refusal in ((" ", Empty), ("x" * 5000, TooLong)):
            with pytest.raises(refusal):
                answer_question(session, viewer, quiz, question, words=words)
        answer = answer_question(session, viewer, quiz, question, words=ANSWER)
        assert answer.moves is not None
        assert {"acknowledge", "clarify", "next_step"} <= set(answer.moves)
        with pytest.raises(AnsweredAlready):
            answer_question(session, viewer, quiz, question, words="Better words")
        with pytest.raises(Gone):
            answer_question(session, shelf.viewer("a"), quiz, question, words=ANSWER)
        with pytest.raises(OutOfRange):
            rate_answer(session, viewer, quiz, question, 9)
        rate_answer(session, viewer, quiz, question, 4)
        best = find_best(session, viewer, question)
        assert [(one.title, one.good_why) for one in best.clips] == [("How Rep b does it", "Asks first")]
        assert best.went_on is None, "the rest of the call is not theirs"
        assert find_best(session, shelf.viewer("lead"), question).went_on == (shelf.calls["a"], 6.0, 8.0)
        task = own_quizzes(session, viewer)[0]
        assert (task.answered, task.questions, task.done_at is not None) == (1, 1, True)
    assert shelf.told("lead") == ["quiz_done"]
    assert shelf.told("b")[0] == "quiz_given"


def test_multiple_choice_is_right_or_not_and_only_it_is_passed(shelf: Shelf) -> None:
    quiz, question = quiz_of(shelf, options=True)
    with shelf.database.session() as session:
        change_quiz(session, shelf.viewer("lead"), quiz, title="T", note="", pass_share=0.8)
        viewer = shelf.viewer("b")
        _, (row,) = take_quiz(session, viewer, quiz)
        assert (row.options, row.right) == (("Discount", "Ask what it is beside"), None), "not told beforehand"
        with pytest.raises(Empty):
            answer_question(session, viewer, quiz, question)
        for wrong in (-1, 2, 10**15):
            with pytest.raises(OutOfRange):
                answer_question(session, viewer, quiz, question, choice=wrong)
        give_quiz(session, shelf.viewer("lead"), quiz, user_ids=[shelf.users["a"]])
        answer_question(session, viewer, quiz, question, choice=1)
        answer_question(session, shelf.viewer("a"), quiz, question, choice=0)
        _, (row,) = take_quiz(session, viewer, quiz)
        assert row.right == 1
        results = read_results(session, shelf.viewer("lead"), quiz)
        assert [(one.name, one.right, one.chosen, one.passed) for one in results.people] == [
            ("Person a", 0, 1, False), ("Person b", 1, 1, True),
        ]  # fmt: skip
        assert (results.questions[0].right, results.questions[0].chosen) == (1, 2)
        own = own_result(session, viewer, quiz)
        assert own is not None
        assert own.passed
        seen = read_results(session, shelf.viewer("other_boss"), quiz).people
        assert [one.name for one in seen] == ["Person b"], "a manager reads those of their team"
        with pytest.raises(Gone):
            read_results(session, viewer, quiz)
        with pytest.raises(StillWorkedOn):
            change_question(session, shelf.viewer("lead"), question, prompt="", options=["a", "b"], right=0)
        with pytest.raises(StillWorkedOn):
            remove_question(session, shelf.viewer("lead"), question)
        change_question(
            session,
            shelf.viewer("lead"),
            question,
            prompt="And now?",
            options=["Discount", "Ask what it is beside"],
            right=1,
        )


def test_typed_answers_are_never_passed_or_failed(shelf: Shelf) -> None:
    quiz, question = quiz_of(shelf)
    with shelf.database.session() as session:
        change_quiz(session, shelf.viewer("lead"), quiz, title="T", note="", pass_share=0.8)
        answer_question(session, shelf.viewer("b"), quiz, question, words=ANSWER)
        (person,) = read_results(session, shelf.viewer("lead"), quiz).people
        assert (person.share, person.passed, person.answered) == (None, None, 1)
        (came,) = read_results(session, shelf.viewer("lead"), quiz).questions
        assert came.moves["clarify"] == 1
        assert [(name, one.words) for name, one in came.answers] == [("Person b", ANSWER)]


def test_options_that_are_none(shelf: Shelf) -> None:
    _, question = quiz_of(shelf, given_to=None)
    lead = shelf.viewer("lead")
    with shelf.database.session() as session:
        for options, right in (
            (["one"], 0),
            (["one", "one"], 0),
            (["one", "two"], None),
            (["one", "two", ""], 2),
            (list("abcdefg"), 0),
        ):
            with pytest.raises(BadOptions):
                change_question(session, lead, question, prompt="", options=options, right=right)
        change_question(session, lead, question, prompt="Say it", options=["", ""], right=1)
        assert session.get_one(QuizQuestion, question).options == []
        with pytest.raises(NotYours):
            change_question(session, shelf.viewer("boss"), question, prompt="x")
        for share in (0.0, -1.0, 1.2, float("nan"), float("inf")):
            with pytest.raises(OutOfRange):
                make_quiz(session, lead, "Odd", pass_share=share)


def test_giving_closing_and_taking_back(shelf: Shelf) -> None:
    quiz, question = quiz_of(shelf)
    lead, boss = shelf.viewer("lead"), shelf.viewer("boss")
    with shelf.database.session() as session:
        empty = make_quiz(session, lead, "Empty")
        with pytest.raises(NoQuestions):
            give_quiz(session, lead, empty, user_ids=[shelf.users["b"]])
        with pytest.raises(NobodyThere):
            give_quiz(session, boss, quiz, user_ids=[shelf.users["b"]])
        assert give_quiz(session, boss, quiz, team_id=shelf.teams["a"]) == 1
        own = make_quiz(session, boss, "The manager's own")
        assert [row.id for row in list_quizzes(session, shelf.viewer("other_boss"))] == [empty, quiz]
        assert own in [row.id for row in list_quizzes(session, lead)]
        assert list_quizzes(session, shelf.viewer("a")) == ()
        answer_question(session, shelf.viewer("b"), quiz, question, words=ANSWER)
        task = own_quizzes(session, shelf.viewer("b"))[0].id
        take_quiz_back(session, lead, task)
        with pytest.raises(Gone):
            take_quiz(session, shelf.viewer("b"), quiz)
        give_quiz(session, lead, quiz, user_ids=[shelf.users["b"]])
        assert take_quiz(session, shelf.viewer("b"), quiz)[1][0].answer is not None, "answers are kept"
        close_quiz(session, lead, quiz)
        with pytest.raises(QuizClosed):
            answer_question(session, shelf.viewer("a"), quiz, question, words=ANSWER)
        with pytest.raises(QuizClosed):
            give_quiz(session, lead, quiz, user_ids=[shelf.users["b"]])
        close_quiz(session, lead, quiz, closed=False)
        answer_question(session, shelf.viewer("a"), quiz, question, words=ANSWER)


def test_a_call_that_goes_leaves_the_answers(shelf: Shelf) -> None:
    quiz, question = quiz_of(shelf)
    with shelf.database.session() as session:
        answer_question(session, shelf.viewer("b"), quiz, question, words=ANSWER)
        session.delete(session.get_one(Call, shelf.calls["a"]))
    with shelf.database.session() as session:
        _, (row,) = take_quiz(session, shelf.viewer("b"), quiz)
        assert (row.call_id, row.said, row.plays) == (None, "", False)
        assert row.answer is not None
        assert question_sound(session, shelf.viewer("b"), question) is None
        assert find_best(session, shelf.viewer("b"), question).went_on is None


def test_a_clip_taken_out_of_the_library_leaves_the_quizzes_of_those_who_only_had_it_there(shelf: Shelf) -> None:
    clip = shelf.clip()
    shelf.share(clip)
    kept = {}
    with shelf.database.session() as session:
        for who in ("other_boss", "boss"):  # of another team, and of the rep's own
            quiz = make_quiz(session, shelf.viewer(who), "What now?")
            kept[who] = add_clip(session, shelf.viewer(who), quiz, clip)
        close_clip(session, shelf.viewer("lead"), clip)
        assert session.get_one(QuizQuestion, kept["other_boss"]).call_id is None
        assert question_sound(session, shelf.viewer("other_boss"), kept["other_boss"]) is None
        assert session.get_one(QuizQuestion, kept["boss"]).call_id == shelf.calls["a"]


def test_quizzes_are_reminded_of_once(shelf: Shelf) -> None:
    quiz, _ = quiz_of(shelf, given_to=None)
    with shelf.database.session() as session:
        due = (utc_now() + timedelta(days=5)).date()
        give_quiz(session, shelf.viewer("lead"), quiz, user_ids=[shelf.users["b"]], due_on=due)
        ends = session.scalars(select(QuizTask.due_at)).one()
        assert ends is not None
        assert [remind(session, now=ends + timedelta(hours=hours)) for hours in (-40, -20, -19, 1, 2)] == [
            0,
            1,
            0,
            2,
            0,
        ]
    assert shelf.told("b") == ["quiz_given", "quiz_soon", "quiz_late"]


def test_a_closed_quiz_is_nobodys_to_take_so_nobody_is_reminded(shelf: Shelf) -> None:
    quiz, _ = quiz_of(shelf, given_to=None)
    with shelf.database.session() as session:
        due = (utc_now() + timedelta(days=5)).date()
        give_quiz(session, shelf.viewer("lead"), quiz, user_ids=[shelf.users["b"]], due_on=due)
        close_quiz(session, shelf.viewer("lead"), quiz)
        assert remind(session, now=utc_now() + timedelta(days=7)) == 0


def test_a_question_taken_out_leaves_nobody_with_a_quiz_that_never_ends(shelf: Shelf) -> None:
    quiz, question = quiz_of(shelf, given_to="b")
    (episode,) = spoil(shelf, "b")
    with shelf.database.session() as session:
        left = add_episode(session, shelf.viewer("lead"), quiz, episode)
        give_quiz(session, shelf.viewer("lead"), quiz, user_ids=[shelf.users["a"]])
        answer_question(session, shelf.viewer("b"), quiz, question, words=ANSWER)
        remove_question(session, shelf.viewer("lead"), left)
        tasks = session.scalars(select(QuizTask).where(QuizTask.quiz_id == quiz).order_by(QuizTask.id)).all()
        assert [task.done_at is not None for task in tasks] == [True, False], "a has answered nothing yet"
    assert shelf.told("lead") == ["quiz_done"]


def test_an_objection_without_a_place_is_no_question(shelf: Shelf) -> None:
    (episode,) = spoil(shelf, "a")
    with shelf.database.session() as session:
        session.execute(update(ObjectionEpisode).values(start=None, end=None, answer_start=None, answer_end=None))
        assert list_mistakes(session, shelf.viewer("lead"), "price") == ()
        quiz = make_quiz(session, shelf.viewer("lead"), "T")
        with pytest.raises(Gone):
            add_episode(session, shelf.viewer("lead"), quiz, episode)
