"""A scorecard changes while somebody fills it in: put away or published anew, the evaluation goes on as begun."""

from __future__ import annotations

from copy import deepcopy

from sqlalchemy import select

from review.db import Database
from review.evaluations import open_evaluation, submit
from review.models import Evaluation
from review.queries.viewer import load_viewer
from review.scorecards.archiving import archive
from review.scorecards.drafts import begin_draft, save_draft
from review.scorecards.publishing import publish_draft
from review.services.standards import find_standard, import_standard
from scoring.standards import load_standard
from tests.db.rescoring import GREETS, scored_call
from tests.factories import make_source, make_user


def test_an_evaluation_in_work_is_finished_on_the_version_it_was_begun_with(database: Database) -> None:
    ours = load_standard("cold-call").source_text.replace("name: cold-call", "name: ours", 1)
    with database.session() as session:
        version = import_standard(session, ours, "ours.yaml").standard.version
        make_source(session, standard="ours")
    call = scored_call(database, *GREETS)
    with database.session() as session:
        viewer = load_viewer(session, make_user(session, "reviewer").id)
        assert viewer is not None
        draft = open_evaluation(session, call, viewer)
        assert (draft.standard, draft.version) == ("ours", version)
    with database.session() as session:
        body = deepcopy(dict(begin_draft(session, "ours", None).body))
        body["sections"][0]["criteria"] = body["sections"][0]["criteria"][1:]
        save_draft(session, "ours", body, 1, None)
        publish_draft(session, "ours", 2, "The greeting is asked no more", None)
        archive(session, "ours", None, installed=None, instead="cold-call")
        assert find_standard(session, "ours").version == version + 1
    with database.session() as session:
        answers = {"greeting": {"answer": "0", "reason": "No name was said."}}
        submit(session, call, draft.id, viewer, revision=draft.revision, answers=answers)
    with database.session() as session:
        kept = session.scalars(select(Evaluation)).one()
        assert (kept.state != "draft", kept.standard, kept.version) == (True, "ours", version)
        assert kept.answers["greeting"]["answer"] == "0"
