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
)


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


JUNK = st.sampled_from([None, "", "x", "3", 0, -1, 2.5, 10**9, True, [], {}, ["x"], {"en": "x"}, {"x": 1}])


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(["small", "cold-call"]), st.data())
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
    tree: dict[str, Any] = yaml.safe_load(SMALL if which == "small" else load_standard(which).source_text)
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
