"""What was disputed in words before there were disputes is one, open and with a deadline."""

from __future__ import annotations

from sqlalchemy import select

from review.db import Database
from review.migrations import run
from review.models import Dispute, DisputeItem, Evaluation, User, utc_now
from tests.factories import make_call, make_rep, make_user


def test_disputed_evaluations_are_disputes_of_the_whole(empty_database: Database) -> None:
    run.upgrade(empty_database)
    with empty_database.session() as session:
        person, scorer = make_user(session, "rep", name="Rita"), make_user(session, "reviewer", name="Vera")
        rep = make_rep(session, "Rita", user_id=person.id)
        for state in ("disputed", "shown"):
            session.add(
                Evaluation(
                    call_id=make_call(session, rep_id=rep.id).id,
                    standard="cold-call",
                    version=1,
                    user_id=scorer.id,
                    reviewer="Vera",
                    saved_by="Vera",
                    state=state,
                    dispute="I said it twice." if state == "disputed" else "",
                    answered_at=utc_now(),
                )
            )
    run.downgrade(empty_database, "0024")
    run.upgrade(empty_database)
    with empty_database.session() as session:
        (dispute,) = session.scalars(select(Dispute)).all()
        (item,) = session.scalars(select(DisputeItem)).all()
        assert (dispute.state, dispute.raised_name, dispute.raised_as) == ("first", "Rita", "rep")
        assert dispute.raised_by == session.scalar(select(User.id).where(User.name == "Rita"))
        assert dispute.due_at is not None
        assert (item.dispute_id, item.criterion, item.comment) == (dispute.id, "", "I said it twice.")
