"""The page and the alert rules name the figures that are there, with the labels they have."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families

from review.db import Database
from review.metrics import calls, connectors, learning, machine
from review.models import CALL_STATES
from review.settings import Settings
from review.storage import AudioStore
from web.app import create_app

DOCS = Path(__file__).resolve().parents[2] / "docs"
RULES: list[dict[str, Any]] = yaml.safe_load((DOCS / "metrics-alerts.yml").read_text())["groups"][0]["rules"]
ROWS = dict(re.findall(r"^\| `callcoach_(\w+)` \|([^|]*)\|", (DOCS / "metrics.md").read_text(), re.MULTILINE))


@pytest.fixture
def app(settings: Settings, database: Database, store: AudioStore) -> Flask:
    """The application, open to this machine."""
    return create_app(dataclasses.replace(settings, metrics="local"), database=database, store=store)


def labels_of(row: str) -> set[str]:
    """The labels a row of the table names."""
    return set(re.findall(r"`(\w+)`", row))


def test_the_page_names_every_figure_and_no_other(app: Flask) -> None:
    families = list(text_string_to_metric_families(app.test_client().get("/metrics").text))
    assert {family.name.removeprefix("callcoach_") for family in families} == set(ROWS)
    for family in families:
        for sample in family.samples:
            assert set(sample.labels) == labels_of(ROWS[family.name.removeprefix("callcoach_")]), family.name


def test_the_page_tells_the_bounds() -> None:
    text = (DOCS / "metrics.md").read_text()
    for bound in (calls.WAITING_READ, calls.FAILURES_READ, calls.STAGES_READ, connectors.ROWS_READ):
        assert f"{bound:,}" in text
    assert f"{connectors.ROWS_OF_HOUR:,}" in text
    assert f"{machine.SILENT / 60:.0f} minutes" in text
    assert learning.READINGS_READ >= 100


@pytest.mark.parametrize("rule", RULES, ids=[rule["alert"] for rule in RULES])
def test_an_alert_asks_for_what_is_there(rule: dict[str, Any]) -> None:
    assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
    assert rule["labels"]["severity"] in ("info", "warning", "critical")
    asked = re.findall(r"callcoach_(\w+)(?:\{(\w+)=~?\"([^\"]*)\"\})?", rule["expr"])
    assert asked or rule["alert"] == "CallcoachDown"
    for name, label, value in asked:
        assert name in ROWS
        assert not label or label in labels_of(ROWS[name])
        if label == "state" and name == "calls":
            assert value in CALL_STATES
    shown = set(re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"]))
    assert all(shown <= labels_of(ROWS[name]) for name, _label, _value in asked)


def test_the_example_scrapes_what_is_there() -> None:
    found = re.search(r"```yaml\n(.*?)```", (DOCS / "metrics.md").read_text(), re.DOTALL)
    assert found is not None
    example = yaml.safe_load(found[1])
    job = example["scrape_configs"][0]
    assert job["job_name"] == "callcoach"
    assert "metrics_path" not in job  # /metrics is where it looks by itself
    assert example["rule_files"] == ["metrics-alerts.yml"]
