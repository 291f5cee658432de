"""The card's fields, comments, facts and story: nobody overwrites anybody, every page costs the same."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select, update

from review.client_card.decisions import fact_key, write_fact_to_crm
from review.client_card.edits import read_fields, save_card
from review.client_card.fields import CardFields, differing, read_own
from review.client_card.refusals import BadField, ClientChanged, NoSuchClient
from review.client_card.remarks import add_remark, delete_remark, edit_remark, viewers_of_client
from review.comments.notices import list_notices
from review.comments.refusals import Empty, Gone, MayNotSee, NotYours, TooLong
from review.crm.outbox import told
from review.db import Database
from review.models import AuditEvent, Client, CrmConnection, CrmId, DealStage, DoNotCall, OutboxItem
from review.queries.client import get_client
from review.queries.client_said import get_fact, read_facts
from tests.db.carded import DAY, TUESDAY, call_saying, kinds_of, open_shop, said, viewer_of
from tests.factories import make_deal


def test_a_change_stands_on_the_version_its_writer_saw(database: Database) -> None:
    with database.session() as session:
        shop = open_shop(session)
        viewer, client_id = viewer_of(session, shop.rep), shop.client.id
        revision, before = read_fields(session, viewer, client_id)
        mine = replace(before, potential="high", hot=True, hot_note=" wants it\r\nsoon ", custom={"Seats": "40"})
        assert save_card(session, viewer, client_id, revision, mine) == revision + 1
        # The same again changes nothing; another change on the old version is refused, with what stands there.
        assert save_card(session, viewer, client_id, revision + 1, mine) == revision + 1
        assert save_card(session, viewer, client_id, revision, replace(mine, hot_note="wants it\nsoon")) == revision + 1
        with pytest.raises(ClientChanged) as refused:
            save_card(session, viewer, client_id, revision, replace(before, note="mine"))
        assert refused.value.revision == revision + 1
        theirs = CardFields(**refused.value.theirs)
        assert (theirs.potential, theirs.hot_note, theirs.custom) == ("high", "wants it\nsoon", {"Seats": "40"})
        assert read_fields(session, viewer, client_id)[1].note == ""
        (event,) = session.scalars(select(AuditEvent).where(AuditEvent.action == "client.changed"))
        assert event.details["fields"] == ["potential", "hot", "hot_note", "custom.Seats"]
        assert event.details["after"] == {"potential": "high", "hot": "yes"}


def test_of_two_who_store_at_once_one_is_told(database: Database) -> None:
    """Both read the same version; the second row count says that somebody was first."""
    with database.session() as session:
        shop = open_shop(session)
        client_id, user_id = shop.client.id, shop.rep.id
    with database.session() as session:
        from review.queries.viewer import load_viewer

        viewer = load_viewer(session, user_id)
        assert viewer is not None
        session.get(Client, client_id)  # read before the other one stores
        session.execute(
            update(Client)
            .where(Client.id == client_id)
            .values(revision=2, note="theirs")
            .execution_options(synchronize_session=False)
        )
        with pytest.raises(ClientChanged) as refused:
            save_card(session, viewer, client_id, 1, CardFields(note="mine", custom={}))
        assert refused.value.theirs["note"] == "theirs"


def test_what_a_crm_changed_meanwhile_is_not_overwritten(database: Database) -> None:
    """A CRM's own changes raise no revision: what the form was opened with tells that they came."""
    with database.session() as session:
        shop = open_shop(session)
        viewer, client_id = viewer_of(session, shop.rep), shop.client.id
        shop.client.note, shop.client.custom = "first line\r\nsecond ", {"Seats": 40, "Tags": ["a", "b"]}
        session.flush()
        revision, base = read_fields(session, viewer, client_id)
        assert base.custom == {"Seats": "40", "Tags": "a, b"}
        opened = replace(base, note="first line\nsecond")  # as a browser hands it back
        shop.client.potential = "low"
        session.flush()
        with pytest.raises(ClientChanged) as refused:
            save_card(session, viewer, client_id, revision, replace(opened, client_group="offices"), opened)
        assert (refused.value.revision, refused.value.theirs["potential"]) == (revision, "low")
        chosen = replace(opened, client_group="offices", potential="low")
        assert save_card(session, viewer, client_id, revision, chosen, opened) == revision + 1
        (event,) = session.scalars(select(AuditEvent).where(AuditEvent.action == "client.changed"))
        assert event.details["fields"] == ["client_group"]
        assert session.get_one(Client, client_id).note == "first line\r\nsecond "


