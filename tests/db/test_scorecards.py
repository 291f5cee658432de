"""Drafts, publishing, putting away, history and comparison of scorecards; on both databases."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from sqlalchemy import select

from review.db import Database
from review.models import AuditEvent, Source, StandardVersion
from review.scorecards.archiving import StillInUse, archive, unarchive
from review.scorecards.bodies import BadBody, body_of, faults_of, tidy
from review.scorecards.comparing import compare_standards, shares
from review.scorecards.drafts import (
    BadName,
    DraftMoved,
    NoDraft,
    begin_draft,
    copy_draft,
    discard_draft,
    find_draft,
    import_draft,
    save_draft,
)
from review.scorecards.listing import list_scorecards, read_history
from review.scorecards.publishing import LONGEST_NOTE, NoteTooLong, NothingChanged, NotReady, publish_draft
from review.services.standards import VersionTaken, find_standard, import_standard, list_choices
from scoring.standards import StandardInvalid, StandardNotFound, load_standard
from tests.db.rescoring import scored_call
from tests.factories import make_source, make_user

SHIPPED = load_standard("cold-call")


def heavier(body: Any, weight: float = 50) -> dict[str, Any]:
    """The body with the first criterion at another weight."""
    changed = deepcopy(dict(body))
    changed["sections"][0]["criteria"][0]["weight"] = weight
    return changed


def events(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))


def test_a_draft_is_begun_once_and_saved_by_revision(database: Database) -> None:
    with database.session() as session:
        user = make_user(session).id
        draft = begin_draft(session, "cold-call", user)
        assert (draft.revision, draft.base_version) == (1, SHIPPED.version)
        assert begin_draft(session, "cold-call", None).revision == 1
        assert faults_of("cold-call", draft.body) == ()
    with database.session() as session:
        saved = save_draft(session, "cold-call", heavier(draft.body), 1, user)
        assert (saved.revision, saved.saved_by_id) == (2, user)
        assert save_draft(session, "cold-call", heavier(draft.body), 2, user).revision == 2  # nothing new
    assert events(database) == ["scorecard.draft_begun"]


def test_the_second_of_two_editors_is_told_and_nothing_is_overwritten(database: Database) -> None:
    with database.session() as session:
        body = begin_draft(session, "cold-call", None).body
    with database.session() as session:
        save_draft(session, "cold-call", heavier(body, 11), 1, None)
    with database.session() as session, pytest.raises(DraftMoved) as caught:
        save_draft(session, "cold-call", heavier(body, 22), 1, None)
    assert caught.value.draft.revision == 2
    assert caught.value.draft.body["sections"][0]["criteria"][0]["weight"] == 11
    with database.read() as session:
        kept = find_draft(session, "cold-call")
        assert kept is not None
        assert kept.body == heavier(body, 11)


def test_publishing_makes_the_next_version_with_its_note_and_ends_the_draft(database: Database) -> None:
    with database.session() as session:
        user = make_user(session).id
        body = begin_draft(session, "cold-call", user).body
        save_draft(session, "cold-call", heavier(body), 1, user)
    with database.session() as session:
        with pytest.raises(DraftMoved):
            publish_draft(session, "cold-call", 1, "", user)
        with pytest.raises(NoteTooLong):
            publish_draft(session, "cold-call", 2, "x" * (LONGEST_NOTE + 1), user)
        made = publish_draft(session, "cold-call", 2, " Greeting counts more ", user)
    assert made.version == SHIPPED.version + 1
    with database.session() as session:
        assert find_standard(session, "cold-call").sections[0].criteria[0].weight == 50
        assert find_draft(session, "cold-call") is None
        history = read_history(session, "cold-call")
        assert [(row.version, row.origin) for row in history] == [
            (made.version, "published"),
            (SHIPPED.version, "ships"),
        ]
        assert history[0].note == "Greeting counts more"
        with pytest.raises(NoDraft):
            publish_draft(session, "cold-call", 2, "", user)
    assert events(database)[-1] == "scorecard.published"


def test_a_published_version_never_changes_even_before_it_judged_a_call(database: Database) -> None:
    with database.session() as session:
        body = begin_draft(session, "cold-call", None).body
        save_draft(session, "cold-call", heavier(body), 1, None)
        made = publish_draft(session, "cold-call", 2, "", None)
    other = made.source_text.replace("weight: 50", "weight: 51")
    assert other != made.source_text
    with database.session() as session, pytest.raises(VersionTaken):
        import_standard(session, other, "other.yaml")
    with database.session() as session:
        begin_draft(session, "cold-call", None)
        save_draft(session, "cold-call", heavier(body, 60), 1, None)
        again = publish_draft(session, "cold-call", 2, "", None)
    assert again.version == made.version + 1
    with database.read() as session:
        text = session.scalar(
            select(StandardVersion.text).where(
                StandardVersion.name == "cold-call", StandardVersion.version == made.version
            )
        )
    assert text == made.source_text


def test_what_is_not_ready_or_not_new_is_not_published_and_kept(database: Database) -> None:
    with database.session() as session:
        body = begin_draft(session, "cold-call", None).body
        with pytest.raises(NothingChanged):
            publish_draft(session, "cold-call", 1, "", None)
        zero = deepcopy(dict(body))
        for section in zero["sections"]:
            section["weight"] = 0
        zero["sections"][0]["criteria"].append(deepcopy(zero["sections"][0]["criteria"][0]))
        save_draft(session, "cold-call", zero, 1, None)
        with pytest.raises(NotReady) as caught:
            publish_draft(session, "cold-call", 2, "", None)
        assert "used twice" in caught.value.faults[0].problem
        assert find_draft(session, "cold-call") is not None
        with pytest.raises(DraftMoved):
            discard_draft(session, "cold-call", 1, None)
        discard_draft(session, "cold-call", 2, None)
        with pytest.raises(NoDraft):
            discard_draft(session, "cold-call", 2, None)


def test_faults_are_told_at_their_fields(database: Database) -> None:
    body = body_of(SHIPPED)
    body["sections"][0]["criteria"][0]["weight"] = "many"
    body["sections"][1]["criteria"][0]["question"] = {"ru": "Только по-русски?"}
    paths = [fault.path for fault in faults_of("cold-call", body)]
    assert paths == [("sections", 0, "criteria", 0, "weight"), ("sections", 1, "criteria", 0, "question")]
    zero = body_of(SHIPPED)
    for section in zero["sections"]:
        section["weight"] = 0
    assert ["all weights are zero" in fault.problem for fault in faults_of("cold-call", zero)] == [True]


@pytest.mark.parametrize("sent", [None, [], "text", {"title": {"en": object()}}, {"title": float("inf")}])
def test_what_is_no_draft_is_refused(sent: object) -> None:
    with pytest.raises(BadBody):
        tidy(sent)


def test_a_body_is_tidied_and_html_stays_text(database: Database) -> None:
    body = tidy({"title": {"en": " <b>Bold</b>\x00\x07 ", "ru": ""}, "sections": [], "more": 1, "description": {}})
    assert body == {"title": {"en": "<b>Bold</b>"}, "sections": []}
    deep: Any = "x"
    for _ in range(40):
        deep = [deep]
    with pytest.raises(BadBody):
        tidy({"title": deep})


def test_five_hundred_criteria_are_saved_checked_and_published(database: Database) -> None:
    body = body_of(SHIPPED)
    one = body["sections"][0]["criteria"][0]
    body["sections"][0]["criteria"] = [{**deepcopy(one), "id": f"c{n}"} for n in range(500)]
    with database.session() as session:
        begin_draft(session, "cold-call", None)
        save_draft(session, "cold-call", body, 1, None)
        assert faults_of("cold-call", body) == ()
        made = publish_draft(session, "cold-call", 2, "", None)
    assert len(made.sections[0].criteria) == 500


def test_a_copy_has_a_name_of_its_own_and_is_no_choice_until_published(database: Database) -> None:
    with database.session() as session:
        copy_draft(session, "cold-call-north", "cold-call", None)
        for name, taken in (("Cold Call", False), ("cold-call", True), ("cold-call-north", True), ("../x", False)):
            with pytest.raises(BadName) as caught:
                copy_draft(session, name, "cold-call", None)
            assert caught.value.taken is taken
        with pytest.raises(StandardNotFound):
            copy_draft(session, "other", "nothing", None)
        rows = {row.name: row for row in list_scorecards(session, None)}
        assert rows["cold-call-north"].version is None
        assert rows["cold-call-north"].has_draft
        assert "cold-call-north" not in {choice.name for choice in list_choices(session)}
        assert publish_draft(session, "cold-call-north", 1, "", None).version == 1
        assert "cold-call-north" in {choice.name for choice in list_choices(session)}


def test_a_file_becomes_a_draft_and_never_overwrites_one(database: Database) -> None:
    text = SHIPPED.source_text.replace("weight: 6", "weight: 7", 1)
    with database.session() as session:
        draft = import_draft(session, text, None)
        assert (draft.name, draft.base_version) == ("cold-call", SHIPPED.version)
        with pytest.raises(DraftMoved):
            import_draft(session, text, None)
        with pytest.raises(DraftMoved):
            import_draft(session, SHIPPED.source_text, None, into="cold-call", revision=7)
        assert import_draft(session, SHIPPED.source_text, None, into="cold-call", revision=1).revision == 2
        with pytest.raises(StandardInvalid):
            import_draft(session, "name: [", None)


def test_a_default_is_put_away_only_with_a_stand_in(database: Database) -> None:
    with database.session() as session:
        make_source(session, "crm")
        source = session.scalar(select(Source).where(Source.name == "crm"))
        assert source is not None
        source.standard, source.queue_standards = "closing", {"north": "closing", "south": "win-back"}
        session.flush()
        with pytest.raises(StillInUse) as caught:
            archive(session, "closing", None, installed=None)
        assert [(use.source, use.queue) for use in caught.value.uses] == [("crm", None), ("crm", "north")]
        with pytest.raises(StillInUse):
            archive(session, "closing", None, installed=None, instead="closing")
        with pytest.raises(StillInUse):
            archive(session, "cold-call", None, installed=None, instead="closing")  # what the installation judges by
        archive(session, "closing", None, installed=None, instead="inbound-lead")
        assert (source.standard, source.queue_standards) == (
            "inbound-lead",
            {"north": "inbound-lead", "south": "win-back"},
        )
        assert "closing" not in {choice.name for choice in list_choices(session)}
        assert "closing" in {choice.name for choice in list_choices(session, archived=True)}
        assert find_standard(session, "closing").name == "closing"  # what was judged by it goes on
        assert {row.name: row.archived for row in list_scorecards(session, None)}["closing"]
        assert unarchive(session, "closing", None)
        assert not unarchive(session, "closing", None)
        assert "closing" in {choice.name for choice in list_choices(session)}
    assert events(database) == ["source.changed", "scorecard.archived", "scorecard.unarchived"]


def test_the_list_counts_what_was_scored_lately(database: Database) -> None:
    scored_call(database)
    scored_call(database, source="two")
    with database.read() as session:
        rows = {row.name: row for row in list_scorecards(session, None)}
        assert (rows["cold-call"].recent, rows["closing"].recent) == (2, 0)
        assert rows["cold-call"].uses[0].source is None
        assert read_history(session, "cold-call")[0].calls == 2


def test_a_comparison_names_what_was_added_removed_and_changed() -> None:
    body = body_of(SHIPPED)
    first = body["sections"][0]["criteria"]
    gone = first.pop(1)
    first[0]["weight"] = 50
    first[0]["question"]["ru"] = "Поздоровался?"
    first[0]["options"][0]["points"] = -1
    first.append({**deepcopy(gone), "id": "new-one"})
    from review.scorecards.bodies import standard_of

    found = compare_standards(SHIPPED, standard_of("cold-call", 9, body), "en")
    assert {(item.id, item.change) for item in found.criteria} == {
        (first[0]["id"], "changed"),
        (gone["id"], "removed"),
        ("new-one", "added"),
    }
    changed = next(item for item in found.criteria if item.change == "changed")
    assert {(part.part, part.language) for part in changed.parts} == {
        ("question", "ru"),
        ("weight", None),
        ("points", None),
    }
    assert changed.share_after is not None
    assert changed.share_before is not None
    assert changed.share_after > changed.share_before
    assert sum(shares(SHIPPED).values()) == pytest.approx(100)
    assert not compare_standards(SHIPPED, SHIPPED, "en").any
