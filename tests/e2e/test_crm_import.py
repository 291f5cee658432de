"""A table's way in, in a browser: uploaded, columns guessed, tried, and only then imported."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from review.models import Client
from tests.e2e.site import Site
from tests.waiting import wait_until

pytestmark = pytest.mark.browser


def test_a_table_is_tried_before_it_is_imported(site: Site, open_page: Callable[..., Any], tmp_path: Path) -> None:
    mark = uuid.uuid4().hex[:8]
    table = tmp_path / "export.csv"
    table.write_text(f"ФИО;Телефон;Компания;Цвет\nАнна {mark};+49 30 5550{int(mark[:4], 16):05d};Nordhem;синий\n")
    page = open_page("/crm")
    page.get_by_role("link", name="Import a table").click()
    page.set_input_files("#file", table)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="What the columns are")).to_be_visible()
    expect(page.get_by_label("ФИО")).to_have_value("name")
    expect(page.get_by_label("Телефон")).to_have_value("phones")
    expect(page.get_by_label("Цвет")).to_have_value("")
    page.get_by_label("Цвет").select_option("custom")
    expect(page.get_by_role("button", name="Import", exact=True)).to_have_count(0)  # not before it was tried
    page.get_by_role("button", name="Show what would change").click()
    expect(page.get_by_role("heading", name="What would change")).to_be_visible()
    expect(page.locator("ins", has_text=f"Анна {mark}")).to_be_visible()
    assert names(site, mark) == []
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("Imported: 1 new, 0 changed, 0 as they were.")).to_be_visible()
    wait_until(lambda: names(site, mark) == [f"Анна {mark}"], what="the client to be there")


def names(site: Site, mark: str) -> list[str]:
    """The imported clients."""
    with site.runtime.database.read() as session:
        return list(session.scalars(select(Client.name).where(Client.name.contains(mark))))
