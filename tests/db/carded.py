"""What the tests of the client card share: a small company, and calls that promise and tell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from review.client_card.keeping import keep_said
from review.models import Call, Client, CrmEmail, CrmNote, User
from review.queries.client_timeline import list_timeline
from review.queries.viewer import Viewer, load_viewer
from tests.factories import make_call, make_client, make_deal, make_rep, make_team, make_user

TUESDAY = datetime(2026, 11, 17, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Shop:
    """A rep with a sign-in, a colleague of another team, the rep's manager, a quality lead; two clients."""

    rep: User
    manager: User
    lead: User
    outsider: User
    rep_id: int
    other_rep_id: int
    client: Client
    stranger: Client


def open_shop(session: Session) -> Shop:
    """Everybody and their clients; the stranger has only a call of the other team."""
    manager = make_user(session, "manager", name="Helen Ford")
    rep = make_user(session, "rep", name="Daniel Miller")
    team = make_team(session, managers=[manager])
    mine = make_rep(session, "Daniel Miller", team=team, user_id=rep.id)
    other = make_rep(session, "Olga Other", team=make_team(session))
    client = make_client(session, "Marta Lindqvist", company="Nordhem", phones=["+4930901820"])
    stranger = make_client(session, "Сергей Павлов", company="Логистика Восток", phones=["+79123456789"])
    make_deal(session, client, rep_id=mine.id)
    make_call(session, client_id=stranger.id, rep_id=other.id)
    return Shop(
        rep,
        manager,
        make_user(session, "quality_lead", name="Martin Hale"),
        make_user(session, "external_reviewer"),
        mine.id,
        other.id,
        client,
        stranger,
    )


def viewer_of(session: Session, user: User) -> Viewer:
    """The person as queries see them."""
    found = load_viewer(session, user.id)
    assert found is not None
    return found


def said(quote: str, at: float = 10.0, **more: Any) -> dict[str, Any]:
    """A promise or fact of an assessment."""
    return {"quote": quote, "start": at, "end": at + 2.0, "turn": 3, "role": "rep", "source": "rule", **more}


def promise(what: str = "send_offer", due: date | None = None, by: str = "rep", **more: Any) -> dict[str, Any]:
    """A promise of an assessment."""
    return said("I will send it", by=by, what=what, due=due.isoformat() if due else None, **more)


def call_saying(
    session: Session, client: Client, rep_id: int, *, at: datetime = TUESDAY, promises: Any = (), facts: Any = ()
) -> Call:
    """A scored call of five minutes in which this was promised and told."""
    call = make_call(
        session,
        client_id=client.id,
        rep_id=rep_id,
        direction="outbound",
        started_at=at,
        duration=300.0,
        state="scored",
        score_final=61.0,
    )
    keep_said(session, call.id, {"promises": list(promises), "facts_found": list(facts)})
    return call


def add_email(session: Session, client: Client, at: datetime, subject: str = "Our offer", **more: Any) -> CrmEmail:
    """An e-mail the CRM tells of, to the client."""
    mail = CrmEmail(client_id=client.id, at=at, subject=subject, **more)
    session.add(mail)
    session.flush()
    return mail


def add_note(session: Session, client: Client, at: datetime, body: str) -> CrmNote:
    """A note of the CRM."""
    note = CrmNote(client_id=client.id, at=at, body=body, author="Peter")
    session.add(note)
    session.flush()
    return note


def kinds_of(session: Session, viewer: Viewer, shop: Shop, kind: str | None = None, limit: int = 100) -> list[str]:
    """The kinds of the client's moments, over all pages of this length."""
    found: list[str] = []
    after = None
    while True:
        page = list_timeline(session, viewer, shop.client.id, kind=kind, after=after, limit=limit)
        found += [item.kind for item in page.items]
        after = page.next
        if after is None:
            return found
