"""What tests about mail share: a server of files, a writer of plain words, and a transport that says what it got."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage

from sqlalchemy import select

from review.comments.notices import notify
from review.db import Database
from review.models import Letter, Notification
from review.notices.contents import Content
from review.notices.leases import Taken
from review.notices.message import Written
from review.notices.sending import Round, Sender
from review.notices.server import MailServer
from review.notices.transport import TransportError

SERVER = MailServer("Callcoach <calls@example.com>", host="mail.example.com", port=25, tls="none")


def write(letter: Taken, content: Content) -> Written:
    """Plain words: the kinds told."""
    kinds = [notice.kind for notice in content.notices]
    return Written(f"{letter.kind} {len(kinds)}", " ".join(kinds) or letter.kind, f"<p>{' '.join(kinds)}</p>")


class Post:
    """A transport that keeps what it was given; `fault` may raise instead, once for each mail."""

    def __init__(self, fault: Callable[[str], TransportError | None] = lambda _to: None) -> None:
        self.got: list[tuple[str, EmailMessage]] = []
        self.fault = fault
        self.away = ""
        self.checks = 0

    @contextmanager
    def opened(self, _server: MailServer) -> Iterator[Post]:
        """What a Sender opens."""
        yield self

    def check(self) -> None:
        self.checks += 1
        if self.away:
            raise TransportError(self.away, "server")

    def send(self, message: EmailMessage, to: str, name: str) -> None:
        fault = self.fault(to)
        if fault is not None:
            raise fault
        self.got.append((to, message))

    def subjects(self) -> list[str]:
        return [str(message["Subject"]) for _to, message in self.got]


def send(database: Database, post: Post) -> Round:
    """One round of sending."""
    return Sender(database, SERVER, write, post.opened).send_due()  # type: ignore[arg-type]  # Post is what is opened


def tell(database: Database, user_id: int, kind: str, **body: object) -> int:
    """A notification for somebody."""
    with database.session() as session:
        return notify(session, user_id, kind, body=dict(body))


def letters(database: Database) -> list[Letter]:
    with database.read() as session:
        return list(session.scalars(select(Letter).order_by(Letter.id)))


def waiting(database: Database) -> list[Notification]:
    """The notifications that wait for their mail."""
    with database.read() as session:
        return list(
            session.scalars(select(Notification).where(Notification.mail_at.is_not(None)).order_by(Notification.id))
        )
