"""All of one's own data as a file: complete, masked as on the page, without others' notes, for its owner only."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from review.db import Database
from review.models import AuditEvent, Call, CoachingSession, Comment, DataExport, Evaluation, User, utc_now
from review.performance.own_data import (
    KEPT,
    NoSuchExport,
    due_exports,
    find_file,
    list_exports,
    make_export,
    request_export,
    take_away,
)
from review.performance.own_data_file import to_csv
from review.performance.seeing import own_rep
from review.settings import Settings, read_settings
from tests import factories
from tests.db.performing import Company, company
from tests.web.scores import assessment_of
from workers.own_data import OwnData

__all__ = ["company"]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An installation's settings with a data folder of its own."""
    return read_settings({"CALLCOACH_DATA": str(tmp_path)})


def ask(database: Database, company: Company) -> tuple[int, bool]:
    viewer = company.see("rep")
    with database.session() as session:
        rep = own_rep(session, viewer)
        assert rep is not None
        return request_export(session, viewer, rep)


def make(database: Database, settings: Settings, company: Company) -> zipfile.ZipFile:
    export_id, _small = ask(database, company)
    assert make_export(database, settings, export_id)
    with database.session() as session:
        return zipfile.ZipFile(find_file(session, company.see("rep"), export_id, settings))


def fill(database: Database, company: Company) -> tuple[int, int]:
    """A call of the rep with everything around it, and one of somebody else; their ids."""
    with database.session() as session:
        call = factories.make_call(session, rep_id=company.reps[0], queue="=1+1")
        factories.store_words(session, call, ("rep", "Good morning, Anna here"), ("client", "Too expensive"))
        factories.store_score(session, call, assessment_of())
        other = factories.make_call(session, rep_id=company.other)
        factories.store_words(session, other, ("rep", "Somebody elses words"))
        for where, body, more in (
            (call.id, "Well done", {}),
            (call.id, "Between us reviewers", {"reviewers_only": True}),
            (call.id, "Taken back", {"deleted_at": utc_now()}),
            (other.id, "Of another call", {}),
            (other.id, "I wrote this", {"user_id": company.see("rep").user_id}),
        ):
            session.add(Comment(call_id=where, author="Vera", body=body, **more))
        for where, words, state in (
            (call.id, "Read me", "shown"),
            (call.id, "Not yet", "submitted"),
            (other.id, "No", "shown"),
        ):
            session.add(
                Evaluation(
                    call_id=where,
                    standard="cold-call",
                    version=2,
                    reviewer="Vera",
                    saved_by="Vera",
                    comment=words,
                    state=state,
                )
            )
        coaching = {"coach_name": "M", "went_well": "The greeting", "standard": "cold-call", "criterion": "greeting"}
        coaching |= {"cause": "knowledge", "action": "Say the name", "due_at": utc_now()}
        session.add(
            CoachingSession(rep_id=company.reps[0], rep_name="Rep 0", private_notes="Secret of the coach", **coaching)
        )
        return call.id, other.id


def test_everything_of_the_rep_and_nothing_of_others(database: Database, settings: Settings, company: Company) -> None:
    mine, other = fill(database, company)
    file = make(database, settings, company)
    names = set(file.namelist())
    assert {f"transcripts/{mine}.txt", f"transcripts/{mine}.json", f"assessments/{mine}.json", "index.html"} <= names
    assert not [name for name in names if str(other) in name and "/" in name]
    assert "Good morning, Anna here" in file.read(f"transcripts/{mine}.txt").decode()
    whole = b"".join(file.read(name) for name in names).decode()
    for theirs in (
        "Between us reviewers",
        "Taken back",
        "Of another call",
        "Not yet",
        "Secret of the coach",
        "Somebody elses",
    ):
        assert theirs not in whole
    assert [one["body"] for one in json.loads(file.read("comments.json"))] == ["Well done", "I wrote this"]
    assert [one["comment"] for one in json.loads(file.read("evaluations.json"))] == ["Read me"]
    assert [one["action"] for one in json.loads(file.read("coaching_sessions.json"))] == ["Say the name"]
    (row,) = csv.DictReader(io.StringIO(file.read("calls.csv").decode("utf-8-sig")))
    assert (row["id"], row["queue"]) == (str(mine), "'=1+1")
    assert "client_phone" not in row
    page = file.read("index.html").decode()
    assert f'href="transcripts/{mine}.txt"' in page
    assert "http" not in page.replace("http-equiv", "")


def test_one_colleagues_figures_are_not_among_ones_own(
    database: Database, settings: Settings, company: Company
) -> None:
    fill(database, company)
    for others, told in ((1, False), (2, False), (3, True)):
        with database.session() as session:
            measured = {"own": {"change": 0.1}, "team": {"mean_before": 0.4}, "gain": {"change": 0.2}, "others": others}
            session.execute(update(CoachingSession).values(measured=measured))
        with make(database, settings, company) as file:
            (row,) = json.loads(file.read("coaching_sessions.json"))
        assert row["measured"]["own"] == {"change": 0.1}
        assert ("team" in row["measured"], "gain" in row["measured"]) == (told, told)


