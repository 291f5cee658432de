"""An installation's own standards: imported, used for scoring, and fixed once a call was judged by them."""

from __future__ import annotations

import pytest

from review.db import Database
from review.models import AuditEvent, Source, StoredAssessment
from review.services.standards import (
    NoSuchVersion,
    VersionTaken,
    find_standard,
    import_standard,
    is_used,
    list_choices,
)
from review.services.steps import load_for_score, store_assessment, store_transcript
from review.states import claim_call
from scoring.engine import score
from scoring.standards import StandardInvalid, StandardNotFound, load_standard
from tests.factories import make_call, make_transcript, store_words
from tests.unit.scoring.test_scripts import SMALL

SHIPPED = load_standard("cold-call")
OWN = SHIPPED.source_text.replace("en: Cold call,", "en: Our cold call,", 1)
RAISED = OWN.replace(f"version: {SHIPPED.version}", f"version: {SHIPPED.version + 1}", 1)


def test_what_ships_is_there_without_any_row(database: Database) -> None:
    with database.read() as session:
        assert find_standard(session) is load_standard("cold-call")
        choices = {choice.name: choice for choice in list_choices(session)}
        assert choices["win-back"].origin == "ships"
        with pytest.raises(StandardNotFound, match="closing"):
            find_standard(session, "nothing")
        with pytest.raises(NoSuchVersion):
            find_standard(session, "cold-call", 99)


def test_an_imported_standard_is_used_and_listed(database: Database) -> None:
    with database.session() as session:
        imported = import_standard(session, SMALL, "small.yaml", by=None)
        assert (imported.new, imported.in_use) == (True, 1)
        again = import_standard(session, SMALL, "small.yaml")
        assert not again.new
    with database.session() as session:
        assert find_standard(session, "small").source_text == SMALL
        assert find_standard(session, "small", 1).name == "small"
        assert {choice.name: choice.origin for choice in list_choices(session)}["small"] == "own"
        assert [event.action for event in session.query(AuditEvent)] == ["standard.imported"]
        with pytest.raises(NoSuchVersion):
            find_standard(session, "small", 2)


def test_a_shipped_version_cannot_be_imported_with_other_text_and_a_raised_one_replaces_it(database: Database) -> None:
    with database.session() as session, pytest.raises(VersionTaken, match=f"version: {SHIPPED.version + 1}"):
        import_standard(session, OWN, "ours.yaml")
    with database.session() as session:
        assert import_standard(session, RAISED, "ours.yaml").in_use == SHIPPED.version + 1
        assert find_standard(session, "cold-call").describe("en").title == "Our cold call"
        assert find_standard(session, "cold-call", SHIPPED.version).describe("en").title == "Cold call"


def test_a_used_version_is_fixed_an_unused_one_is_not(database: Database) -> None:
    changed = SMALL.replace("weight: 2", "weight: 3")
    with database.session() as session:
        import_standard(session, SMALL, "small.yaml")
        assert import_standard(session, changed, "small.yaml").new
        assert find_standard(session, "small").sections[0].criteria[0].weight == 3
    call_id = _judged(database, "small")
    with database.session() as session:
        row = session.query(StoredAssessment).filter_by(call_id=call_id).one()
        assert (row.standard, row.version) == ("small", 1)
        assert is_used(session, "small", 1)
        with pytest.raises(VersionTaken, match="version: 2") as caught:
            import_standard(session, SMALL, "small.yaml")
        assert caught.value.free == 2
        assert not import_standard(session, "# a comment of ours\n" + changed, "small.yaml").new
        assert import_standard(session, SMALL.replace("version: 1", "version: 2"), "small.yaml").in_use == 2


def test_a_broken_standard_and_an_unknown_group_are_refused_with_the_line(database: Database) -> None:
    with database.session() as session:
        with pytest.raises(StandardInvalid, match="line 2"):
            import_standard(session, SMALL.replace("version: 1", "version: 0"), "small.yaml")
        unknown = RAISED.replace("groups: [reason_for_call, permission]", "groups: [reasons_for_call]")
        with pytest.raises(StandardInvalid, match="did you mean 'reason_for_call'"):
            import_standard(session, unknown, "ours.yaml")


def test_a_queue_may_have_a_standard_of_its_own(database: Database) -> None:
    with database.session() as session:
        calls = [make_call(session, queue=queue) for queue in ("service", "sales", None)]
        source = session.query(Source).filter_by(name=calls[0].source).one()
        source.standard, source.queue_standards = "closing", {"service": "service-upsell"}
        for call in calls:
            store_words(session, call)
        names = [load_for_score(session, call.id).standard for call in calls]
    assert names == ["service-upsell", "closing", "closing"]


def _judged(database: Database, standard: str) -> int:
    with database.session() as session:
        call = make_call(session)
        session.query(Source).filter_by(name=call.source).one().standard = standard
        call_id = call.id
        claim = claim_call(session, call_id, "transcribe")
        assert claim is not None
        assert store_transcript(session, claim, make_transcript(("rep", "Good morning, I am Anna.")), None) is not None
    with database.session() as session:
        claim = claim_call(session, call_id, "score")
        assert claim is not None
        work = load_for_score(session, call_id)
        assert (work.standard, work.judge_by.version) == (standard, 1)
        made = score(work.transcript, work.judge_by, work.facts)
        assert store_assessment(session, claim, made, work.judge_by.source_text) is not None
    return call_id