def test_what_cannot_be_a_field_is_refused(database: Database) -> None:
    with database.session() as session:
        shop = open_shop(session)
        viewer, client_id = viewer_of(session, shop.rep), shop.client.id
        empty = CardFields(custom={})
        for fields, error in (
            (replace(empty, potential="enormous"), BadField),
            (replace(empty, note="x" * 10_001), TooLong),
            (replace(empty, custom={"x" * 101: "y"}), TooLong),
            (replace(empty, custom={f"field {n}": "" for n in range(101)}), BadField),
        ):
            with pytest.raises(error):
                save_card(session, viewer, client_id, 1, fields)
        with pytest.raises(NoSuchClient):
            save_card(session, viewer, shop.stranger.id, 1, empty)
        assert read_fields(session, viewer, client_id)[0] == 1


def test_own_fields_of_a_form() -> None:
    assert read_own([" Seats ", "", "Moves  on"], ["40", " ", "April"]) == {"Seats": "40", "Moves on": "April"}
    for names in (["", "x"], ["Seats", " Seats"]):
        with pytest.raises(BadField):
            read_own(names, ["1", "2"])
    one, other = CardFields(custom={"a": ""}), CardFields(custom={})
    assert differing(one, other) == ("custom.a",)  # a field without a value is a field all the same


def test_a_crms_fields_that_differ_in_case_or_spaces_do_not_block_the_card(database: Database) -> None:
    with database.session() as session:
        shop = open_shop(session)
        rep, client_id = viewer_of(session, shop.rep), shop.client.id
        shop.client.custom = {"Size": "40", "size": "XL", "Moves  on": "April"}
    with database.session() as session:
        revision, base = read_fields(session, rep, client_id)
        # A browser hands the names back with single spaces.
        form = {"Size": "42", "size": "XL", "Moves on": "April"}
        shown = replace(base, custom={"Size": "40", "size": "XL", "Moves on": "April"})
        assert save_card(session, rep, client_id, revision, replace(base, custom=form), shown) == revision + 1
        revision, stored = read_fields(session, rep, client_id)
        assert stored.custom == {"Size": "42", "size": "XL", "Moves  on": "April"}
        for name in ("SIZE", "moves  ON"):  # a person's own field is none that is there in another spelling
            with pytest.raises(BadField):
                save_card(session, rep, client_id, revision, replace(stored, custom={**stored.custom, name: "1"}))


def test_a_crm_that_dropped_one_of_two_alike_meanwhile_is_a_conflict_not_a_dead_end(database: Database) -> None:
    with database.session() as session:
        shop = open_shop(session)
        rep, client_id = viewer_of(session, shop.rep), shop.client.id
        shop.client.custom = {"Size": "40", "size": "XL"}
    with database.session() as session:
        revision, base = read_fields(session, rep, client_id)
        session.get_one(Client, client_id).custom = {"Size": "40"}
        session.flush()
        with pytest.raises(ClientChanged):
            save_card(session, rep, client_id, revision, replace(base, note="new", custom=dict(base.custom)), base)


def test_comments_name_people_who_may_see_the_client(database: Database) -> None:
    with database.session() as session:
        shop = open_shop(session)
        rep, manager, lead = (viewer_of(session, one) for one in (shop.rep, shop.manager, shop.lead))
        client_id = shop.client.id
        names = {one.name for one in viewers_of_client(session, client_id)}
        assert {"Daniel Miller", "Helen Ford", "Martin Hale"} <= names
        made = add_remark(session, rep, client_id, "@Helen Ford what now?", token="t1")
        assert add_remark(session, rep, client_id, "@Helen Ford what now?", token="t1") == made
        (notice,) = list_notices(session, manager).rows
        assert notice.body["url"] == f"/clients/{client_id}#remark{made}"
        with pytest.raises(MayNotSee):
            add_remark(session, lead, shop.stranger.id, "@Daniel Miller look")
        with pytest.raises(NoSuchClient):
            add_remark(session, rep, shop.stranger.id, "hello")
        with pytest.raises(Empty):
            add_remark(session, rep, client_id, "  ")
        edit_remark(session, rep, client_id, made, "@Helen Ford @Martin Hale what now?")
        assert [len(list_notices(session, one).rows) for one in (manager, lead, rep)] == [1, 1, 0]
        for act in (
            lambda: edit_remark(session, manager, client_id, made, "no"),
            lambda: delete_remark(session, manager, client_id, made),
        ):
            with pytest.raises(NotYours):
                act()
        assert kinds_of(session, rep, shop, "comments") == ["comment"]
        delete_remark(session, lead, client_id, made)
        with pytest.raises(Gone):
            delete_remark(session, rep, client_id, made)
        assert kinds_of(session, rep, shop, "comments") == []


