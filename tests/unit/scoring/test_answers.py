"""Facts the client gives in answer to the rep's question, in every language, and what is no such answer."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scoring.engine import score
from scoring.facts import Facts
from scoring.standards import load_standard
from transcription.transcript import Transcript, Turn


def facts(language: str, asked: str, reply: str, competitors: tuple[str, ...] = ()) -> dict[str, str]:
    turns = (Turn("rep", asked), Turn("client", reply))
    known = Facts(started_at=datetime(2026, 11, 17, 10, tzinfo=UTC), competitors=competitors)
    found = score(Transcript(turns, language=language), load_standard("cold-call"), known).facts_found
    assert all(fact.evidence.quote in reply for fact in found)
    return {fact.id: fact.value for fact in found}


@pytest.mark.parametrize(
    ("language", "asked", "reply", "name"),
    [
        ("en", "what is your budget", "five thousand dollars a year", "budget"),
        ("en", "When do you need it?", "before the end of March", "timing"),
        ("en", "who makes the decision", "my wife does", "decision_maker"),
        ("ru", "какой у вас бюджет", "тысяч двести", "budget"),
        ("ru", "а решение кто принимает", "мой муж", "decision_maker"),
        ("ru", "когда планируете начать", "в марте", "timing"),
        ("zh", "您的预算是多少", "五万左右", "budget"),
        ("ko", "예산은 얼마 정도로 잡고 계세요?", "월 이십만 원 안쪽이요", "budget"),
    ],
)
def test_an_answer_to_a_question_is_a_fact(language: str, asked: str, reply: str, name: str) -> None:
    assert facts(language, asked, reply)[name] == reply


@pytest.mark.parametrize(
    ("asked", "reply"),
    [
        ("Did you have a good day?", "five thousand dollars"),
        ("What is your budget?", "No idea."),
        ("When should I call you?", "No idea."),
    ],
)
def test_no_question_or_no_answer_is_no_fact(asked: str, reply: str) -> None:
    assert facts("en", asked, reply) == {}


def test_a_known_competitor_and_an_accepted_day_are_facts() -> None:
    assert facts("en", "Okay.", "That is what Brightdesk does.", ("Brightdesk",))["competitor"] == "Brightdesk"
    assert facts("en", "I'll call you on Friday, okay?", "Okay.")["next_contact"] == "Friday"
