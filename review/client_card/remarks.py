"""Comments on a client: written, changed and taken back, with people named in them told."""

from __future__ import annotations

from sqlalchemy import exists, literal, select, union_all
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from review.client_card.refusals import NoSuchClient
from review.comments.notices import notify
from review.comments.people import ASKED_AT_ONCE, find_mentions, list_viewers
from review.comments.refusals import Gone, MayNotSee, NotYours, read_text
from review.models import Client, ClientComment, utc_now
from review.queries.client import may_see_client
from review.queries.viewer import Viewer
from review.queries.visibility import visible_clients
from review.services.audit import record

MOST_CHARACTERS = 10_000


def add_remark(session: Session, viewer: Viewer, client_id: int, body: str, *, token: str | None = None) -> int:
    """Write a comment on a client; its id. The same `token` again gives the same comment.

    Raises NoSuchClient, Empty, TooLong and MayNotSee (somebody named with @ may not see this client).
    """
    _check(session, viewer, client_id)
    if token and (known := _by_token(session, viewer, token)) is not None:
        return known
    text = read_text("comment", body, MOST_CHARACTERS)
    mentioned = _mentioned(session, text, client_id)
    remark = ClientComment(
        client_id=client_id,
        user_id=viewer.user_id,
        author=viewer.name,
        body=text,
        mentions=[str(one.user_id) for one in mentioned],
        token=token or None,
    )
    try:
        with session.begin_nested():
            session.add(remark)
    except IntegrityError:  # the same form was sent twice at once: the other one is being stored
        known = _by_token(session, viewer, token) if token else None
        if known is None:
            raise
        return known
    _tell(session, viewer, remark, {one.user_id for one in mentioned})
    return int(remark.id)


def edit_remark(session: Session, viewer: Viewer, client_id: int, remark_id: int, body: str) -> None:
    """Change one's own words; people named anew are told. Raises as `add_remark`, Gone and NotYours."""
    remark = _remark(session, viewer, client_id, remark_id)
    if remark.user_id != viewer.user_id:
        raise NotYours
    text = read_text("comment", body, MOST_CHARACTERS)
    if text == remark.body:
        return
    mentioned = _mentioned(session, text, client_id)
    before = set(remark.mentions)
    remark.body = text
    remark.mentions = [str(one.user_id) for one in mentioned]
    remark.edited_at = utc_now()
    session.flush()
    _tell(session, viewer, remark, {one.user_id for one in mentioned if str(one.user_id) not in before})


def delete_remark(session: Session, viewer: Viewer, client_id: int, remark_id: int) -> None:
    """Take a comment out of sight: one's own, or anybody's for a quality lead. Raises NoSuchClient, Gone, NotYours."""
    remark = _remark(session, viewer, client_id, remark_id)
    if remark.user_id != viewer.user_id and not viewer.has_role("quality_lead"):
        raise NotYours
    remark.deleted_at = utc_now()
    remark.deleted_by = viewer.name
    record(
        session, viewer.user_id, "client_comment.deleted", "client", client_id, comment=remark.id, author=remark.author
    )
    session.flush()


def viewers_of_client(session: Session, client_id: int) -> tuple[Viewer, ...]:
    """Those who may see the client, by the rule every query goes through."""
    everybody = list_viewers(session)
    seen: set[int] = set()
    for begin in range(0, len(everybody), ASKED_AT_ONCE):
        asked = [
            select(literal(one.user_id)).where(exists().where(Client.id == client_id, visible_clients(one)))
            for one in everybody[begin : begin + ASKED_AT_ONCE]
        ]
        seen.update(session.scalars(union_all(*asked)))
    return tuple(one for one in everybody if one.user_id in seen)


def _mentioned(session: Session, text: str, client_id: int) -> tuple[Viewer, ...]:
    """Whom the text names, each of whom may see the client. Raises MayNotSee."""
    if "@" not in text:
        return ()
    allowed = {one.user_id for one in viewers_of_client(session, client_id)}
    found: dict[int, Viewer] = {}
    barred: list[str] = []
    for namesakes in find_mentions(text, list_viewers(session)):
        seeing = [one for one in namesakes if one.user_id in allowed]
        if not seeing:
            barred.append(namesakes[0].name)
        for one in seeing:
            found[one.user_id] = one
    if barred:
        raise MayNotSee(tuple(barred), reviewers_only=False)
    return tuple(found.values())


def _tell(session: Session, viewer: Viewer, remark: ClientComment, user_ids: set[int]) -> None:
    for user_id in sorted(user_ids - {viewer.user_id}):
        notify(
            session,
            user_id,
            "mention",
            body={"by": viewer.name, "url": f"/clients/{remark.client_id}#remark{remark.id}"},
        )


def _remark(session: Session, viewer: Viewer, client_id: int, remark_id: int) -> ClientComment:
    _check(session, viewer, client_id)
    found = session.scalar(
        select(ClientComment).where(
            ClientComment.id == remark_id, ClientComment.client_id == client_id, ClientComment.deleted_at.is_(None)
        )
    )
    if found is None:
        raise Gone("comment")
    return found


def _by_token(session: Session, viewer: Viewer, token: str) -> int | None:
    return session.scalar(
        select(ClientComment.id).where(ClientComment.user_id == viewer.user_id, ClientComment.token == token)
    )


def _check(session: Session, viewer: Viewer, client_id: int) -> None:
    if not may_see_client(session, viewer, client_id):
        raise NoSuchClient(client_id)
