"""The figures of the accuracy benchmark, on transcripts whose faults are known."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.accuracy import measure
from benchmarks.normalisation import said_words
from benchmarks.references import BadReference, Reference, read_folder
from benchmarks.speaker_measures import Stretch, diarization_error, words_on_the_right_person
from tests.factories import wav_bytes
from transcription.transcript import Role, Transcript, Turn, Word


def transcript(*turns: tuple[Role, str]) -> Transcript:
    return Transcript(turns=tuple(Turn(role, text) for role, text in turns), language="en")


def reference(*turns: tuple[Role, str]) -> Reference:
    return Reference("a", (), "en", tuple(Turn(role, text) for role, text in turns))


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "It's 1,250 dollars, uh, okay?", "it's one thousand two hundred and fifty dollars okay"),
        ("en", "a follow-up", "a follow up"),
        ("en", "call 0045", "call zero zero four five"),
        ("ru", "Ещё 15 штук", "еще пятнадцать штук"),
        ("ko", "이천 오백원", "2500원"),
        ("zh", "一共1250元。", "一共一千二百五十元"),
    ],
)
def test_what_is_said_alike_compares_alike(language: str, one: str, other: str) -> None:
    assert said_words(one, language) == said_words(other, language)


def test_a_word_on_the_wrong_person_is_an_error_of_both() -> None:
    result = measure(
        reference(("rep", "good morning sir"), ("client", "hello")),
        transcript(("rep", "good morning"), ("client", "sir hello")),
    )
    assert (result.wrong, result.said) == (2, 4)
    assert (result.right_person, result.person_words) == (3, 4)


def test_unnamed_people_are_matched_up_and_named_ones_are_held_to_their_names() -> None:
    truth = reference(("rep", "good morning"), ("client", "hello there"))
    swapped = measure(truth, transcript(("client", "good morning"), ("rep", "hello there")))
    assert (swapped.wrong, swapped.right_person, swapped.named_right) == (0, 4, 0)
    lettered = measure(truth, transcript(("speaker_a", "good morning"), ("speaker_b", "hello there")))
    assert (lettered.wrong, lettered.right_person) == (0, 4)


def test_a_person_nobody_noticed_costs_their_words() -> None:
    result = measure(reference(("rep", "a b"), ("client", "c")), transcript(("speaker_a", "a b c")))
    assert (result.wrong, result.right_person, result.person_words) == (0, 2, 3)
    three = measure(
        reference(("rep", "a b"), ("client", "c")), transcript(("rep", "a b"), ("client", "c"), ("system", "x"))
    )
    assert three.wrong == 0


def test_words_on_silence() -> None:
    silent = Reference("s", (), "en", ())
    assert measure(silent, transcript(("speaker_a", "thanks for watching"))).on_silence == 3
    timed = Reference("t", (), "en", (Turn("rep", "hello", 1.0, 2.0),), (Stretch("rep", 1.0, 2.0),))
    heard = Transcript(turns=(Turn("rep", "hello bye", words=(Word("hello", 1.0, 1.5), Word("bye", 3.0, 3.2))),))
    assert measure(timed, heard).on_silence == 1


def test_diarization_error_counts_what_lies_outside_the_collar() -> None:
    truth = [Stretch("a", 0.0, 10.0), Stretch("b", 10.0, 20.0)]
    assert diarization_error(truth, [Stretch("x", 0.0, 10.2), Stretch("y", 10.2, 20.0)]).rate == 0.0
    confused = diarization_error(truth, [Stretch("x", 0.0, 20.0)])
    assert confused.rate == pytest.approx(0.5, abs=0.01)
    assert diarization_error(truth, []).rate == 1.0
    invented = diarization_error([Stretch("a", 0.0, 10.0)], [Stretch("x", 0.0, 10.0), Stretch("x", 15.0, 20.0)])
    assert invented.invented == pytest.approx(5.0, abs=0.02)
    assert diarization_error([], [Stretch("x", 0.0, 1.0)]).rate is None


def test_names_match_up_so_that_most_words_agree() -> None:
    said = [("rep", w) for w in ["a", "b", "c"]] + [("client", w) for w in ["d", "e"]]
    heard = [("x", w) for w in ["a", "b", "c", "d"]] + [("y", "e")]
    assert words_on_the_right_person(said, heard, named=False).right == 4
    assert words_on_the_right_person(said, [], named=False).share is None


def test_references_beside_the_audio_and_in_a_table(tmp_path: Path) -> None:
    for name in ("1.wav", "2.rep.wav", "2.client.wav", "3.wav", "4.wav", "none.wav"):
        (tmp_path / name).write_bytes(wav_bytes())
    (tmp_path / "1.txt").write_text("rep: Hello\nclient: Hi\n", encoding="utf-8")
    (tmp_path / "2.vtt").write_text("WEBVTT\n\n00:00.000 --> 00:01.000\n<v Agent>Hello\n", encoding="utf-8")
    (tmp_path / "3.txt").write_text("", encoding="utf-8")
    (tmp_path / "references.csv").write_text("file,language,text\n4.wav,ru,привет\n", encoding="utf-8")
    found = {one.name: one for one in read_folder(tmp_path, "en")}
    assert sorted(found) == ["1", "2", "3", "4"]
    assert found["1"].people == {"rep", "client"}
    assert (len(found["2"].audio), found["2"].stretches) == (2, (Stretch("rep", 0.0, 1.0),))
    assert found["3"].silent
    assert found["4"].language == "ru"


def test_a_broken_reference_is_named(tmp_path: Path) -> None:
    (tmp_path / "1.wav").write_bytes(wav_bytes())
    (tmp_path / "1.json").write_text("{", encoding="utf-8")
    with pytest.raises(BadReference, match=r"1\.json"):
        list(read_folder(tmp_path, None))
