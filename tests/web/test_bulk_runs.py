"""Acts on many calls that the workers do: they outlive the page, are done once, stopped by their own person alone."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from review.db import Database
from review.models import AuditEvent, CallTag
from review.services.users import set_roles
from review.settings import Settings
from tests.factories import make_call
from tests.web.conftest import Crew, SignIn, post
from tests.web.test_finding import act
from workers.bulk import work_on_bulk


def test_many_calls_are_left_to_the_workers_and_done_once_though_the_act_changes_what_matches(
    sign_in: SignIn, database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from review.queries import selection
    from web.blueprints import bulk

    monkeypatch.setattr(selection, "SLICE", 2)
    monkeypatch.setattr(bulk, "SLICE", 2)
    with database.session() as db:
        made = [make_call(db).id for _ in range(5)]
    browser = sign_in("quality_lead")
    act(browser, "tag", ids=",".join(map(str, made[:2])), name="x")
    count = browser.get("/bulk/count?state=queued").get_json()
    assert (count["count"], count["last"]) == (5, made[-1])
    with database.session() as db:
        late = make_call(db).id
    told = act(browser, "tag", all="1", query="state=queued", last=str(count["last"]), name="y").get_json()
    assert (told["active"], told["done"]) == (True, 0)
    assert "bulk/runs/2" in browser.get("/").text, "a page opened meanwhile looks on"
    # The browser is gone; a worker does one slice, dies, and another one goes on.
    assert work_on_bulk(database, settings, 2, stop=lambda: True) == "waiting"
    assert browser.get(told["progress"]).get_json()["done"] == 2
    assert work_on_bulk(database, settings, 2, stop=lambda: False) == "done"
    told = browser.get(told["progress"]).get_json()
    assert (told["active"], told["done"], told["same"], told["refused"]) == (False, 5, 0, 0)
    assert work_on_bulk(database, settings, 2, stop=lambda: False) == "done", "nothing is done twice"
    with database.read() as db:
        assert late not in set(db.scalars(select(CallTag.call_id)))
        assert db.scalars(select(AuditEvent.action).where(AuditEvent.action == "bulk.started")).all()
    assert "5 done, 0 so already, 0 not done" in browser.get("/notifications").text


def test_ones_own_run_is_stopped_and_anothers_is_not_there(
    sign_in: SignIn, database: Database, settings: Settings, crew: Crew, monkeypatch: pytest.MonkeyPatch
) -> None:
    from review.queries import selection
    from web.blueprints import bulk

    monkeypatch.setattr(selection, "SLICE", 2)
    monkeypatch.setattr(bulk, "SLICE", 2)
    with database.session() as db:
        made = [make_call(db).id for _ in range(5)]
    browser, ids = sign_in("quality_lead"), ",".join(map(str, made))
    told = act(browser, "tag", ids=ids, name="x").get_json()
    work_on_bulk(database, settings, 1, stop=lambda: True)
    other = sign_in("head_of_sales")
    assert other.get(told["progress"]).status_code == 404
    assert post(other, told["cancel"]).status_code == 404
    stopped = post(browser, told["cancel"]).get_json()
    assert (stopped["stopped"], stopped["active"], stopped["done"]) == (True, False, 2)
    assert work_on_bulk(database, settings, 1, stop=lambda: False) == "cancelled"

    told = act(browser, "rescore", ids=ids).get_json()
    with database.session() as db:
        set_roles(db, crew.users["quality_lead"], ["reviewer"])
    assert work_on_bulk(database, settings, 2, stop=lambda: False) == "failed", "a right taken away ends it"
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(CallTag)) == 2
