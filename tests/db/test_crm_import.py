"""The CRM import: every column, twice the same, broken lines by name, and calls that find their client afterwards."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select

from review.db import Database
from review.models import Base, Client, CrmTask, Deal, LossReason, Rep
from review.queries.client import get_client
from review.queries.viewer import load_viewer
from review.services.audit import read_events
from review.services.crm_import import NoCrmFiles, import_crm
from tests.factories import make_call, make_user

FILES = {
    "loss_reasons.csv": "code,name\nno_budget,No budget\nother,Other\n",
    "reps.csv": (
        "name;extension;email;team;active\n"
        "Jonas Weber;201;Jonas@Example.com;North;yes\n"
        "Анна Ким;202;;North;\n"
        "Old Hand;;;;no\n"
    ),
    "clients.csv": (
        "id,name,company,email,phones,potential,group,product_group,note,created_at\n"
        "c1,Marta Lindqvist,Nordhem Office AB,m@nordhem.example,030 901820 | +46 8 123 456 78,high,office,desks,"
        '"likes oak, not pine",2026-10-01\n'
        "c2,,Hafen Logistik,,,,,,,\n"
    ),
    "deals.csv": (
        "id,client,title,stage,stage_since,amount,currency,rep,status,loss_reason,opened_at,closed_at\n"
        "d1,c1,12 desks,offer sent,2026-11-12T09:00:00+01:00,4 800,eur,201,closed_lost,no_budget,"
        "2026-11-11,2026-11-17\n"
        "d2,c2,seats,,,,,Анна Ким,,,,\n"
    ),
    "tasks.csv": (
        "id,client,deal,rep,title,due_at,done_at\n"
        "t1,c1,d1,jonas@example.com,send the offer,2026-11-17,\n"
        "t2,c2,,,call back,2026-11-18,2026-11-18T10:00:00Z\n"
    ),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with all five files."""
    made = tmp_path / "crm"
    made.mkdir()
    for name, text in FILES.items():
        (made / name).write_text(text, encoding="utf-8")
    return made


def append(folder: Path, name: str, text: str) -> None:
    with (folder / name).open("a", encoding="utf-8") as file:
        file.write(text)


def test_every_column_arrives(database: Database, folder: Path) -> None:
    with database.session() as session:
        user = make_user(session, "rep", email="jonas@example.com")
        report = import_crm(session, folder, region="DE", by=user.id)
        assert report.problems == ()
        assert (report.created, report.updated, report.unchanged) == (11, 0, 0)
        assert [(file.file, file.created) for file in report.files] == [
            ("loss_reasons.csv", 2),
            ("reps.csv", 3),
            ("clients.csv", 2),
            ("deals.csv", 2),
            ("tasks.csv", 2),
        ]
        jonas, anna, old = session.scalars(select(Rep).order_by(Rep.id)).all()
        assert (jonas.extension, jonas.email, jonas.user_id, jonas.active) == (
            "201",
            "jonas@example.com",
            user.id,
            True,
        )
        assert jonas.team_id == anna.team_id is not None
        assert (old.active, old.extension, old.team_id) == (False, None, None)
        marta = session.scalars(select(Client).where(Client.external_id == "c1")).one()
        assert (marta.name, marta.company, marta.email) == ("Marta Lindqvist", "Nordhem Office AB", "m@nordhem.example")
        assert (marta.potential, marta.client_group, marta.product_group) == ("high", "office", "desks")
        assert (marta.note, marta.created_at) == ("likes oak, not pine", datetime(2026, 10, 1, tzinfo=UTC))
        assert sorted(phone.e164 for phone in marta.phones) == ["+46812345678", "+4930901820"]
        deal = session.scalars(select(Deal).where(Deal.external_id == "d1")).one()
        assert (deal.client_id, deal.title, deal.stage, deal.rep_id) == (marta.id, "12 desks", "offer sent", jonas.id)
        assert (deal.amount, deal.currency, deal.status, deal.loss_reason) == (
            Decimal("4800.00"),
            "EUR",
            "closed_lost",
            "no_budget",
        )
        assert deal.stage_since == datetime(2026, 11, 12, 8, tzinfo=UTC)
        assert (deal.opened_at, deal.closed_at) == (
            datetime(2026, 11, 11, tzinfo=UTC),
            datetime(2026, 11, 17, tzinfo=UTC),
        )
        assert session.scalars(select(Deal).where(Deal.external_id == "d2")).one().status == "open"
        first, second = session.scalars(select(CrmTask).order_by(CrmTask.id)).all()
        assert (first.deal_id, first.rep_id, first.title, first.done_at) == (deal.id, jonas.id, "send the offer", None)
        assert (second.due_at, second.done_at) == (
            datetime(2026, 11, 18, tzinfo=UTC),
            datetime(2026, 11, 18, 10, tzinfo=UTC),
        )
        event = read_events(session)[0]
        assert (event.action, event.user_id, event.details["created"]) == ("crm.imported", user.id, 11)


def test_a_second_import_changes_nothing(database: Database, folder: Path) -> None:
    def counts() -> dict[str, int]:
        with database.read() as session:
            return {
                table.name: session.scalar(select(func.count()).select_from(table)) or 0
                for table in Base.metadata.sorted_tables
                if table.name != "audit_event"
            }

    with database.session() as session:
        import_crm(session, folder)
    before = counts()
    with database.session() as session:
        report = import_crm(session, folder)
    assert (report.created, report.updated, report.unchanged, report.problems) == (0, 0, 11, ())
    assert counts() == before


