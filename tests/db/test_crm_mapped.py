"""Tables with a mapping: columns guessed in four languages, a dry run, and an import that agrees."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from review.db import Database
from review.models import Client, ClientPhone, CrmTask, Deal
from review.services.crm_columns import guess_columns, guess_entity, recall_mapping
from review.services.crm_mapped import MappingLacks, import_sheet, preview_sheet
from review.services.crm_sheets import BadSheet, Sheet, read_sheet
from tests.factories import make_call, make_client, make_rep

CLIENTS = "ФИО;Телефон;Компания;Потенциал;Любимый цвет\nАнна Ким;+49 30 901820;Nordhem;высокий;синий\nБорис;;Hafen;;\n"
DEALS = (
    "Название сделки,Телефон,Этап,Сумма,Ответственный,Статус,Причина отказа,Дата создания,Дата закрытия\n"
    '12 столов,+49 30 901820,Переговоры,"4 800,50",Jonas Weber,Отказ,Дорого,11.11.2026,17.11.2026 10:42\n'
    "Стулья,+49 30 999999,Новая,,,,,,\n"
)


def table(tmp_path: Path, text: str, name: str = "table.csv", encoding: str = "utf-8") -> Sheet:
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return read_sheet(path, name)


def test_columns_are_guessed_in_four_languages() -> None:
    headings = {
        "en": ["ID", "Full name", "Company", "Phone number", "E-mail", "Shoe size"],
        "ru": ["Код", "ФИО", "Организация", "Мобильный телефон", "Почта", "Размер обуви"],
        "ko": ["번호", "고객명", "회사명", "휴대폰", "이메일", "신발"],
        "zh": ["编号", "客户名称", "公司名称", "手机号", "邮箱", "鞋码"],
    }
    for words in headings.values():
        assert guess_entity(words) == "clients"
        found = guess_columns(words, "clients")
        assert list(found.values()) == ["id", "name", "company", "phones", "email"]
        assert words[5] not in found
    assert guess_entity(["Название сделки", "Сумма", "Этап"]) == "deals"
    assert guess_entity(["线索名称", "阶段", "金额"]) == "leads"
    assert guess_entity(["Task", "Due date", "Phone"]) == "tasks"


def test_a_dry_run_shows_old_and_new_and_changes_nothing(database: Database, tmp_path: Path) -> None:
    sheet = table(tmp_path, CLIENTS)
    columns = {**guess_columns(sheet.headings, "clients"), "Любимый цвет": "custom"}
    with database.session() as session:
        make_client(session, "Anna Kim", phones=["+4930901820"], company="Old Co", custom={"Size": "50"}, email="a@b.c")
    with database.session() as session:
        report = preview_sheet(session, sheet, "clients", columns, region="DE")
    assert (report.created, report.updated, report.unchanged) == (1, 1, 0)
    changed, made = report.changes
    assert (changed.line, changed.is_new) == (2, False)
    assert ("name", "Anna Kim", "Анна Ким") in changed.fields
    assert ("company", "Old Co", "Nordhem") in changed.fields
    assert ("potential", "", "high") in changed.fields
    assert ("custom.Любимый цвет", "", "синий") in changed.fields
    assert made.is_new
    with database.read() as session:
        [client] = session.scalars(select(Client)).all()
        assert (client.name, client.company, client.potential) == ("Anna Kim", "Old Co", None)
        assert recall_mapping(session, sheet.headings) is None


def test_the_import_does_what_the_dry_run_said_and_leaves_the_rest(database: Database, tmp_path: Path) -> None:
    sheet = table(tmp_path, CLIENTS)
    columns = {**guess_columns(sheet.headings, "clients"), "Любимый цвет": "custom"}
    with database.session() as session:
        make_client(session, "Anna Kim", phones=["+4930901820"], custom={"Size": "50"}, email="a@b.c")
        call_id = make_call(session, client_phone="+4930901820").id
    for expected in ((1, 1, 0), (0, 0, 2)):
        with database.session() as session:
            said = preview_sheet(session, sheet, "clients", columns, region="DE")
            done = import_sheet(session, sheet, "clients", columns, region="DE", by=None)
            assert (done.created, done.updated, done.unchanged) == expected
            assert done.changes == said.changes
    with database.read() as session:
        anna, boris = session.scalars(select(Client).order_by(Client.id)).all()
        assert (anna.name, anna.email) == ("Анна Ким", "a@b.c")  # the table says nothing of addresses
        assert anna.custom == {"Size": "50", "Любимый цвет": "синий"}
        assert (boris.name, boris.company) == ("Борис", "Hafen")
        from review.models import Call

        assert session.get_one(Call, call_id).client_id == anna.id
        assert recall_mapping(session, sheet.headings) == ("clients", columns)


def test_deals_find_their_client_by_number_and_say_who_has_none(database: Database, tmp_path: Path) -> None:
    sheet = table(tmp_path, DEALS)
    with database.session() as session:
        make_client(session, "Anna", phones=["+4930901820"])
        rep = make_rep(session, "Jonas Weber")
        columns = guess_columns(sheet.headings, "deals")
        assert columns["Телефон"] == "client_phone"
        report = import_sheet(session, sheet, "deals", columns, region="DE", by=None)
        assert (report.created, [p.line for p in report.problems]) == (1, [3])
        assert "+49 30 999999" in report.problems[0].why
        deal = session.scalars(select(Deal)).one()
        assert (deal.title, deal.amount, deal.status, deal.loss_reason) == (
            "12 столов",
            Decimal("4800.50"),
            "closed_lost",
            "Дорого",
        )
        assert deal.closed_at == datetime(2026, 11, 17, 10, 42, tzinfo=UTC)
        assert (deal.rep_id, deal.kind) == (rep.id, "deal")
        again = import_sheet(session, sheet, "deals", columns, region="DE", by=None)
        assert (again.created, again.updated, again.unchanged) == (0, 0, 1)


def test_excel_with_dates_and_numbers(database: Database, tmp_path: Path) -> None:
    book = Workbook()
    page = book.active
    assert page is not None
    page.append(["Task", "Phone", "Due date", "Done"])
    page.append(["Send the offer", "+4930901820", datetime(2026, 11, 20, 9, 30), None])
    page.append([None, None, None, None])
    page.append([501.0, "+4930901820", "20.11.2026", "not a day"])
    path = tmp_path / "tasks.xlsx"
    book.save(path)
    sheet = read_sheet(path, "tasks.xlsx")
    assert [number for number, _cells in sheet.lines] == [2, 4]
    with database.session() as session:
        make_client(session, "Anna", phones=["+4930901820"])
        report = import_sheet(session, sheet, "tasks", guess_columns(sheet.headings, "tasks"), region="DE", by=None)
        assert [(p.line, p.why.startswith("done_at")) for p in report.problems] == [(4, True)]
        task = session.scalars(select(CrmTask)).one()
        assert (task.title, task.due_at) == ("Send the offer", datetime(2026, 11, 20, 9, 30, tzinfo=UTC))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1251", "utf-16"])
def test_files_of_old_programs_are_read(tmp_path: Path, encoding: str) -> None:
    assert table(tmp_path, CLIENTS, encoding=encoding).headings[0] == "ФИО"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n\n",
        b"name,phone\n",
        b"name,name\na,b\n",
        b"PK\x03\x04broken",
        b"\xd0\xcf\x11\xe0old",
        b"\x00\x01\x02\x03",
    ],
    ids=["empty", "blank", "no lines", "twice", "broken zip", "old Excel", "no text"],
)
def test_what_is_no_table_is_refused_in_a_sentence(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(data)
    with pytest.raises(BadSheet, match="file"):
        read_sheet(path, "file")


def test_a_needed_column_is_asked_for(database: Database, tmp_path: Path) -> None:
    sheet = table(tmp_path, DEALS)
    with database.session() as session, pytest.raises(MappingLacks) as caught:
        preview_sheet(session, sheet, "deals", {"Название сделки": "title"}, region="DE")
    assert caught.value.one_of == ("client", "client_phone")
    with database.session() as session, pytest.raises(MappingLacks):
        import_sheet(session, sheet, "clients", {"Телефон": "phones"}, region="DE", by=None)
        assert session.scalars(select(ClientPhone)).all() == []


def test_headings_that_differ_only_in_case_are_two_columns(database: Database, tmp_path: Path) -> None:
    """A CRM's own fields may be named `Size` and `size`: neither stands in the import's way."""
    sheet = table(tmp_path, "Name,Phone,Size,size\nAnna,+49 30 901810,40,XL\n")
    columns = {"Name": "name", "Phone": "phones", "Size": "custom", "size": "custom"}
    with database.session() as session:
        import_sheet(session, sheet, "clients", columns, region="DE", by=None)
        client = session.scalars(select(Client)).one()
        assert client.custom == {"Size": "40", "size": "XL"}