def test_a_file_that_cannot_be_made_ends_and_can_be_asked_for_again(
    database: Database, settings: Settings, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_given: object) -> int:
        raise EOFError("what is stored of a call cannot be read")

    fill(database, company)
    export_id, _small = ask(database, company)
    with monkeypatch.context() as patched:
        patched.setattr("review.performance.own_data.write_file", broken)
        assert not make_export(database, settings, export_id)
    with database.session() as session:
        (export,) = list_exports(session, company.see("rep"))
        assert export.state == "failed"
        assert due_exports(session) == []
    make(database, settings, company).close()


def test_a_file_its_maker_could_not_hand_over_does_not_stay(
    database: Database, settings: Settings, company: Company
) -> None:
    make(database, settings, company).close()
    folder = settings.data / "exports"
    (folder / "lost.zip").write_bytes(b"somebody's words")
    (folder / "half.part").write_bytes(b"half of them")
    with database.session() as session:
        take_away(session, settings)
        assert len(list(folder.iterdir())) == 3, "perhaps they are being made"
        take_away(session, settings, now=utc_now() + timedelta(hours=2))
        assert [path.name for path in folder.iterdir()] == [
            Path(name).name for name in session.scalars(select(DataExport.file)) if name
        ]


def test_the_file_is_its_owners_and_goes_after_a_week(database: Database, settings: Settings, company: Company) -> None:
    fill(database, company)
    make(database, settings, company).close()
    with database.session() as session:
        (export,) = list_exports(session, company.see("rep"))
        assert (export.state, export.calls) == ("done", 1)
        assert export.until is not None
        for role in ("manager", "quality_lead", "admin"):
            assert list_exports(session, company.see(role)) == ()
            with pytest.raises(NoSuchExport):
                find_file(session, company.see(role), export.id, settings)
        with pytest.raises(NoSuchExport):
            find_file(session, company.see("rep"), 10**12, settings)
        acts = set(session.scalars(select(AuditEvent.action)))
        assert {"own_data.requested", "own_data.taken"} <= acts
    files = list((settings.data / "exports").iterdir())
    assert len(files) == 1
    with database.session() as session:
        assert take_away(session, settings, now=utc_now() + KEPT / 2) == 0
        assert take_away(session, settings, now=utc_now() + KEPT + timedelta(hours=1)) == 1
    assert not files[0].exists()
    with database.session() as session:
        assert list_exports(session, company.see("rep")) == ()
        with pytest.raises(NoSuchExport):
            find_file(session, company.see("rep"), export.id, settings)


def test_a_file_under_way_is_not_begun_twice(database: Database, settings: Settings, company: Company) -> None:
    first, small = ask(database, company)
    assert small
    assert ask(database, company) == (first, False)
    with database.read() as session:
        assert due_exports(session) == [first]
    assert make_export(database, settings, first)
    assert not make_export(database, settings, first)
    second, _small = ask(database, company)
    assert second != first


def test_what_cannot_be_made_says_so_and_leaves_no_half_a_file(
    database: Database, settings: Settings, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_what: object) -> int:
        raise OSError(28, "No space left on device")

    export_id, _small = ask(database, company)
    monkeypatch.setattr("review.performance.own_data.write_file", full)
    assert not make_export(database, settings, export_id)
    with database.read() as session:
        assert session.scalars(select(DataExport.why)).one() == "disk"
        assert due_exports(session) == []
    assert list((settings.data / "exports").iterdir()) == []
    monkeypatch.undo()
    again, _small = ask(database, company)
    with database.session() as session:
        session.execute(update(User).where(User.id == company.see("rep").user_id).values(disabled_at=utc_now()))
    assert not make_export(database, settings, again)


def test_a_disabled_persons_file_is_taken_away(database: Database, settings: Settings, company: Company) -> None:
    make(database, settings, company).close()
    with database.session() as session:
        session.execute(update(User).where(User.id == company.see("rep").user_id).values(disabled_at=utc_now()))
        assert take_away(session, settings) == 1
        assert session.scalar(select(Call.id).limit(1)) is None


def test_a_long_one_is_made_beside_the_sweep_and_old_ones_go(
    database: Database, settings: Settings, company: Company
) -> None:
    fill(database, company)
    export_id, _small = ask(database, company)
    work = OwnData(database)
    work.tick(settings)
    work.wait(60)
    with database.session() as session:
        assert find_file(session, company.see("rep"), export_id, settings).is_file()
        session.execute(update(DataExport).values(finished_at=utc_now() - 2 * KEPT))
    OwnData(database).tick(settings)
    with database.read() as session:
        assert session.scalars(select(DataExport.state)).all() == ["gone"]
    assert list((settings.data / "exports").iterdir()) == []


def test_no_cell_is_a_formula() -> None:
    table = to_csv([{"a": "=HYPERLINK(1)", "b": "+1", "c": {"x": 1}, "d": None, "e": -1.5, "f": "fine\ud800"}]).decode()
    assert table.splitlines()[1] == """'=HYPERLINK(1),'+1,"{""x"": 1}",,-1.5,fine?"""
    assert to_csv([]).decode() == "﻿"