def test_changes_arrive_and_empty_cells_clear(database: Database, folder: Path) -> None:
    with database.session() as session:
        import_crm(session, folder)
    changed = FILES["clients.csv"].replace("030 901820 | +46 8 123 456 78", "+46 8 123 456 78|+46 8 999 999 99")
    (folder / "clients.csv").write_text("\ufeff" + changed.replace("high", ""), encoding="utf-8")
    (folder / "reps.csv").write_text("name,extension\nJonas Weber-Holm,201\n", encoding="utf-8")
    (folder / "deals.csv").write_text(FILES["deals.csv"].replace("d1,c1", "d1,c2"), encoding="utf-8")
    with database.session() as session:
        report = import_crm(session, folder)
        assert [problem.why for problem in report.problems] == [
            "deal 'd1' is no deal of this client; the line was skipped"
        ]
        assert report.updated == 3
        marta = session.scalars(select(Client).where(Client.external_id == "c1")).one()
        assert (marta.potential, marta.created_at) == (None, datetime(2026, 10, 1, tzinfo=UTC))
        assert sorted(phone.e164 for phone in marta.phones) == ["+46812345678", "+46899999999"]
        assert session.scalars(select(Rep.name).where(Rep.extension == "201")).one() == "Jonas Weber-Holm"


def test_bad_lines_are_named_and_the_rest_imported(database: Database, folder: Path) -> None:
    append(folder, "loss_reasons.csv", "no_budget,Again\n,Empty\n")
    append(folder, "reps.csv", ";203;;;\nJonas Weber;201;;;\nEva;204;;;maybe\n")
    append(
        folder,
        "clients.csv",
        "c3,Bad Phone,,,12|030 123456,,,,,\nc1,Twice,,,,,,,,\nc4,,,,,,,,,\nc5,X,,,,huge,,,,\nshort\nc6,Fine,,,,,,,,\n",
    )
    append(
        folder,
        "deals.csv",
        "d3,c9,x,,,,,,,,,\nd4,c6,x,,,4.800,,,,,,\nd5,c6,x,,,,,Nobody,,,,\nd6,c6,,,,,,,,,,\nd7,c6,x,,,,EURO,,,,,\n",
    )
    append(folder, "tasks.csv", 't3,c6,d1,,x,,\nt4,c6,,,x,tomorrow,\n"t5,c6,,,x,,\nt6,c6,,,x,,\n')
    with database.session() as session:
        report = import_crm(session, folder, region="DE")
        assert [(problem.file, problem.line) for problem in report.problems] == [
            ("loss_reasons.csv", 4),
            ("loss_reasons.csv", 5),
            ("reps.csv", 5),
            ("reps.csv", 6),
            ("reps.csv", 7),
            ("clients.csv", 4),
            ("clients.csv", 5),
            ("clients.csv", 6),
            ("clients.csv", 7),
            ("clients.csv", 8),
            ("deals.csv", 4),
            ("deals.csv", 5),
            ("deals.csv", 6),
            ("deals.csv", 7),
            ("deals.csv", 8),
            ("tasks.csv", 4),
            ("tasks.csv", 5),
            ("tasks.csv", 6),
        ]
        assert all(problem.why for problem in report.problems)
        assert report.created == 11 + len(["c3", "c6", "d5", "t6"])
        assert session.scalars(select(LossReason.name).where(LossReason.code == "no_budget")).one() == "No budget"
        phones = session.scalars(select(Client).where(Client.external_id == "c3")).one().phones
        assert [phone.e164 for phone in phones] == ["+4930123456"]


def test_namesakes_are_not_merged(database: Database, folder: Path) -> None:
    (folder / "reps.csv").write_text(
        "name,extension,email\nSam Lee,301,sam1@example.com\nSam Lee,302,sam2@example.com\n", encoding="utf-8"
    )
    for _ in range(2):
        with database.session() as session:
            import_crm(session, folder)
    with database.read() as session:
        found = session.execute(select(Rep.extension, Rep.email).where(Rep.name == "Sam Lee").order_by(Rep.id)).all()
        assert [tuple(row) for row in found] == [("301", "sam1@example.com"), ("302", "sam2@example.com")]


def test_calls_that_came_first_find_their_client(database: Database, folder: Path) -> None:
    with database.session() as session:
        call = make_call(
            session,
            client_phone="+4930901820",
            rep_name="Jonas Weber",
            started_at=datetime(2026, 11, 14, 9, tzinfo=UTC),
        )
        report = import_crm(session, folder)
        assert (report.linked.clients, report.linked.reps) == (1, 1)
        viewer = load_viewer(session, make_user(session, "head_of_sales").id)
        client_id = session.scalars(select(Client.id).where(Client.external_id == "c1")).one()
        assert viewer is not None
        card = get_client(session, viewer, client_id)
        assert card is not None
        assert [row.id for row in card.calls] == [call.id]
        assert card.calls[0].rep_id is not None


def test_a_folder_without_files_is_refused(database: Database, tmp_path: Path) -> None:
    with database.session() as session:
        for folder in (tmp_path, tmp_path / "absent"):
            with pytest.raises(NoCrmFiles, match=r"clients\.csv"):
                import_crm(session, folder)


@pytest.mark.parametrize("name", list(FILES))
def test_one_file_alone_is_enough_or_says_what_it_lacks(database: Database, folder: Path, name: str) -> None:
    for other in FILES:
        if other != name:
            (folder / other).unlink()
    with database.session() as session:
        report = import_crm(session, folder)
        assert [file.file for file in report.files] == [name]
        assert bool(report.problems) is (name in ("deals.csv", "tasks.csv"))
