"""Every model that is not given up, measured again on its frozen test by the labels of now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from review.learning.data import read_criterion_labels, read_examples
from review.learning.models import ModelRow, read_models
from review.learning.rejection import read_lead_labels, read_leads
from review.learning.rejection_file import load_head
from review.learning.rejection_gate import LEADS
from review.learning.rejection_training import evaluate_leads
from review.learning.training import evaluate
from review.models import FrozenTest
from scoring.learning.labels import Label
from scoring.learning.split import read_test_set
from scoring.learning.store import load_model


def measure_again(session: Session, data_folder: Path) -> Iterator[tuple[ModelRow, dict[str, Any]]]:
    """Each model with its figures as of now. Writes nothing: what it was promoted by stays. Raises ModelRefused."""
    labels = {(item.criterion.id, item.language): item for item in read_criterion_labels(session)}
    leads = {item.language: item for item in read_lead_labels(session)}
    for row in read_models(session):
        if row.criterion == LEADS and row.language in leads:
            yield from _leads_again(session, data_folder, row, leads[row.language].settled)
            continue
        mine = labels.get((row.criterion, row.language))
        stored = session.get(FrozenTest, (row.criterion, row.language))
        if row.state == "retired" or mine is None or stored is None:
            continue
        test = read_test_set(stored.body)
        wanted = [label for label in mine.settled if test.holds(label.call)]
        model, _card = load_model(data_folder / row.file, row.file_sha256)
        yield row, evaluate(model, read_examples(session, mine, wanted), mine.order, test)


def _leads_again(
    session: Session, data_folder: Path, row: ModelRow, settled: Sequence[Label]
) -> Iterator[tuple[ModelRow, dict[str, Any]]]:
    stored = session.get(FrozenTest, (LEADS, row.language))
    if row.state == "retired" or stored is None:
        return
    test = read_test_set(stored.body)
    leads = read_leads(session, row.language, [label for label in settled if test.holds(label.call)])
    yield row, evaluate_leads(load_head(data_folder / row.file, row.file_sha256), leads, test)
