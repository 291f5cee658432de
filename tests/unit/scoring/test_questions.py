"""Questions: found with and without question marks, open and closed told apart, needs questions from the rest."""

from __future__ import annotations

import pytest

from scoring.conversation import prepare
from scoring.detectors.dialogue import find_needs_questions
from scoring.engine import open_case
from scoring.facts import Facts
from scoring.packs import load_pack
from scoring.questions import find_questions
from tests.unit.scoring.calls import call


def questions(text: str) -> list[tuple[str, bool]]:
    conversation = prepare(call(f"R: {text}\nC: I see, go on."))
    found = find_questions(conversation, load_pack("en"), "rep")
    return [(conversation.turns[q.turn].text[q.start : q.end], q.open) for q in found]


def needs(text: str) -> int:
    transcript = call(f"R: {text}\nC: I see, go on.")
    return len(find_needs_questions(open_case(transcript, prepare(transcript), load_pack("en"), Facts())))


@pytest.mark.parametrize(
    ("text", "is_open"),
    [
        ("What are you using today?", True),
        ("How do you handle returns?", True),
        ("Why did you choose them?", True),
        ("Tell me about your team.", True),
        ("Do you work with a supplier?", False),
        ("How many people are there?", False),
        ("Is that for the office or for home?", False),
        ("what are you using today", True),
        ("so do you work with a supplier at the moment", False),
    ],
)
def test_a_question_is_found_and_its_kind_known(text: str, is_open: bool) -> None:
    assert [kind for _, kind in questions(text)] == [is_open]


@pytest.mark.parametrize(
    "text",
    [
        "Okay?",
        "Right?",
        "That is what we do.",
        "I know how you feel about that.",
        "We deliver when you are ready.",
        "Have a nice day.",
        "what we do is simple and you will like it",
    ],
)
def test_what_is_no_question_is_not_counted(text: str) -> None:
    assert questions(text) == []


def test_several_questions_without_punctuation_are_counted_apart() -> None:
    found = questions("okay great how many desks do you need and when do you want to move into the building")
    assert len(found) == 2


@pytest.mark.parametrize(
    "text",
    [
        "What matters most to you in a supplier?",
        "How many vans do you run?",
        "Who decides on purchases in your company?",
        "What's your budget for this?",
        "When would you like to move in?",
        "Are you happy with your current provider?",
        "what are you looking for in a new system",
        "Tell me a bit about how you order today.",
    ],
)
def test_needs_questions(text: str) -> None:
    assert needs(text) == 1


@pytest.mark.parametrize(
    "text",
    [
        "How are you today?",
        "Can you hear me okay?",
        "Am I speaking with Mrs Hall?",
        "Have you got two minutes?",
        "Would Thursday at ten work for you?",
        "Does that make sense?",
        "Can I have your email address, please?",
        "Shall I send you the offer?",
        "How does that sound?",
        "What is there to think about?",
    ],
)
def test_small_talk_and_arrangements_are_no_needs_questions(text: str) -> None:
    assert needs(text) == 0


@pytest.mark.parametrize(
    "text",
    [
        "i was wondering if you had a minute to look at the offer",
        "okay and i'm curious how you keep track of that",
        "so i'd like to hear about the way you order",
        "good and any questions on that so far",
        "you got three of them isn't it",
        "we could start in june would that be all right",
        "on a scale of one to ten where would you put it",
        "that's the plan what else matters for you",
        "mhm and can you think of anything missing",
        "the old one is still there can you think of anything else",
        "did you know that it pays for itself in a year",
        "when your people are on the road is there ever a problem with that",
        "in the last year have there been any claims",
        "you are only twenty one plus is the report accurate",
        "that's great and how are things going at the office",
        "you had a look at it how difficult was it to set up",
        "that works for him but what might work for you",
        "what keeps you with them",
        "a nice one what kind of van",
        "you order this how often",
        "you have been with them for how long",
        "you are the only driver on the policy correct",
        "good afternoon am i speaking with the owner",
    ],
)
def test_askings_without_a_mark_are_found(text: str) -> None:
    assert questions(text)


@pytest.mark.parametrize(
    "text",
    [
        "it's your choice and there's your copy on the desk",
        "i know what is in the box and how it is used",
        "that depends on how much you need",
        "we do your accounts and we have your number on the list",
        "they are you know quite happy with it",
        "people who don't use it pay less",
        "my friends tell me about your shop all the time",
        "the thing is that it takes a week",
        "what matters to you is what we look at",
        "you're wondering if it is worth it",
        "they are you know in the office and we really are we have the room",
        "i told you about the price and how much it saves",
        "that's the one and you are right",
        "i have everything and that is correct",
        "the people here are those who have been with us for years",
        "so do they",
        "whatever you are looking for we have it",
    ],
)
def test_clauses_that_only_look_like_questions_are_not_counted(text: str) -> None:
    assert questions(text) == []
