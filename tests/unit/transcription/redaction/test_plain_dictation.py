"""Everyday questions and answers: payment words, signatures, texts that came, landlines, letters, and what is none."""

from __future__ import annotations

import pytest

from transcription.redaction.detection import find_private
from transcription.transcript import Turn


def masks(language: str, *lines: str) -> list[tuple[str, str]]:
    turns = [Turn("rep" if line[0] == "R" else "client", line[3:]) for line in lines]
    return [(p.kind, turns[p.turn].text[p.start : p.end]) for p in find_private(turns, language)]


@pytest.mark.parametrize(
    ("language", "lines", "kind", "digits"),
    [
        ("en", ("C: I got the text, it's 4727.",), "card_code", "4727"),
        ("en", ("R: I've just sent you a code, can you read it out?", "C: yes it's 83 59"), "card_code", "83 59"),
        ("ko", ("C: 문자 왔어요, 329720.",), "card_code", "329720"),
        ("zh", ("C: 短信来了，553912。",), "card_code", "553912"),
        ("ru", ("R: Я вам отправила код, прочитайте.", "C: 5739"), "card_code", "5739"),
        ("ko", ("R: 결제는 어떻게 하시겠어요?", "C: 2200653015635113"), "card", "2200653015635113"),
        ("en", ("R: I'll need your full social for the check.", "C: 550 75 7144"), "document", "550 75 7144"),
        ("ko", ("C: 안 받으면 02 254 1234.",), "phone", "02 254 1234"),
        ("zh", ("C: 您回我这个号18392388557。",), "phone", "18392388557"),
    ],
)
def test_what_everyday_words_announce(language: str, lines: tuple[str, ...], kind: str, digits: str) -> None:
    assert masks(language, *lines) == [(kind, digits)]


def test_letters_of_a_document_stand_over_fillers() -> None:
    found = masks("en", "R: And your National Insurance number?", "C: It's J K wait for it, 74 88 03 A.")
    assert {text for _, text in found} >= {"J", "K", "A"} or found[0][1].startswith("J K")


@pytest.mark.parametrize(
    "lines",
    [
        ("R: I could pay 1500.", "C: Make it 1700.", "R: Halfway, 1600.", "C: 1650.", "R: I will pay 1620 then."),
        ("R: Your monthly payment would be $3,400.", "C: And for 24 months?", "R: Yes, 24."),
        ("C: My card is 4242 4242 4242 4242.", "R: Your visit is on October 22 at 19:15."),
    ],
)
def test_what_stays_readable(lines: tuple[str, ...]) -> None:
    assert all("4242" in text for _, text in masks("en", *lines))
