"""The JSON Schemas and the readers: the shipped files pass both, and whatever is broken is refused by both."""

from __future__ import annotations

import json
from copy import deepcopy
from functools import cache
from importlib import resources
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from scoring.packs import languages_with_packs, read_pack
from scoring.schema_writing import FOLDER, as_text, pack_schema, standard_schema
from scoring.standard_reading import find_faults
from scoring.standards import SourceInvalid, list_standards, load_standard, read_standard
from tests.unit.scoring.test_scripts import SMALL

# What the reader finds beyond a schema: things said of several places at once.
READER_ONLY = (
    "used twice",
    "there twice",
    "same points",
    "only add",
    "all weights are zero",
    "fails more",
    "both required and forbidden",
    "not YAML",
    "not above the least",
    "lies outside the range",
    "steps",
    "stands before",
    "is no answer of",
)

MANY_KINDS = """\
name: kinds
version: 1
title: {en: Kinds}
sections:
  - id: one
    title: {en: One}
    auto_fail: {below: 40, fails: section}
    criteria:
      - id: raised
        kind: yes_no
        question: {en: "Was the price raised?"}
        detector: person
        weight: 1
      - id: pace
        kind: range
        question: {en: "How calm was it?"}
        range: {least: 0, most: 10, step: 2, auto_fail: {below: 2, fails: whole}}
        weight: 2
        mandatory: true
        na_allowed: false
        when: {criterion: raised, answers: ["yes"]}
      - id: note
        kind: text
        question: {en: "What would you say?"}
        good: {en: A line}
        bad: {en: Another}
      - id: thanks
        kind: yes_no
        question: {en: "Thanks?"}
        detector: {name: says, groups: [thanks]}
        mode: suggest
        bonus: true
        options:
          - {id: "no", points: 0, when: absent, label: {en: No}}
          - {id: "yes", points: 1, when: present, label: {en: Yes}}
"""


