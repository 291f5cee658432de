"""Redaction on anything: it never raises, changes nothing twice, and gives everything back."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from benchmarks.redaction_sets import make_dialogues
from transcription.redaction import MASKS, Original, redact, redact_text, restore
from transcription.transcript import Removal, Role, Transcript, Turn, Word

_PIECES = st.sampled_from(
    [
        "card number",
        "4242",
        "4242 4242 4242 4242",
        "four two",
        "oh",
        "double seven",
        "номер карты",
        "сорок два",
        "тысяча",
        "카드 번호",
        "사이일이",
        "이",
        "공일공",
        "卡号",
        "四二二二",
        "幺三八",
        "万",
        "at",
        "dot",
        "gmail",
        "com",
        "собака",
        "골뱅이",
        "艾特",
        "@",
        ".",
        ",",
        "-",
        "+7",
        "05/28",
        "passport",
        "A",
        "[card]",
        "[phone]",
        "[",
        "]",
        "CVV",
        "123",
        "dollars",
        "руб",
        "원",
        "块",
        "ending in",
        "order",
        "İ",
        "ß",
        "\x00",
        "😀",
        "\u202e",
        "٣٤٥",
        "Ⅷ",
        "²",
    ]
)
_TEXTS = st.one_of(
    st.text(max_size=60), st.lists(_PIECES, max_size=24).map(" ".join), st.lists(_PIECES, max_size=24).map("".join)
)
_ROLES: st.SearchStrategy[Role] = st.sampled_from(["rep", "client", "speaker_a"])


@st.composite
def transcripts(draw: st.DrawFn) -> Transcript:
    """Turns with words that may be cut or spelled unlike the text, with and without times."""
    turns = []
    for text in draw(st.lists(_TEXTS, max_size=6)):
        words: tuple[Word, ...] = ()
        way = draw(st.integers(0, 3))
        if way:
            parts = text.split() if way == 1 else [text[n : n + way] for n in range(0, len(text), way)]
            timed = draw(st.booleans())
            words = tuple(
                Word(p, n * 0.5 if timed else None, n * 0.5 + 0.4 if timed else None) for n, p in enumerate(parts)
            )
        times = (0.0, 5.0) if draw(st.booleans()) else (None, None)
        turns.append(Turn(draw(_ROLES), text, *times, words=words))
    removed = tuple(Removal(1.0, 2.0, text, "bleed") for text in draw(st.lists(_TEXTS, max_size=2)))
    return Transcript(
        tuple(turns), language=draw(st.sampled_from(["en", "ru", "ko", "zh", None, "xx"])), removed=removed
    )


@settings(max_examples=300, deadline=None)
@given(transcripts())
def test_twice_is_once_and_restoring_brings_back_the_original(transcript: Transcript) -> None:
    redacted = redact(transcript)
    again = redact(redacted.transcript)
    assert again.transcript == redacted.transcript
    assert again.originals == ()
    assert restore(redacted.transcript, redacted.originals) == transcript
    assert redact(transcript) == redacted
    kept = tuple(Original.from_json(original.to_json()) for original in redacted.originals)
    assert kept == redacted.originals


@example("CVC:00#CARD NUMBER:00000")
@settings(max_examples=200, deadline=None)
@given(_TEXTS)
def test_free_text_is_masked_once_and_never_raises(text: str) -> None:
    once = redact_text(text, None)
    assert redact_text(once, None) == once


@pytest.mark.parametrize("cut", ["spaces", "two characters", "whole"])
def test_masked_words_still_say_the_text(cut: str) -> None:
    """Words joined without spaces equal the text without spaces, before and after, however the engine cut them."""
    for dialogue in make_dialogues(40, seed=11):
        turns = []
        for turn in dialogue.transcript().turns:
            parts = {
                "spaces": turn.text.split(),
                "two characters": [turn.text[n : n + 2] for n in range(0, len(turn.text), 2)],
                "whole": [turn.text],
            }[cut]
            turns.append(
                replace(turn, words=tuple(Word(p, n, n + 1) for n, p in enumerate(parts)), start=0.0, end=99.0)
            )
        transcript = replace(dialogue.transcript(), turns=tuple(turns))
        redacted = redact(transcript)
        for turn in redacted.transcript.turns:
            assert "".join("".join(w.text for w in turn.words).split()) == "".join(turn.text.split())
        assert restore(redacted.transcript, redacted.originals) == transcript


def test_a_mask_is_one_word_with_the_time_of_its_words() -> None:
    texts = ["My", "card", "is", "4242", "4242", "4242", "4242,", "okay?"]
    words = tuple(Word(text, 10 + n, 10.5 + n, 0.5 + n / 20) for n, text in enumerate(texts))
    transcript = Transcript((Turn("client", " ".join(texts), 10.0, 18.0, words=words, channel=1),), language="en")
    redacted = redact(transcript)
    (turn,) = redacted.transcript.turns
    assert [word.text for word in turn.words] == ["My", "card", "is", "[card],", "okay?"]
    assert (turn.words[3].start, turn.words[3].end, turn.words[3].confidence) == (13, 16.5, 0.65)
    (redaction,) = redacted.transcript.redactions
    assert (redaction.kind, redaction.turn, redaction.start, redaction.end) == ("card", 0, 13, 16.5)
    assert redacted.originals[0].text == "4242 4242 4242 4242"


def test_a_word_that_is_private_only_in_part_is_cut_by_its_characters() -> None:
    words = (Word("我的卡号是四二", 0.0, 7.0), Word("二二一二三四五六七八九零一二对", 7.0, 22.0))
    redacted = redact(
        Transcript((Turn("client", "我的卡号是四二二二一二三四五六七八九零一二对", 0.0, 22.0, words=words),))
    )
    (turn,) = redacted.transcript.turns
    assert [(w.text, w.start, w.end) for w in turn.words] == [
        ("我的卡号是", 0.0, 5.0),
        ("[card]", 5.0, 21.0),
        ("对", 21.0, 22.0),
    ]


def test_a_turn_without_words_is_timed_by_its_share_of_characters() -> None:
    transcript = Transcript((Turn("client", "card no 4242424242424242", 0.0, 24.0),), language="en")
    (redaction,) = redact(transcript).transcript.redactions
    assert (redaction.start, redaction.end) == (8.0, 24.0)


def test_what_was_removed_as_an_echo_of_a_card_is_masked_too() -> None:
    removed = (Removal(11.0, 14.0, "four two four two four two", "bleed"), Removal(90.0, 91.0, "two or three", "loop"))
    turn = Turn("client", "my card number is 4242 4242 4242 4242", 10.0, 15.0)
    transcript = Transcript((turn,), language="en", removed=removed)
    redacted = redact(transcript)
    assert [piece.text for piece in redacted.transcript.removed] == ["[card]", "two or three"]
    assert restore(redacted.transcript, redacted.originals) == transcript


def test_a_turn_corrected_by_hand_keeps_its_mask_when_the_place_is_gone() -> None:
    redacted = redact(Transcript((Turn("client", "my card number is 4242 4242 4242 4242"),), language="en"))
    edited = replace(redacted.transcript, turns=(Turn("client", "the card: [card]"),))
    assert restore(edited, redacted.originals) == edited


def test_fifty_thousand_words_take_work_in_proportion() -> None:
    """Counted in looked-at tokens, not in time: the detectors pass over the text a fixed number of times."""
    from transcription.redaction import conversation, detection

    counted: list[int] = []
    original = conversation.lay_out

    def counting(turns, *rest):  # type: ignore[no-untyped-def]
        counted.append(sum(len(turn.text) for turn in turns))
        return original(turns, *rest)

    rng = random.Random(5)
    words = [
        *[
            "my",
            "card",
            "number",
            "is",
            "four",
            "two",
            "oh",
            "4242",
            "at",
            "gmail",
            "dot",
            "com",
            "passport",
            "A",
            "12",
        ],
        "сорок",
        "카드",
        "사이일이",
        "卡号四二",
        "500",
    ]
    turns = [Turn("rep" if n % 2 else "client", " ".join(rng.choices(words, k=25))) for n in range(2000)]
    text = sum(len(turn.text) for turn in turns)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(detection, "lay_out", counting)
        places = detection.find_private(turns, "en")
    assert places
    assert sum(counted) <= 12 * text


def test_masks_are_named_after_their_kinds() -> None:
    assert MASKS["card"] == "[card]"
    assert set(MASKS) == {"card", "card_code", "phone", "email", "document", "name", "address"}