def test_facts_newest_first_and_what_contradicts_them(database: Database) -> None:
    with database.session() as session:
        shop = open_shop(session)
        for days, value in ((9, "about ten thousand"), (5, "About ten thousand."), (2, "five thousand")):
            told_then = said(value, id="budget", value=value)
            call_saying(session, shop.client, shop.rep_id, at=TUESDAY - days * DAY, facts=[told_then])
        call_saying(session, shop.client, shop.other_rep_id, facts=[said("never", id="budget", value="never")])
        (group,) = read_facts(session, viewer_of(session, shop.rep), shop.client.id)
        assert (group.newest.value, group.times, group.contradicted) == ("five thousand", 3, True)
        assert [row.value for row in group.earlier] == ["About ten thousand."]
        (group,) = read_facts(session, viewer_of(session, shop.lead), shop.client.id)
        assert group.newest.value == "never"
        assert get_fact(session, viewer_of(session, shop.rep), shop.client.id, group.newest.id) is None


def test_a_fact_goes_to_the_clients_crm_once(database: Database) -> None:
    with database.session() as session:
        shop = open_shop(session)
        told_then = [said("my boss", id="decision_maker", value="my boss"), said("Acme", id="competitor", value="Acme")]
        call_saying(session, shop.client, shop.rep_id, facts=told_then)
        viewer, client_id = viewer_of(session, shop.rep), shop.client.id
        boss, rival = (group.newest for group in read_facts(session, viewer, client_id))
        assert write_fact_to_crm(session, viewer, client_id, boss.id) == "no_crm"
        assert session.scalars(select(OutboxItem)).all() == []
        crm = CrmConnection(kind="amocrm", name="amo")
        session.add(crm)
        session.flush()
        session.add(CrmId(connection_id=crm.id, entity="client", remote_id="7", row_id=client_id))
        session.flush()
        assert [write_fact_to_crm(session, viewer, client_id, boss.id) for _ in range(2)] == ["queued", "before"]
        assert write_fact_to_crm(session, viewer, client_id, rival.id) == "queued"
        items = session.scalars(select(OutboxItem).order_by(OutboxItem.id)).all()
        assert [item.payload["field"] for item in items] == ["decision_maker", "custom.competitor"]
        assert items[0].payload["quote"] == "my boss"
        found = told(session, fact_key(client_id, "decision_maker", "my boss"))
        assert found is not None
        assert found.state == "waiting"
        with pytest.raises(Gone):
            write_fact_to_crm(session, viewer, client_id, 10**9)
        with pytest.raises(NoSuchClient):
            write_fact_to_crm(session, viewer, shop.stranger.id, boss.id)


def test_the_card_warns_of_numbers_not_to_call_and_names_who_is_responsible(database: Database) -> None:
    with database.session() as session:
        shop = open_shop(session)
        session.add(DoNotCall(e164="+4930901820", reason="asked us not to"))
        deal = make_deal(session, shop.client, rep_id=shop.rep_id, title="Twelve desks")
        session.add_all(
            DealStage(deal_id=deal.id, stage=stage, at=TUESDAY + number * DAY)
            for number, stage in enumerate(("new", "contacted", "offer"))
        )
        session.flush()
        card = get_client(session, viewer_of(session, shop.rep), shop.client.id)
        assert card is not None
        assert [(one.number, one.reason) for one in card.do_not_call] == [("+4930901820", "asked us not to")]
        assert card.responsible == "Daniel Miller"
        assert [stage.days for stage in card.history[deal.id]][:2] == [1, 1]
        stranger = get_client(session, viewer_of(session, shop.lead), shop.stranger.id)
        assert stranger is not None
        assert stranger.responsible == "Olga Other"
        assert get_client(session, viewer_of(session, shop.outsider), shop.client.id) is None