@cache
def validator(kind: str) -> Draft202012Validator:
    schema = json.loads((FOLDER / f"{kind}.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def passes_schema(kind: str, text: str) -> bool:
    return bool(validator(kind).is_valid(yaml.safe_load(text)))


def refusal(text: str) -> str | None:
    try:
        read_standard(text, "x.yaml")
    except SourceInvalid as error:
        return str(error)
    return None


def test_the_files_are_what_the_catalogues_give() -> None:
    for kind, schema in (("standard", standard_schema()), ("pack", pack_schema())):
        written = (FOLDER / f"{kind}.schema.json").read_text(encoding="utf-8")
        assert written == as_text(schema), "run python -m scoring.schema_writing"


@pytest.mark.parametrize("name", [info.name for info in list_standards()])
def test_every_shipped_standard_passes(name: str) -> None:
    assert list(validator("standard").iter_errors(yaml.safe_load(load_standard(name).source_text))) == []


@pytest.mark.parametrize("language", languages_with_packs())
def test_every_shipped_pack_passes(language: str) -> None:
    for file in resources.files("scoring").joinpath("packs", language).iterdir():
        if file.name.endswith(".yaml"):
            errors = validator("pack").iter_errors(yaml.safe_load(file.read_text(encoding="utf-8")))
            assert [error.message for error in errors] == [], file.name


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("name: small\n", ""),
        ("name: small", "name: Small One"),
        ("version: 1", "version: 0"),
        ("version: 1", "version: one"),
        ("title: {en: Small}", "title: Small"),
        ("title: {en: Small}", "title: {ru: Малый}"),
        ("title: {en: Small}", "title: {en: Small, fr: Petit}"),
        ("title: {en: Small}", "title: {en: ''}"),
        ("title: {en: Small}", "title: {en: null}"),
        ("        weight: 2\n", ""),
        ("weight: 2", "weight: -1"),
        ("weight: 2", "weight: 1e9"),
        ("weight: 2", "wieght: 2"),
        ("weight: 2", "weight: 2\n        bonus: true"),
        ("weight: 2", "weight: 2\n        critical: perhaps"),
        ("detector: greeting", "detector: greetings"),
        ("detector: greeting", "detector: says"),
        ("detector: greeting", "detector: {name: greeting, grups: [x]}"),
        ("detector: greeting", "detector: {name: greeting, window: middle}"),
        ("when: both", "when: all"),
        ("when: both", "when: one"),
        (", when: both", ""),
        ('id: "2"', "id: na"),
        ("points: 2", "points: two"),
        ("label: {en: Both}", "label: {en: Both}, auto_fail: all"),
        ("id: opening", "id: begin"),
        ("- greeting", "- greet"),
        ("or: [permission]", "or: permission"),
        ("optional: true", "optional: 1"),
        ("forbidden: [price_given]", "forbidden: [open_questions]"),
        ("forbidden: [price_given]", "forbidden: []"),
        ("    required: [price_given]\n", ""),
        ('lines: {en: ["Have you got a minute?"]}', "lines: {en: A minute}"),
    ],
)
def test_a_broken_standard_is_refused_by_both(old: str, new: str) -> None:
    assert old in SMALL
    broken = SMALL.replace(old, new, 1)
    assert refusal(broken) is not None
    assert not passes_schema("standard", broken)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("kind: range", "kind: scale"),
        ("kind: range", "kind: options"),
        ("kind: range", "kind: text"),
        ("        kind: range\n", ""),
        ("range: {least: 0, most: 10, step: 2,", "range: {least: 0, most: 10, step: 0,"),
        ("range: {least: 0, most: 10,", "range: {most: 10,"),
        ("below: 2, fails: whole", "below: 2, fails: all"),
        ("below: 40, fails: section", "below: 140, fails: section"),
        ("below: 40, fails: section", "fails: section"),
        ("mandatory: true", "mandatory: perhaps"),
        ("na_allowed: false", "na: false"),
        ("mandatory: true", "mode: machine"),
        ("mandatory: true", "detector: greeting"),
        ("mode: suggest", "mode: suggests"),
        ('answers: ["yes"]', "answers: []"),
        ('{criterion: raised, answers: ["yes"]}', "raised"),
        ("        kind: text\n", "        kind: text\n        weight: 1\n"),
        ("        kind: text\n", "        kind: text\n        critical: true\n"),
        ("good: {en: A line}", "good: A line"),
        ('id: "no"', "id: nay"),
        ("detector: {name: says, groups: [thanks]}", "detector: greeting"),
        ("        detector: person\n", ""),
    ],
)
def test_broken_kinds_are_refused_by_both(old: str, new: str) -> None:
    assert old in MANY_KINDS
    broken = MANY_KINDS.replace(old, new, 1)
    assert refusal(MANY_KINDS) is None
    assert passes_schema("standard", MANY_KINDS)
    assert refusal(broken) is not None
    assert not passes_schema("standard", broken)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("criterion: raised", "criterion: note", "stands before"),
        ("criterion: raised", "criterion: thanks", "stands before"),
        ("criterion: raised", "criterion: pace", "stands before"),
        ('answers: ["yes"]', "answers: [maybe]", "is no answer of"),
        ("most: 10, step: 2", "most: 10, step: 3", "whole number of steps"),
        ("most: 10, step: 2", "most: 10, step: 0.001", "more than 1000 steps"),
        ("least: 0, most: 10", "least: 10, most: 10", "not above the least"),
        ("below: 2, fails", "below: 12, fails", "outside the range"),
        ("id: thanks", "id: note", "used twice"),
    ],
)
def test_what_a_schema_cannot_say_the_reader_says(old: str, new: str, says: str) -> None:
    assert says in (refusal(MANY_KINDS.replace(old, new, 1)) or "")


def test_every_fault_is_found_at_its_place() -> None:
    broken = MANY_KINDS.replace("weight: 2", "weight: x").replace("good: {en: A line}", "good: {ru: строка}")
    broken = broken.replace("below: 40", "below: 400")
    paths = [fault.path for fault in find_faults(broken, "x.yaml")]
    assert paths == [("sections", 0, "criteria", 1, "weight"), ("sections", 0, "auto_fail", "below")]
    broken = MANY_KINDS.replace("weight: 2", "weight: x").replace("good: {en: A line}", "good: {ru: строка}")
    paths = [fault.path for fault in find_faults(broken, "x.yaml")]
    assert paths == [("sections", 0, "criteria", 1, "weight"), ("sections", 0, "criteria", 2, "good")]
    assert find_faults(MANY_KINDS, "x.yaml") == ()


