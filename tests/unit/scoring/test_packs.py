"""Every entry of every rule pack finds the lines it must and passes by its near misses; bad packs are refused."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import pytest

from scoring.conversation import prepare
from scoring.guarded_regex import GuardedRegex, RuleTooSlow, guard_regex
from scoring.matching import Hit, Matcher, matcher_for
from scoring.packs import Entry, PackInvalid, languages_with_packs, load_pack, read_pack
from scoring.patterns import PatternInvalid
from transcription.transcript import Transcript, Turn

ENTRIES = [
    pytest.param(language, entry, id=f"{language}-{entry.id}")
    for language in languages_with_packs()
    for entry in load_pack(language).entries
]

HEAD = """\
language: xx
version: "1"
thresholds: {fuzzy: 88, fuzzy_shared_stems: 0.6, word_confidence: 0.5}
slots: {it: it|that}
words: {negations: not no, not_names: a the}
"""


def find(text: str, role: str = "client", language: str = "en") -> list[Hit]:
    role = "rep" if role == "any" else role
    conversation = prepare(Transcript((Turn(role, text),), language=language))  # type: ignore[arg-type]
    return list(matcher_for(load_pack(language)).find(conversation))


def write_pack(folder: Path, entries: str) -> Path:
    folder.mkdir()
    (folder / "pack.yaml").write_text(HEAD)
    (folder / "some.yaml").write_text(entries)
    return folder


LINES = "    match: [a, b, c, d, e]\n    miss: [a, b, c, d, e]\n"


@pytest.mark.parametrize(("language", "entry"), ENTRIES)
def test_entry_finds_its_lines_and_passes_by_its_near_misses(language: str, entry: Entry) -> None:
    missed = [line for line in entry.match if not any(hit.entry is entry for hit in find(line, entry.role, language))]
    wrong = [line for line in entry.miss if any(hit.entry is entry for hit in find(line, entry.role, language))]
    assert missed == []
    assert wrong == []


@pytest.mark.parametrize(("language", "entry"), ENTRIES)
def test_every_hit_quotes_the_raw_text(language: str, entry: Entry) -> None:
    for line in entry.match:
        for hit in find(line, entry.role, language):
            assert 0 <= hit.start < hit.end <= len(line)


def test_only_phrases_that_a_call_may_hold_are_compiled() -> None:
    pack = read_pack(resources.files("scoring").joinpath("packs", "en"))
    phrases = [phrase for entry in pack.entries for phrase in (*entry.phrases, *entry.unless)]
    turn = Turn("client", "That is too expensive for us.")
    hits = Matcher(pack).find(prepare(Transcript((turn,), language="en")))
    assert "objection.price" in {hit.group for hit in hits}
    assert 0 < sum(phrase.is_ready for phrase in phrases) < len(phrases) / 4
    pack.compile_all()
    assert all(phrase.is_ready for phrase in phrases)


def test_english_covers_every_objection_type_and_move() -> None:
    groups = {entry.group for entry in load_pack("en").entries}
    types = ("price", "timing", "authority", "need", "competitor", "trust", "brush_off", "fit", "other")
    assert {f"objection.{kind}" for kind in types} <= groups
    assert {f"move.answer.{kind}" for kind in types} <= groups
    assert {f"move.{kind}" for kind in ("acknowledge", "clarify", "alternative", "check", "listen")} <= groups


@pytest.mark.parametrize(
    "text",
    [
        "Well, that's too ex- uh too expensive for us",
        "that is um is too expensive",
        "That's TOO EXPENSIVE.",
        "thats too expensive",
        "That’s too expensive",
    ],
)
def test_hesitation_stammer_and_spelling_do_not_hide_a_phrase(text: str) -> None:
    assert "objection.price" in {hit.group for hit in find(text)}


def test_negation_drops_a_guarded_phrase() -> None:
    assert "objection.price" not in {hit.group for hit in find("It's really not that expensive.")}


def test_a_misheard_introduction_is_found_by_fuzzy_matching() -> None:
    assert "own_name" in {hit.group for hit in find("hello my names carlos", "rep")}


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("(a+)+$", "without bound"),
        ("(a|a)*", "without bound"),
        ("(.*a){20}", "without bound"),
        ("(?:a|aa)+?", "without bound"),
        (r"(\w{1,9}){2,9}", "repeat within a repeat"),
        ("(a?){30}a{30}", "repeat within a repeat"),
        ("((a{0,3}){4}){5}", "repeat within a repeat"),
        ("(a|a){0,30}b", "different letters"),
        ("(ab|a.){1,40}c", "different letters"),
        (r"(?P<x>a)(?P=x)", "back-reference"),
        ("a{0,40}{0,40}", "no regular expression"),
        ("(?:a{e<=1})", "no count"),
        ("a{0,4294967295}", "no regular expression"),
        (r"(a)\1", "back-reference"),
        ("a{0,99}b{0,99}c{0,99}", "multiply"),
        ("(", "no regular expression"),
    ],
)
def test_a_catastrophic_regex_is_refused(source: str, reason: str) -> None:
    with pytest.raises(PatternInvalid, match=reason):
        guard_regex(source)


def test_what_is_bounded_is_taken() -> None:
    for source in ("(?:ab|cd){1,5}", r"\d{1,3}\s?%", "[ab]{2}(?:c|d|ef)?", r"a{3}\{"):
        assert guard_regex(source).source == source


def test_an_expression_that_runs_for_seconds_is_stopped_with_its_entry_named() -> None:
    # What no check lets through, to see the last guard at work.
    expression = GuardedRegex("(a|aa)+$", "bad.slow", frozenset(), seconds=0.05)
    with pytest.raises(RuleTooSlow, match=r"bad\.slow"):
        list(expression.spans("a" * 60 + "b"))


def test_a_pack_with_a_catastrophic_regex_names_file_line_and_entry(tmp_path: Path) -> None:
    entry = (
        "entries:\n  - id: bad.one\n    group: g\n    role: rep\n"
        "    regex:\n      - {pattern: '(x+x+)+y', needs: [x]}\n" + LINES
    )
    with pytest.raises(PackInvalid) as caught:
        read_pack(write_pack(tmp_path / "xx", entry))
    assert caught.value.file == "xx/some.yaml"
    assert caught.value.line == 6
    assert "bad.one" in str(caught.value)


@pytest.mark.parametrize(
    ("phrase", "reason"),
    [
        ("(a|b", "is missing"),
        ("a|b)", "no partner"),
        ("[only] ..", "must be there"),
        ("say <unknown>", "no slot <unknown>"),
        ("buy ..12 ..12 ..12 ..12 now", "ways at one place"),
        ("cost <X>", "sign"),
    ],
)
def test_a_malformed_phrase_is_refused_with_its_reason(tmp_path: Path, phrase: str, reason: str) -> None:
    entry = f"entries:\n  - id: bad.two\n    group: g\n    role: rep\n    phrases:\n      - '{phrase}'\n" + LINES
    with pytest.raises(PackInvalid, match=r"bad\.two") as caught:
        read_pack(write_pack(tmp_path / "xx", entry))
    assert reason in str(caught.value)


def test_an_entry_without_lines_is_refused(tmp_path: Path) -> None:
    entry = (
        "entries:\n  - id: bad.three\n    group: g\n    role: rep\n    phrases: [buy]\n    match: [a]\n    miss: [b]\n"
    )
    with pytest.raises(PackInvalid, match="fewer than 5"):
        read_pack(write_pack(tmp_path / "xx", entry))


def test_an_unknown_key_suggests_the_known_one(tmp_path: Path) -> None:
    entry = "entries:\n  - id: bad.four\n    gruop: g\n    role: rep\n    phrases: [buy]\n" + LINES
    with pytest.raises(PackInvalid, match="did you mean 'group'"):
        read_pack(write_pack(tmp_path / "xx", entry))
