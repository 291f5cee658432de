"""Handing one mail over: to an SMTP server within bounded time, or to a file in a folder."""

from __future__ import annotations

import contextlib
import os
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from pathlib import Path
from types import TracebackType
from typing import Final, Literal, Protocol

from review.notices.server import MailServer
from review.settings import make_private_folder

ANSWER_SECONDS: Final = 20.0  # for each answer of the server
MAIL_SECONDS: Final = 60.0  # for one whole mail, so that a server that drips does not hold the others up
REJECTED_FOR_GOOD: Final = range(500, 600)
NOT_THE_ADDRESS: Final = frozenset({530, 534, 535, 538})  # sign-in is wanted: the server's trouble (RFC 4954)
POLICY: Final = "5.7."  # a rule of the server's, not the mailbox: relaying, a list of bad senders (RFC 3463, 3.8)

Scope = Literal["server", "letter", "address"]


class TransportError(Exception):
    """A mail was not handed over.

    `scope` says what is wrong: the server (no mail goes out now), this letter, or its address. A permanent one is not
    tried again. The message is the server's own, without names and passwords.
    """

    def __init__(self, message: str, scope: Scope, *, permanent: bool = False) -> None:
        super().__init__(message)
        self.scope: Scope = scope
        self.permanent = permanent
        self.address = ""  # whom it was for, once the sender has said so


class Transport(Protocol):
    """Where mails go. Used as a context: opened once for a round of mails."""

    def __enter__(self) -> Transport: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def check(self) -> None:
        """Make sure that a mail can be handed over now. Raises TransportError (server)."""

    def send(self, message: EmailMessage, to: str, name: str) -> None:
        """Hand one mail over. `name` is the letter's own, the same on every try. Raises TransportError."""


def open_transport(server: MailServer) -> Transport:
    """The transport the settings name."""
    return FileTransport(server.folder) if server.folder is not None else SmtpTransport(server)