JUNK = st.sampled_from([None, "", "x", "3", 0, -1, 2.5, 10**9, True, [], {}, ["x"], {"en": "x"}, {"x": 1}])


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(["small", "kinds", "cold-call"]), st.data())
def test_a_standard_spoiled_anywhere_gets_the_same_verdict(which: str, data: st.DataObject) -> None:
    tree = deepcopy(tree_of(which))
    places = list(_places(tree))
    holder, key = data.draw(st.sampled_from(places))
    change = data.draw(st.sampled_from(["drop", "replace", "add", "double"]))
    if change == "drop":
        del holder[key]
    elif change == "replace":
        holder[key] = data.draw(JUNK)
    elif isinstance(holder, dict):
        holder["surprise"] = data.draw(JUNK)
    else:
        holder.append(deepcopy(holder[key]))
    text = yaml.safe_dump(tree, allow_unicode=True, sort_keys=False)
    why = refusal(text)
    if passes_schema("standard", text):
        assert why is None or any(reason in why for reason in READER_ONLY), why
    else:
        assert why is not None


@cache
def tree_of(which: str) -> dict[str, Any]:
    tree: dict[str, Any] = yaml.safe_load(
        {"small": SMALL, "kinds": MANY_KINDS}.get(which) or load_standard(which).source_text
    )
    if which == "cold-call":  # the whole file would be slow to write a few hundred times
        tree["sections"] = tree["sections"][:2]
        tree["stages"] = tree["stages"][:2]
    return tree


def _places(node: Any) -> Any:
    for key in list(node) if isinstance(node, dict) else range(len(node)):
        yield node, key
        if isinstance(node[key], dict | list):
            yield from _places(node[key])


HEAD = """\
language: en
version: "1"
thresholds: {fuzzy: 88}
slots: {it: it|that}
words: {negations: not no, not_names: a the}
"""
ENTRY = """\
entries:
  - id: some.one
    group: thanks
    role: rep
    precision: 0.9
    phrases: [many thanks]
    match: [a, b, c, d, e]
    miss: [a, b, c, d, e]
"""


@pytest.mark.parametrize(
    ("head", "entry"),
    [
        (HEAD.replace("language: en\n", ""), ENTRY),
        (HEAD.replace("fuzzy: 88", "fuzzy: many"), ENTRY),
        (HEAD + "more: 1\n", ENTRY),
        (HEAD, ENTRY.replace("    role: rep\n", "")),
        (HEAD, ENTRY.replace("role: rep", "role: seller")),
        (HEAD, ENTRY.replace("precision: 0.9", "precision: 90")),
        (HEAD, ENTRY.replace("match: [a, b, c, d, e]", "match: [a, b]", 1)),
        (HEAD, ENTRY.replace("    phrases: [many thanks]\n", "")),
        (HEAD, ENTRY.replace("phrases: [many thanks]", "phrases: many thanks")),
        (HEAD, ENTRY.replace("phrases: [many thanks]", "fuzzy: [short]")),
        (HEAD, ENTRY.replace("phrases: [many thanks]", "regex: [a]")),
        (HEAD, ENTRY.replace("phrases: [many thanks]", "phrase: [many thanks]")),
        (HEAD, ENTRY.replace("role: rep", "role: rep\n    guarded: perhaps")),
    ],
)
def test_a_broken_pack_is_refused_by_both(tmp_path: Any, head: str, entry: str) -> None:
    for name, text in (("pack.yaml", head), ("some.yaml", entry)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(SourceInvalid):
        read_pack(tmp_path)
    assert not (passes_schema("pack", head) and passes_schema("pack", entry))


def test_the_small_pack_passes_both(tmp_path: Any) -> None:
    for name, text in (("pack.yaml", HEAD), ("some.yaml", ENTRY)):
        (tmp_path / name).write_text(text, encoding="utf-8")
        assert passes_schema("pack", text)
    assert read_pack(tmp_path).entries[0].id == "some.one"
