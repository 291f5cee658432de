"""Objection episodes: each type handled well and badly, judged by what the rep does, with every move quoted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scoring.assessment import Objection
from scoring.engine import score
from scoring.standards import load_standard
from tests.unit.scoring.calls import call
from transcription.transcript import Transcript, Turn

OPENING = (
    "R: Hello, this is Ida Moss from Tallbridge Lifts. How many floors does your building have?\nC: Four floors.\n"
)

WELL = {
    "price": """\
C: That's quite expensive, isn't it?
R: I understand that it's a serious amount. Compared to what, if I may ask?
C: We've seen one for half of that.
R: Ours includes ten years of service and the inspection, so you pay nothing on top. Does that make sense?
C: Okay, that's fair.
""",
    "timing": """\
C: I'd need to think about it.
R: Of course, take your time. What exactly would you like to be clear about before you decide?
C: Whether it fits our plans for the yard.
R: We can reserve a date in May without any obligation, and you can cancel until April. How does that sound?
C: Sounds good.
""",
    "authority": """\
C: I'd have to run it by my partner first.
R: That makes sense. What will he want to know?
C: The running cost, mostly.
R: I'll prepare a one page summary that you can show him. Shall we talk to him together on Tuesday at nine?
C: Yes, Tuesday works.
""",
    "need": """\
C: We don't really need that, the stairs are fine.
R: Fair enough. May I ask who uses the stairs every day?
C: Some older tenants, to be honest.
R: Many of our clients thought that too and then noticed that older tenants move out. Would that be interesting for you?
C: Yes, I see.
""",
    "competitor": """\
C: We already work with another supplier for that.
R: Good to know, that makes sense. What do you like about them, and what is missing?
C: They take weeks to repair anything.
R: You don't have to replace them, many use us as a second supplier and compare. Would that work for you?
C: That would work, yes.
""",
    "trust": """\
C: I've never heard of your company.
R: That's a fair point. What would you need to see from us?
C: Somebody who has one, I suppose.
R: We've been in business for thirty years, and I can send you three references. Would that help?
C: Yes, that helps.
""",
    "brush_off": """\
C: Just send me some information by email.
R: Gladly. So that I only send what's useful, what matters most to you?
C: The noise.
R: Then I'll send you the noise figures today, and I'll call you on Monday at ten. Is that okay for you?
C: Fine, do that.
""",
    "fit": """\
C: It's too big for our staircase.
R: I see what you mean. How wide is it exactly?
C: One metre ten.
R: We also have a smaller version that fits ninety centimetres. Would that solve it?
C: That sounds good.
""",
    "other": """\
