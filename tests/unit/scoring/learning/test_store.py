"""Models as files: the same bytes each time, nothing read but what was written, nothing ever run."""

from __future__ import annotations

import pickle
import random
from pathlib import Path

import numpy as np
import pytest

from scoring.engine import score
from scoring.learning.criterion_training import train_criterion
from scoring.learning.judge import LearnedModels, LoadedModel
from scoring.learning.store import Card, ModelRefused, load_model, model_id, read_bytes, save_model
from tests.unit.scoring.learning.telling import make_call, make_examples, standard

CARD = Card("recap", "en", 2, "a" * 64, {"kappa": 0.9})


def write(folder: Path, card: Card = CARD) -> tuple[Path, str]:
    """A model's file and its hash."""
    trained = train_criterion("recap", "en", "yes", make_examples(60), None)
    path = folder / "recap.en-2.skops"
    return path, save_model(path, trained.model, card)


def test_a_model_comes_back_and_judges_the_same(tmp_path: Path) -> None:
    path, sha256 = write(tmp_path)
    model, card = load_model(path, sha256)
    assert card == CARD
    assert card.id == model_id("recap", "en") == "recap.en"
    trained = train_criterion("recap", "en", "yes", make_examples(60), None)
    call = make_call(random.Random(2), "known").transcript
    before = score(call, standard(), models=LearnedModels({"recap.en": LoadedModel(trained.model, 2)}))
    after = score(call, standard(), models=LearnedModels({"recap.en": LoadedModel(model, 2)}))
    assert before.to_json() == after.to_json()
    assert not list(tmp_path.glob("*.part"))


def test_the_same_model_gives_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    assert write(tmp_path)[1] == write(tmp_path / "again")[1]


def test_other_bytes_are_refused(tmp_path: Path) -> None:
    path, sha256 = write(tmp_path)
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(ModelRefused, match="not those that were stored"):
        load_model(path, sha256)
    with pytest.raises(ModelRefused, match="no such file"):
        load_model(tmp_path / "gone.skops", sha256)


class Boom:
    """Would run something when it is unpickled."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (exec, ("raise SystemExit('run')",))


def test_a_pickle_is_refused_and_not_run() -> None:
    with pytest.raises(ModelRefused, match="no model file"):
        read_bytes(pickle.dumps(Boom()), "pickle")


def test_types_beyond_the_list_are_refused_by_name() -> None:
    from skops.io import dumps

    held = {"card": "{}", "model": "{}", "text": Boom()}
    with pytest.raises(ModelRefused, match="not allowed"):
        read_bytes(dumps(held), "foreign")
    with pytest.raises(ModelRefused, match="not allowed"):
        read_bytes(dumps({"card": "{}", "model": "{}", "text": np.add.reduce.__class__}), "function")


@pytest.mark.parametrize("held", [["a list"], {"card": "{}"}, {"card": "{}", "model": "{}", "text": None}])
def test_what_is_no_model_is_refused(held: object) -> None:
    from skops.io import dumps

    with pytest.raises(ModelRefused):
        read_bytes(dumps(held), "other")


def test_a_card_must_say_what_it_was_trained_on(tmp_path: Path) -> None:
    path, sha256 = write(tmp_path, Card("recap", "en", 1, "", {}))
    with pytest.raises(ModelRefused, match="which labels"):
        load_model(path, sha256)
