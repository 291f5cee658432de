"""Whole calls in each language (`dialogues/<language>/*.yaml`): the objections, answers, promises and bands found."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from scoring.assessment import Assessment
from scoring.engine import score
from scoring.facts import Facts
from scoring.packs import languages_with_packs
from scoring.standards import load_standard
from tests.unit.scoring.calls import timed
from transcription.transcript import Transcript, Turn

HERE = Path(__file__).parent / "dialogues"
FILES = sorted(HERE.glob("*/*.yaml"))
KEYS = {"language", "standard", "shows", "timed", "facts", "turns", "expected"}
EXPECTED = {"objections", "criteria", "promises", "facts_found", "rejection", "excluded"}

every_call = pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.stem}")


@cache
def read(file: Path) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return data


@cache
def judged(file: Path) -> tuple[Transcript, Assessment]:
    data = read(file)
    if data["language"] not in languages_with_packs():
        pytest.skip(f"no rule pack for {data['language']}")
    turns = tuple(Turn(role, text) for role, text in data["turns"])
    transcript = Transcript(turns, language=data["language"])
    if data.get("timed"):
        transcript = timed(transcript)
    facts = Facts.from_json(data.get("facts") or {})
    return transcript, score(transcript, load_standard(data.get("standard", "cold-call")), facts)


def answer(value: object) -> str:
    """An option's id as written in YAML, where a bare yes is true."""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


@every_call
def test_the_file_is_well_formed(file: Path) -> None:
    data = read(file)
    assert set(data) <= KEYS
    assert data["language"] == file.parent.name
    assert set(data["expected"]) <= EXPECTED
    assert data["expected"]
    assert all(len(turn) == 2 and turn[0] in ("rep", "client") and turn[1].strip() for turn in data["turns"])


@every_call
def test_objections(file: Path) -> None:
    wanted = read(file)["expected"]
    found = judged(file)[1].objections
    if "objections" in wanted:
        assert [["+".join(o.types), o.outcome] for o in found] == wanted["objections"], [
            (o.types, o.outcome, o.client.quote, [m.name for m in o.moves], [f.name for f in o.faults]) for o in found
        ]


@every_call
def test_criteria(file: Path) -> None:
    wanted = read(file)["expected"].get("criteria") or {}
    found = {result.id: result for result in judged(file)[1].criteria}
    assert {name: found[name].answer for name in wanted} == {name: answer(value) for name, value in wanted.items()}, {
        name: (found[name].why, [e.quote for e in found[name].evidence]) for name in wanted
    }


@every_call
def test_promises_and_facts(file: Path) -> None:
    wanted = read(file)["expected"]
    found = judged(file)[1]
    if "promises" in wanted:
        promises = [[by, what, None if due is None else str(due)] for by, what, due in wanted["promises"]]
        assert [[p.by, p.what, p.due] for p in found.promises] == promises, [p.evidence.quote for p in found.promises]
    known = {fact.id: fact.value for fact in found.facts_found}
    assert {name: known.get(name) for name in wanted.get("facts_found") or {}} == (wanted.get("facts_found") or {})


@every_call
def test_rejection(file: Path) -> None:
    wanted = read(file)["expected"]
    found = judged(file)[1].rejection
    if "rejection" in wanted:
        reasons = None if found is None else [r.id for r in (*found.reasons, *found.against)]
        assert (None if found is None else found.band) == wanted["rejection"], reasons
    if "excluded" in wanted:
        assert found is not None
        assert found.excluded == wanted["excluded"]


@every_call
def test_every_quote_is_in_the_call(file: Path) -> None:
    transcript, found = judged(file)
    quotes = [e for result in found.criteria for e in result.evidence]
    for objection in found.objections:
        quotes += [objection.client, *(named.evidence for named in (*objection.moves, *objection.faults))]
    quotes += [line.evidence for line in found.summary] + [promise.evidence for promise in found.promises]
    assert all(e.turn is not None and e.quote in transcript.turns[e.turn].text for e in quotes)