C: Honestly, I don't take sales calls.
R: I completely understand. What would be a better way to show you something like this?
C: A letter, maybe.
R: The reason I called is that your neighbours have one, and what we can do is show you theirs. Would that be okay?
C: Why not.
""",
}

BADLY = {
    "price": "C: That's too expensive.\nR: That's not expensive. Everybody pays that.\nC: Not me.\n",
    "timing": "C: Let me sleep on it.\nR: You have to decide right now, tomorrow it will be gone.\nC: No.\n",
    "authority": "C: I can't decide that on my own.\nR: Come on. You're wrong, you can decide it now.\nC: No.\n",
    "need": "C: We don't need it.\nR: You don't understand, everybody needs it. That makes no sense.\nC: Hm.\n",
    "competitor": "C: We're happy with our current supplier.\nR: They are really bad. Everybody knows that.\nC: Hm.\n",
    "trust": "C: I've never heard of you.\nR: Just trust me.\nC: Hm.\n",
    "brush_off": "C: I'm really busy.\nR: Why can't you just listen for once?\nC: Hm.\n",
    "fit": "C: It's too big for our yard.\nR: That is simply not true.\nC: Hm.\n",
    "other": "C: I don't take sales calls.\nR: With all due respect, then you are losing money.\nC: Hm.\n",
}


def episodes(transcript: Transcript) -> tuple[Objection, ...]:
    return score(transcript, load_standard("cold-call")).objections


def only(text: str) -> Objection:
    found = episodes(call(OPENING + text))
    assert len(found) == 1, [(o.types, o.client.quote) for o in found]
    return found[0]


@pytest.mark.parametrize("kind", sorted(WELL))
def test_handled_well(kind: str) -> None:
    objection = only(WELL[kind])
    names = [move.name for move in objection.moves]
    assert kind in objection.types
    assert objection.outcome == "handled", names
    assert objection.scale == 3
    assert objection.faults == ()
    assert objection.reaction == "accepts"
    assert {"acknowledge", "clarify"} & set(names)
    assert "answer" in names


@pytest.mark.parametrize("kind", sorted(BADLY))
def test_handled_badly(kind: str) -> None:
    objection = only(BADLY[kind])
    assert kind in objection.types
    assert (objection.outcome, objection.scale) == ("mishandled", 0)
    assert objection.faults


def test_no_relevant_move_in_two_turns_is_ignored() -> None:
    objection = only("C: That's too expensive for us.\nR: Okay.\nC: Yes.\nR: So. Goodbye then.\n")
    assert (objection.outcome, objection.scale) == ("ignored", 0)


def test_only_an_acknowledgement_is_one_of_three() -> None:
    objection = only("C: That's too expensive for us.\nR: I understand that completely.\nC: Yes.\n")
    assert (objection.outcome, objection.scale) == ("partial", 1)


def test_a_relevant_move_short_of_handled_is_two_of_three() -> None:
    objection = only("C: That's too expensive for us.\nR: What were you expecting to pay?\nC: Half of it.\nR: Okay.\n")
    assert (objection.outcome, objection.scale) == ("partial", 2)


def test_an_instant_discount_is_a_fault_and_one_after_a_question_is_not() -> None:
    instant = only("C: That's too expensive.\nR: Okay, I can give you ten percent off.\nC: Fine.\n")
    asked = only(
        "C: That's too expensive.\nR: I see. Compared to what?\nC: To the other offer.\n"
        "R: The price includes the service for two years. And I can give you five percent off.\nC: Okay.\n"
    )
    assert [fault.name for fault in instant.faults] == ["instant_discount"]
    assert asked.faults == ()


def test_the_same_objection_again_without_a_new_move_is_a_fault() -> None:
    objection = only("C: It's too expensive for us.\nR: Well, yes.\nC: As I said, that's too expensive.\nR: Hm.\n")
    assert "repeated_without_new_move" in [fault.name for fault in objection.faults]


def test_neighbouring_turns_of_one_type_are_one_episode_and_other_types_their_own() -> None:
    found = episodes(
        call(
            OPENING + "C: That's too expensive.\nR: I understand. What did you have in mind?\n"
            "C: Much less. It's over our budget.\nR: The price includes the service.\nC: Okay.\n"
            "R: Shall we go on?\nC: I'd have to ask my boss first.\nR: Of course.\n"
        )
    )
    assert [objection.types for objection in found] == [("price",), ("authority",)]


def test_one_turn_can_raise_two_objections() -> None:
    objection = only(
        "C: That's more than we planned, and I'd have to show it to Henrik first.\nR: I understand.\nC: Yes.\n"
    )
    assert objection.types == ("price", "authority")


@pytest.mark.parametrize(
    "text",
    [
        "R: Who is your current supplier?\nC: We work with a supplier from Leeds.\n",
        "R: Who decides on that?\nC: I'd have to ask my boss.\n",
        "R: Shall I send you the offer?\nC: Yes, send me the offer by email.\n",
        "R: Is there anything else I can do for you?\nC: No, thank you.\n",
        "R: I'll call you on Monday.\nC: Good. Call me at ten on Monday.\n",
    ],
)
def test_an_answer_to_a_question_or_offer_is_no_objection(text: str) -> None:
    assert episodes(call(OPENING + text)) == ()


def test_cut_off_needs_times_and_an_unfinished_sentence() -> None:
    turns = (
        Turn("rep", "Hello, this is Ida Moss from Tallbridge Lifts, is this a good time?", 0.0, 4.0),
        Turn("client", "It's too expensive for us because we", 4.5, 7.0),
        Turn("rep", "I understand, but listen to what we can offer you here.", 6.6, 10.0),
        Turn("client", "Okay.", 10.5, 11.0),
    )
    found = episodes(Transcript(turns, language="en"))
    assert [fault.name for fault in found[0].faults] == ["cut_off"]
    assert found[0].latency == 0
    finished = replace(turns[1], text="It's too expensive for us.")
    assert episodes(Transcript((turns[0], finished, *turns[2:]), language="en"))[0].faults == ()


def test_a_pause_before_the_answer_is_listening() -> None:
    turns = (
        Turn("client", "That's too expensive for us.", 0.0, 2.0),
        Turn("rep", "I understand. What did you expect to pay for it?", 3.5, 6.0),
        Turn("client", "Half of it.", 6.5, 7.0),
    )
    objection = episodes(Transcript(turns, language="en"))[0]
    assert objection.latency == pytest.approx(1.5)
    assert objection.moves[0].name == "listen"


def test_the_clients_reaction_does_not_change_the_outcome() -> None:
    pleased = only(WELL["price"])
    angry = only(WELL["price"].replace("Okay, that's fair.", "No, that doesn't help."))
    assert pleased.outcome == angry.outcome == "handled"
    assert (pleased.reaction, angry.reaction) == ("accepts", "leaves")


def test_the_next_question_on_a_list_is_no_clarifying_one() -> None:
    listed = (
        "R: Do you own your home?\nC: I do.\nR: Which company is your car insured with today?\n"
        "C: Do it fast, I'm not interested otherwise.\n"
        "R: What is your zip code?\nC: Twelve.\n"
    )
    assert [move.name for move in only(listed).moves] == []
    about = listed.replace("What is your zip code?", "I understand. What would make you interested?")
    assert "clarify" in [move.name for move in only(about).moves]


def test_a_yes_to_another_question_accepts_no_answer() -> None:
    text = "C: That's too expensive for us.\nR: {answer}\nC: Yes.\n"
    assert only(text.format(answer="Okay. Do you own your home?")).reaction == "neutral"
    assert only(text.format(answer="I understand. It includes two years of service.")).reaction == "accepts"


def test_time_to_think_stands_even_in_answer_to_a_question_about_timing() -> None:
    text = "R: When would you like to start?\nC: {wish}\nR: Okay.\nC: Bye.\n"
    assert only(text.format(wish="I need a day or two to think about it.")).types == ("timing",)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("R: Who is your current supplier?\nC: Peters, and we are happy with them.\n", "competitor"),
        ("R: What do you use today?\nC: We're fine with what we have.\n", "need"),
        ("R: When could we meet?\nC: Can you just send me something by email?\n", "brush_off"),
        (
            "R: Would a half-hour demo next Tuesday at ten work?\n"
            "C: Tuesday's bad. Can you just send me something by email?\n",
            "brush_off",
        ),
    ],
)
def test_an_objection_given_in_answer_to_a_question_stands(text: str, kind: str) -> None:
    assert only(text + "R: Of course.\nC: Yes.\n").types == (kind,)


def test_a_new_objection_ends_the_episode_even_when_it_brings_the_old_one_along() -> None:
    found = episodes(
        call(
            OPENING + "C: That's too expensive for us.\nR: It includes the service.\n"
            "C: It's too expensive, and I'd have to ask my boss first.\nR: It includes the inspection.\n"
            "C: I'd have to ask my boss.\nR: Well.\nC: We have never heard of you.\nR: Well.\n"
        )
    )
    assert [objection.types for objection in found] == [("price",), ("price", "authority"), ("trust",)]


@pytest.mark.parametrize(
    ("language", "objection", "reply"),
    [
        ("en", "That's too expensive for us.", "Okay."),
        ("ru", "Это слишком дорого.", "Ну хорошо."),
        ("ko", "너무 비싸요.", "네, 알겠습니다."),
        ("zh", "太贵了。", "好的。"),
    ],
)
def test_a_bare_agreement_is_no_move(language: str, objection: str, reply: str) -> None:
    found = episodes(Transcript((Turn("client", objection), Turn("rep", reply)), language=language))
    assert [(episode.moves, episode.outcome) for episode in found] == [((), "ignored")]


@pytest.mark.parametrize("language", ["en", "ru", "ko", "zh"])
def test_a_list_of_questions_is_seen_in_every_language(language: str) -> None:
    lines = {
        "en": ("Do you own a car?", "I do.", "It's too expensive for us.", "What year is it?"),
        "ru": ("У вас есть машина?", "Есть.", "Это слишком дорого.", "Какого она года?"),
        "ko": ("차가 있으세요?", "있어요.", "너무 비싸요.", "몇 년식이에요?"),
        "zh": ("您有车吗？", "有。", "太贵了。", "您的车是哪年的？"),
    }[language]
    asked, answer, objection, following = lines
    turns = (
        Turn("rep", asked),
        Turn("client", answer),
        Turn("rep", asked),
        Turn("client", objection),
        Turn("rep", following),
    )
    found = episodes(Transcript(turns, language=language))
    assert [episode.types for episode in found] == [("price",)]