class FileTransport:
    """Writes every mail as an `.eml` file that mail programs open; a second try writes the same file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> FileTransport:
        return self

    def __exit__(self, *_ended: object) -> None:
        return None

    def check(self) -> None:
        """The folder is there or can be made."""
        try:
            make_private_folder(self.folder)
        except OSError as error:
            raise TransportError(f"the folder for mails cannot be made: {error.strerror}", "server") from error

    def send(self, message: EmailMessage, to: str, name: str) -> None:
        """Whole or not at all."""
        path = self.folder / f"{name}.eml"
        half = path.with_suffix(".half")
        try:
            half.write_bytes(message.as_bytes(policy=SMTP))
            half.replace(path)
        except (UnicodeError, ValueError) as error:
            raise TransportError(f"the mail cannot be written: {error}", "letter", permanent=True) from error
        except OSError as error:
            half.unlink(missing_ok=True)
            raise TransportError(f"the mail cannot be kept: {os.strerror(error.errno or 0)}", "server") from error


class SmtpTransport:
    """One SMTP session for a round of mails, opened when the first is sent and again after a loss."""

    def __init__(
        self,
        server: MailServer,
        *,
        answer_seconds: float = ANSWER_SECONDS,
        mail_seconds: float = MAIL_SECONDS,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self.server = server
        self.answer_seconds = answer_seconds
        self.mail_seconds = mail_seconds
        self._context = context
        self._session: smtplib.SMTP | None = None

    def __enter__(self) -> SmtpTransport:
        return self

    def __exit__(self, *_ended: object) -> None:
        session, self._session = self._session, None
        if session is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                session.quit()

    def check(self) -> None:
        """A session is open and the server answers in it."""
        if self._session is not None and self._answers(self._session):
            return
        self._drop()
        session: smtplib.SMTP | None = None
        try:
            session = self._connect()
            if self.server.user:
                session.login(self.server.user, self.server.password)
        except smtplib.SMTPAuthenticationError as error:
            _close(session)
            raise TransportError(f"the mail server refuses the sign-in ({error.smtp_code})", "server") from error
        except (OSError, smtplib.SMTPException, ValueError) as error:
            _close(session)
            raise TransportError(f"the mail server cannot be used: {_reason(error)}", "server") from error
        self._session = session

    def send(self, message: EmailMessage, to: str, name: str) -> None:
        """Hand one mail over within `mail_seconds`."""
        self.check()
        session = self._session
        if session is None:
            raise TransportError("the mail server closed the session", "server")
        with _limited(session, self.mail_seconds):
            try:
                session.send_message(message, parseaddr(self.server.sender)[1], [to])
            except smtplib.SMTPRecipientsRefused as error:
                code, said = next(iter(error.recipients.values()), (450, b""))
                raise _refusal(code, said, "address") from error
            except smtplib.SMTPSenderRefused as error:
                raise TransportError(f"the mail server refuses our address: {_said(error)}", "server") from error
            except smtplib.SMTPDataError as error:
                raise _refusal(error.smtp_code, error.smtp_error, "letter") from error
            except smtplib.SMTPNotSupportedError as error:
                raise TransportError("the mail server takes no such address", "address", permanent=True) from error
            except (UnicodeError, ValueError) as error:
                raise TransportError(f"the mail cannot be written: {error}", "letter", permanent=True) from error
            except (OSError, smtplib.SMTPException) as error:
                # Lost in the middle: perhaps this mail is what the server chokes on, so the others go first.
                self._drop()
                raise TransportError(f"the session broke off: {_reason(error)}", "letter") from error

    def _connect(self) -> smtplib.SMTP:
        server, seconds = self.server, self.answer_seconds
        # Named here: the library would ask the domain name system who we are, which may take longer than the mail.
        own = socket.gethostname()
        own = own if "." in own else server.domain
        if server.tls == "tls":
            return smtplib.SMTP_SSL(server.host, server.port, own, timeout=seconds, context=self._tls())
        session = smtplib.SMTP(server.host, server.port, own, timeout=seconds)
        if server.tls == "starttls":
            try:
                session.starttls(context=self._tls())
            except BaseException:
                session.close()
                raise
        return session

    def _tls(self) -> ssl.SSLContext:
        self._context = self._context or ssl.create_default_context()
        return self._context

    def _answers(self, session: smtplib.SMTP) -> bool:
        try:
            return session.rset()[0] == 250
        except (OSError, smtplib.SMTPException):
            return False

    def _drop(self) -> None:
        session, self._session = self._session, None
        _close(session)


@contextlib.contextmanager
def _limited(session: smtplib.SMTP, seconds: float) -> Iterator[None]:
    """Break the session's connection after `seconds`: each answer may come in time and the whole never end."""

    def break_off() -> None:
        if isinstance(session.sock, socket.socket):
            with contextlib.suppress(OSError):
                session.sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, break_off)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _close(session: smtplib.SMTP | None) -> None:
    if session is not None:
        with contextlib.suppress(OSError):
            session.close()


def _refusal(code: int, said: bytes | str, scope: Scope) -> TransportError:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    message = f"{code} {' '.join(text.split())[:200]}".strip()
    if code in NOT_THE_ADDRESS:
        return TransportError(message, "server")
    if scope == "address" and text.lstrip().startswith(POLICY):
        return TransportError(message, "letter")  # perhaps nobody's mail is taken today: no reason to mark the address
    return TransportError(message, scope, permanent=code in REJECTED_FOR_GOOD)


def _said(error: smtplib.SMTPResponseException) -> str:
    text = error.smtp_error
    return f"{error.smtp_code} {text.decode('utf-8', 'replace') if isinstance(text, bytes) else text}"[:200]


def _reason(error: Exception) -> str:
    """Why, without what was sent."""
    if isinstance(error, smtplib.SMTPResponseException):
        return _said(error)
    if isinstance(error, TimeoutError) or "timed out" in str(error):
        return "no answer in time"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {error.verify_message}"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error)[:200] or type(error).__name__
