"""Pages of people in a browser: the map of a team walked by keyboard, a rep's own page, all of one's own data."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, select

from review.models import Call, Rep
from tests.db.performing import add_results
from tests.e2e.site import Site
from tests.e2e.test_pages import AXE, PHONE, RULES, WIDER
from tests.waiting import wait_until

pytestmark = pytest.mark.browser

PAST = [float(day) for day in range(30, 60, 3)]
LATELY = [float(day) for day in range(1, 30, 3)]


@pytest.fixture
def rep_id(site: Site, ready_call: str) -> Iterator[int]:
    """The rep who signs in, with calls of two months: better at greeting, and few of one criterion. Gone at the end."""
    with site.runtime.database.session() as session:
        newest = session.scalar(select(func.max(Call.id)))
        found = session.scalars(select(Rep.id).where(Rep.name == "Daniel Miller")).one()
        add_results(session, found, PAST, fraction=0.0)
        add_results(session, found, LATELY, fraction=1.0)
        add_results(session, found, PAST + LATELY, fraction=0.5, criterion="company")
        add_results(session, found, [1.0, 2.0], fraction=0.5, criterion="price")
    yield found
    with site.runtime.database.session() as session:
        session.execute(delete(Call).where(Call.id > newest))


def team_of(site: Site, rep_id: int) -> str:
    """The address of the rep's team."""
    with site.runtime.database.read() as session:
        return f"/team?team={session.scalar(select(Rep.team_id).where(Rep.id == rep_id)) or 'none'}"


def check_access(page: Any, where: str) -> None:
    page.evaluate(AXE)
    result = page.evaluate("(tags) => axe.run(document, {runOnly: tags})", RULES)
    broken = [f"{item['id']} {node['target']}" for item in result["violations"] for node in item["nodes"]]
    assert broken == [], f"{where}: {broken}"


def test_the_map_is_walked_by_keyboard_and_a_cell_opens_its_calls(
    site: Site, rep_id: int, open_page: Callable[..., Any]
) -> None:
    page = open_page(team_of(site, rep_id))
    row = page.locator("[data-heat] tbody tr", has_text="Daniel Miller")
    row.locator("[data-cell]").first.wait_for()
    page.locator("[data-cell]").first.focus()
    said = page.locator("[data-heat-said]")
    first = said.inner_text()
    page.keyboard.press("ArrowRight")
    wait_until(lambda: said.inner_text() != first, what="the words of the next cell")
    assert re.search(r"%.*call", said.inner_text())
    page.keyboard.press("Home")
    wait_until(lambda: said.inner_text() == first, what="the first cell again")
    assert page.locator("[data-cell][tabindex='0']").count() == 1
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/people/\d+/calls\?"))
    assert page.locator("[data-item]").count() > 0
    page.click("text=worst first")
    page.wait_for_url(re.compile(r"order=worst"))


def test_a_rep_finds_what_went_well_first_and_takes_their_data(
    site: Site, rep_id: int, open_page: Callable[..., Any], tmp_path: Path
) -> None:
    page = open_page("/me", "rep@example.com")
    assert page.locator("main h2").first.inner_text() == "What went well"
    card = page.locator(".good-card", has_text="Greeted the client and gave own name")
    card.wait_for()
    assert "better than before" in card.inner_text()
    page.select_option("select[name=weeks]", "4")
    page.wait_for_url(re.compile(r"weeks=4"))
    page.click(".people-lines >> text=Named the own company")
    page.wait_for_url(re.compile(r"criterion=company"))
    page.locator("figure.people-trend >> text=Named the own company").wait_for()
    page.click("text=What is recorded, and my data")
    page.locator("text=Never recorded").wait_for()
    page.click("text=Make the file")
    link = page.locator("#data a", has_text="Download").first
    if link.count() == 0:  # more calls than are made while one waits: a worker makes it
        from review.performance.own_data import due_exports, make_export

        with site.runtime.database.read() as session:
            waiting = due_exports(session)
        assert all(make_export(site.runtime.database, site.settings, one) for one in waiting)
        page.reload()
    with page.expect_download() as download:
        link.click()
    file = tmp_path / "data.zip"
    download.value.save_as(file)
    with zipfile.ZipFile(file) as inside:
        assert "index.html" in inside.namelist()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_of_people_are_open_to_everybody(
    site: Site, rep_id: int, open_page: Callable[..., Any], scheme: str
) -> None:
    behind = f"/people/{rep_id}/calls?criterion=greeting"
    for address in (team_of(site, rep_id), f"/people/{rep_id}", behind, "/reviewers"):
        check_access(open_page(address, color_scheme=scheme, expected="inline style"), f"{address} {scheme}")
    for address in ("/me", "/me/recorded"):
        check_access(
            open_page(address, "rep@example.com", color_scheme=scheme, expected="inline style"), f"{address} {scheme}"
        )


def test_on_a_telephone_nothing_is_wider_than_it(site: Site, rep_id: int, open_page: Callable[..., Any]) -> None:
    for address in (
        team_of(site, rep_id),
        f"/people/{rep_id}",
        f"/people/{rep_id}/calls?criterion=greeting",
        "/reviewers",
    ):
        page = open_page(address, **PHONE)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address
        assert page.evaluate(WIDER) == [], address
    for address in ("/me", "/me/recorded"):
        page = open_page(address, "rep@example.com", **PHONE)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address
