"""The scripts: every situation the demo promises is there, and each script holds what it says it shows."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import phonenumbers
import pocketsphinx
import pytest

from workers.demo.script import SITUATIONS, BadScript, Script, read_script, read_scripts
from workers.demo.voices import VOICES

SCRIPTS = read_scripts()
ENGLISH = [script for script in SCRIPTS if script.language == "en"]

# Numbers set aside for stories and examples: Ofcom's and the Bundesnetzagentur's drama numbers, 555-01xx, and the
# example numbers of libphonenumber for the countries that set none aside.
SET_ASIDE = re.compile(
    r"\+44207946\d{4}|\+44161496\d{4}|\+493023125\d{3}|\+1\d{3}55501\d\d|"
    r"\+73011234567|\+79123456789|\+8222123456|\+821020000000|\+861012345678|\+8613123456789"
)


def script(name: str) -> Script:
    return next(item for item in SCRIPTS if item.id == name)


def words(item: Script, role: str | None = None) -> str:
    return " ".join(line.text.lower() for line in item.lines if role in (None, line.role))


def test_enough_calls_in_each_language() -> None:
    count = Counter(item.language for item in SCRIPTS)
    assert count["en"] >= 8
    assert {language: count[language] for language in ("ru", "ko", "zh")} == {"ru": 2, "ko": 2, "zh": 2}


def test_every_situation_is_shown_by_an_english_call() -> None:
    shown = {situation for item in ENGLISH for situation in item.shows}
    assert shown == SITUATIONS


def test_three_wrong_rejections_and_one_hopeless_lead() -> None:
    wrong = [item for item in SCRIPTS if "wrong_rejection" in item.shows]
    hopeless = [item for item in SCRIPTS if "hopeless" in item.shows]
    assert len(wrong) == 3
    assert len(hopeless) == 1
    assert all(item.facts["disposition"] == "closed_lost" and item.facts["loss_reason"] for item in (*wrong, *hopeless))
    assert hopeless[0] not in wrong


def test_no_budget_call_never_speaks_of_money() -> None:
    call = script("en-no-budget")
    assert call.facts["loss_reason"] == "no_budget"
    assert not re.search(r"budget|price|cost|money|pound|expensive|cheap|pay", words(call))
    assert "deliver" in words(call, "client")


def test_soft_no_names_the_month_and_hard_no_asks_for_no_calls() -> None:
    assert "call me in march" in words(script("en-call-in-march"), "client")
    assert "do not call me again" in words(script("en-hard-no"), "client")


def test_cut_off_turns_of_the_talk_over_call_are_unfinished() -> None:
    lines = script("en-talk-over").lines
    cut = [(before, line) for before, line in pairwise(lines) if line.overlap]
    assert len(cut) >= 3
    for before, line in cut:
        assert (before.role, line.role) == ("client", "rep")
        assert not before.text.endswith((".", "?", "!"))
        # A cut-off in the contract's sense: at least 300 ms before the client's end, who stops within 500 ms.
        assert 0.3 <= line.overlap <= 0.5


@pytest.mark.parametrize("item", ENGLISH, ids=lambda item: item.id)
def test_english_words_are_in_the_recognisers_dictionary(item: Script) -> None:
    listed = Path(pocketsphinx.get_model_path(), "en-us", "cmudict-en-us.dict").read_text(encoding="utf-8")
    known = {line.split(maxsplit=1)[0] for line in listed.splitlines() if line}
    assert set(re.findall(r"[^\W_]+(?:'[a-z]+)?", words(item))) - known == set()


@pytest.mark.parametrize("item", SCRIPTS, ids=lambda item: item.id)
def test_a_script_is_complete(item: Script) -> None:
    number = phonenumbers.parse(item.facts["client_phone"])
    assert phonenumbers.is_valid_number(number)
    assert SET_ASIDE.fullmatch(item.facts["client_phone"])
    assert (item.started_at.year, item.started_at.month) == (2026, 11)
    assert item.started_at.tzinfo is not None
    assert item.rep_voice != item.client_voice
    assert {item.rep_voice, item.client_voice} <= set(VOICES)
    assert item.shows
    assert len(item.notes) > 80
    assert {line.role for line in item.lines} == {"rep", "client"}
    assert (item.transcript is None) == (item.language == "en")


def test_the_two_people_of_an_english_call_are_different_recordings() -> None:
    for item in ENGLISH:
        assert VOICES[item.rep_voice].name != VOICES[item.client_voice].name, item.id


GOOD = """
id: call
language: en
title: A call
notes: what it shows
shows: [hopeless]
started_at: "2026-11-05T09:42:10+00:00"
rep: Peter Hall
voices: {rep: peter, client: scottish}
turns:
  - [rep, "Hello.", 0.5]
"""


@pytest.mark.parametrize(
    ("found", "instead", "part"),
    [
        ("[hopeless]", "[hopelessness]", "shows"),
        ("+00:00", "", "started_at"),
        ("[rep, ", "[seller, ", "turns[0]"),
        (", 0.5]", "]", "turns[0]"),
        (", 0.5]", ", -1]", "turns[0]"),
        ('"Hello."', '""', "turns[0]"),
        ("id: call", "id: other", "id"),
        ("title: A call\n", "", "title"),
        ("title: A call", "title: 'A' call", "the file"),
        (GOOD, "- a list", "the file"),
    ],
)
def test_a_bad_script_is_refused_by_part(tmp_path: Path, found: str, instead: str, part: str) -> None:
    path = tmp_path / "call.yaml"
    path.write_text(GOOD, encoding="utf-8")
    assert read_script(path).lines[0].text == "Hello."
    path.write_text(GOOD.replace(found, instead), encoding="utf-8")
    with pytest.raises(BadScript) as refused:
        read_script(path)
    assert refused.value.part == part
    assert "call" in str(refused.value)
