"""An installation whose reviewers have judged some hundred synthetic calls: what tests of learning start from."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from review.bodies import pack_body
from review.db import Database
from review.models import Call, StandardVersion, StoredAssessment, StoredTranscript, User, Verdict
from scoring.engine import score
from tests import factories
from tests.unit.scoring.learning.telling import STANDARD, make_call, standard

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
KINDS = ("known", "unknown", "none", "none")


@dataclass(frozen=True)
class Reviewed:
    """The calls by id with the truth about each, and the people."""

    truth: dict[int, str]
    machine: dict[int, str]
    reviewers: tuple[User, ...]


def review_calls(
    database: Database, calls: int = 160, *, reps: int = 7, judged: int | None = None, seed: int = 0
) -> Reviewed:
    """`calls` scored calls, an hour apart up to NOW; `judged` of them (all) with a verdict, every third by lot.

    A quarter sums up in words the rules know, a quarter in words they do not, half do not sum up.
    """
    lot = random.Random(seed)
    by_rules = standard()
    with database.session() as session:
        if session.get(StandardVersion, ("sums-up", 1)) is None:
            session.add(StandardVersion(name="sums-up", version=1, text=STANDARD))
        factories.make_source(session, "pbx")
        people = tuple(factories.make_user(session, "reviewer") for _ in range(2))
        names = [factories.make_rep(session).id for _ in range(reps)]
        truth: dict[int, str] = {}
        machine: dict[int, str] = {}
        for number in range(calls):
            made = make_call(lot, KINDS[number % 4])
            data = score(made.transcript, by_rules).to_json()
            at = NOW - timedelta(hours=calls - number)
            call = Call(
                source="pbx",
                external_id=f"synthetic-{seed}-{number}",
                started_at=at,
                happened_at=at,
                rep_id=names[number % reps],
                state="scored",
                language="en",
                duration=60.0,
            )
            session.add(call)
            session.flush()
            words = StoredTranscript(
                call_id=call.id, number=1, language="en", quality={}, body=pack_body(made.transcript.to_json())
            )
            session.add(words)
            session.flush()
            stored = StoredAssessment(
                call_id=call.id,
                transcript_id=words.id,
                standard="sums-up",
                version=1,
                final=data["score"]["final"],
                state="scored",
                body=pack_body(data),
            )
            session.add(stored)
            session.flush()
            call.assessment_id = stored.id
            truth[call.id], machine[call.id] = made.answer, data["criteria"][0]["answer"]
            if judged is None or number < judged:
                session.add(
                    verdict(
                        call.id,
                        stored.id,
                        machine[call.id],
                        made.answer,
                        people[0],
                        turn=made.turn,
                        by_lot=number % 3 == 0,
                        at=at + timedelta(minutes=20),
                    )
                )
        session.flush()
    return Reviewed(truth, machine, people)


def verdict(
    call_id: int,
    assessment_id: int | None,
    machine: str,
    answer: str,
    user: User,
    *,
    turn: int | None = None,
    by_lot: bool = False,
    at: datetime = NOW,
) -> Verdict:
    """One reviewer's verdict on the criterion."""
    return Verdict(
        call_id=call_id,
        assessment_id=assessment_id,
        transcript_id=None,
        standard="sums-up",
        version=1,
        kind="criterion",
        target="recap",
        machine=machine,
        answer=answer,
        confirmed=machine == answer,
        span=None if turn is None else {"turn": turn, "start": turn * 5.0, "end": turn * 5.0 + 4.0, "quote": "x"},
        user_id=user.id,
        reviewer=user.email,
        drawn_by="random" if by_lot else "chosen",
        packs={"en": "1"},
        models={},
        created_at=at,
    )
