"""An installation whose reviewer has judged closed leads: some ended softly and were lost too soon, some firmly."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from review.bodies import pack_body
from review.db import Database
from review.models import Call, StoredAssessment, StoredTranscript, Verdict
from scoring.engine import score
from scoring.facts import Facts
from scoring.standards import load_standard
from tests import factories
from tests.db.learned import NOW
from tests.unit.scoring.calls import call
from transcription.transcript import Transcript

CLOSED = Facts(disposition="closed_lost")
REVIEWER = "closings@example.com"

# Half of the endings of each kind say nothing to the rules: what is learned is learned from the verdicts.
_SOFT = (
    "Call me back in March, please.",
    "I need to think about it.",
    "The budget round is in spring, then we may see.",
    "My partner is travelling, he knows the numbers.",
)
_HARD = (
    "No, we are not interested at all.",
    "We don't need anything like that.",
    "We signed with the people next door for five years.",
    "The branch is closing down this summer.",
)


def lead_call(lot: random.Random, *, wrong: bool) -> Transcript:
    """A short call that ends softly (closed wrongly) or firmly."""
    client = lot.choice(_SOFT if wrong else _HARD)
    return call(
        f"R: Good morning, this is Nadia from Clearwater. I call about coolers, offer {lot.randrange(90)}.\n"
        f"C: Yes, hello.\nR: What do you use at the moment?\nC: Bottles, about {lot.randrange(2, 9)} a week.\n"
        f"R: Ours costs forty nine euros a month.\nC: {client}\nR: All right.\nC: Bye.\nR: Bye."
    )


def review_leads(database: Database, calls: int = 160, *, reps: int = 7) -> list[int]:
    """`calls` scored calls of closed leads, an hour apart up to NOW, every other one closed wrongly; their ids."""
    lot = random.Random(5)
    standard = load_standard("cold-call")
    found = []
    with database.session() as session:
        factories.make_source(session, "pbx")
        names = [factories.make_rep(session).id for _ in range(reps)]
        for number in range(calls):
            wrong = number % 2 == 0
            transcript = lead_call(lot, wrong=wrong)
            at = NOW - timedelta(hours=calls - number)
            row = Call(
                source="pbx",
                external_id=f"lead-{number}",
                started_at=at,
                happened_at=at,
                rep_id=names[number % reps],
                state="scored",
                language="en",
                duration=60.0,
                disposition="closed_lost",
            )
            session.add(row)
            session.flush()
            words = StoredTranscript(
                call_id=row.id, number=1, language="en", quality={}, body=pack_body(transcript.to_json())
            )
            session.add(words)
            session.flush()
            data = score(transcript, standard, CLOSED).to_json()
            stored = StoredAssessment(
                call_id=row.id,
                transcript_id=words.id,
                standard="cold-call",
                version=data["version"],
                final=data["score"]["final"],
                state="scored",
                body=pack_body(data),
            )
            session.add(stored)
            session.flush()
            row.assessment_id = stored.id
            session.add(verdict_on(row.id, "wrong" if wrong else "right", at=at + timedelta(minutes=20)))
            found.append(row.id)
    return found


def verdict_on(call_id: int, answer: str, *, at: datetime) -> Verdict:
    """The reviewer's verdict on a closing."""
    return Verdict(
        call_id=call_id,
        assessment_id=None,
        transcript_id=None,
        standard="cold-call",
        version=1,
        kind="rejection",
        target="rejection",
        machine="right",
        answer=answer,
        confirmed=answer == "right",
        span=None,
        user_id=None,
        reviewer=REVIEWER,
        drawn_by="chosen",
        packs={"en": "1"},
        models={},
        created_at=at,
    )
