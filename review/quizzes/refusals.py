"""Why something about a quiz is not done. Nothing is ever stored in part."""

from __future__ import annotations

from review.comments.refusals import WritingRefused


class AnsweredAlready(WritingRefused):
    """The question was answered; after the best answers were shown it stays as it was given."""

    code = "answered_already"

    def __init__(self) -> None:
        super().__init__("You have answered this question; your answer stays as you gave it.")


class QuizClosed(WritingRefused):
    """The quiz was closed: nobody takes it any more, what was answered is kept."""

    code = "quiz_closed"

    def __init__(self) -> None:
        super().__init__("This quiz is closed; what was answered is kept.")


class NoQuestions(WritingRefused):
    """A quiz without a question cannot be given to anybody."""

    code = "no_questions"

    def __init__(self) -> None:
        super().__init__("This quiz has no questions yet; nothing was stored: add one first.")


class BadQuestion(WritingRefused):
    """A stretch that is no question: it ends before it begins, is too long, or lies outside the call."""

    code = "bad_question"

    def __init__(self, start: float, until: float) -> None:
        super().__init__(f"From {start:.1f} s to {until:.1f} s is no question; nothing was stored.", field="until")


class BadOptions(WritingRefused):
    """Answers to choose from that are too few, too many or the same, or no right one among them."""

    code = "bad_options"

    def __init__(self) -> None:
        super().__init__(
            "Give two to six different answers to choose from, and say which is right; nothing was stored.",
            field="options",
        )
