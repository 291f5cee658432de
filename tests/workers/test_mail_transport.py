"""Handing mails over to a real SMTP server: refused, away, slow, dripping, over TLS; and to files."""

from __future__ import annotations

import dataclasses
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from review.notices.message import Written, make_message
from review.notices.server import MailServer
from review.notices.transport import FileTransport, SmtpTransport, TransportError, open_transport
from tests.workers.mail_server import Box, make_certificate, smtp_server

NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
WORDS = Written("Привет, 안녕, 你好", "Здравствуйте\n" * 3, "<p>안녕하세요</p>", "https://example.com/stop/x")


def server_at(port: int, **more: object) -> MailServer:
    plain = MailServer("Callcoach <calls@example.com>", host="127.0.0.1", port=port, tls="none")
    return dataclasses.replace(plain, **more)  # type: ignore[arg-type]


def mail(to: str = "ivy@example.com") -> EmailMessage:
    return make_message(WORDS, server_at(1), to=to, name="Айви", message_id="abc", at=NOON)


def sent(transport: SmtpTransport, to: str = "ivy@example.com") -> None:
    with transport:
        transport.check()
        transport.send(mail(to), to, "1")


def test_words_of_four_languages_arrive_as_they_were_written() -> None:
    box = Box()
    with smtp_server(box) as port:
        sent(SmtpTransport(server_at(port)))
    (got,) = box.mails
    assert got["Subject"] == WORDS.subject
    assert got["To"] == "Айви <ivy@example.com>"
    assert got["Message-ID"] == "<abc@example.com>"
    assert got["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    plain, rich = got.get_body(("plain",)), got.get_body(("html",))
    assert plain
    assert rich
    assert plain.get_content().replace("\r\n", "\n") == WORDS.text
    assert rich.get_content().strip() == WORDS.html
    assert box.envelopes == [("calls@example.com", ["ivy@example.com"])]


def test_one_session_serves_several_mails_and_a_lost_one_is_opened_again() -> None:
    box = Box()
    with smtp_server(box) as port, SmtpTransport(server_at(port)) as transport:
        for _mail in range(3):
            transport.check()
            transport.send(mail(), "ivy@example.com", "1")
        session = transport._session
        assert session is not None
        session.close()
        transport.check()
        transport.send(mail(), "ivy@example.com", "1")
    assert len(box.mails) == 4


@pytest.mark.parametrize(
    ("answer", "permanent"), [("550 no such user", True), ("450 mailbox busy", False), ("452 mailbox full", False)]
)
def test_an_address_is_refused_for_good_or_for_now(answer: str, permanent: bool) -> None:
    with smtp_server(Box(refuse={"ivy@example.com": answer})) as port, pytest.raises(TransportError) as caught:
        sent(SmtpTransport(server_at(port)))
    assert (caught.value.scope, caught.value.permanent) == ("address", permanent)
    assert str(caught.value) == answer


def test_a_refusal_by_policy_says_nothing_of_the_address() -> None:
    box = Box(refuse={"ivy@example.com": "554 5.7.1 Relay access denied"})
    with smtp_server(box) as port, pytest.raises(TransportError) as caught:
        sent(SmtpTransport(server_at(port)))
    assert (caught.value.scope, caught.value.permanent) == ("letter", False)


@pytest.mark.parametrize(("answer", "permanent"), [("554 looks like spam", True), ("451 try later", False)])
def test_a_mail_is_refused_for_good_or_for_now(answer: str, permanent: bool) -> None:
    with smtp_server(Box(data_answer=answer)) as port, pytest.raises(TransportError) as caught:
        sent(SmtpTransport(server_at(port)))
    assert (caught.value.scope, caught.value.permanent) == ("letter", permanent)


def test_a_server_that_is_away_says_so() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # bound and not listening: nobody answers there
        with pytest.raises(TransportError) as caught:
            SmtpTransport(server_at(held.getsockname()[1])).check()
    assert caught.value.scope == "server"
    assert "refused" in str(caught.value)
    with pytest.raises(TransportError, match="cannot be used"):
        SmtpTransport(server_at(25, host="nobody.invalid")).check()


def test_a_server_that_never_answers_is_left_in_time() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(TransportError, match="no answer in time"):
            SmtpTransport(server_at(silent.getsockname()[1]), answer_seconds=0.2).check()


def test_a_server_silent_in_the_middle_of_a_mail_is_left_and_the_mail_kept() -> None:
    with smtp_server(Box(silent=True)) as port, pytest.raises(TransportError) as caught:
        sent(SmtpTransport(server_at(port), answer_seconds=0.3))
    assert (caught.value.scope, caught.value.permanent) == ("letter", False)


def test_a_server_that_drips_is_cut_off_though_each_answer_comes_in_time() -> None:
    with _dripping() as port, pytest.raises(TransportError) as caught:
        sent(SmtpTransport(server_at(port), answer_seconds=5.0, mail_seconds=0.5))
    assert (caught.value.scope, caught.value.permanent) == ("letter", False)


def test_a_session_broken_off_is_the_letters_trouble_first() -> None:
    with smtp_server(Box(break_off=True)) as port, pytest.raises(TransportError, match="broke off") as caught:
        sent(SmtpTransport(server_at(port)))
    assert (caught.value.scope, caught.value.permanent) == ("letter", False)


def test_tls_is_checked_and_a_password_goes_over_it(tmp_path: Path) -> None:
    serving, trusting, _file = make_certificate(tmp_path)
    box = Box()
    more = {"tls_context": serving, "require_starttls": True, "authenticator": box.sign_in, "auth_required": True}
    with smtp_server(box, **more) as port:
        signed = server_at(port, tls="starttls", user="calls", password="right words")
        sent(SmtpTransport(signed, context=trusting))
        with pytest.raises(TransportError, match="certificate is not trusted"):
            sent(SmtpTransport(signed, context=ssl.create_default_context()))
        with pytest.raises(TransportError) as caught:
            sent(SmtpTransport(dataclasses.replace(signed, password="wrong words"), context=trusting))
        assert (caught.value.scope, str(caught.value)) == ("server", "the mail server refuses the sign-in (535)")
        assert "wrong words" not in str(caught.value)
        with pytest.raises(TransportError, match=r"cannot be used|refuses"):
            sent(SmtpTransport(dataclasses.replace(signed, tls="none", user="", password="")))
    assert len(box.mails) == 1
    assert set(box.users) == {"calls"}


def test_tls_from_the_first_byte(tmp_path: Path) -> None:
    serving, trusting, _file = make_certificate(tmp_path)
    box = Box()
    with smtp_server(box, ssl_context=serving) as port:
        sent(SmtpTransport(server_at(port, tls="tls"), context=trusting))
    assert len(box.mails) == 1


def test_a_server_without_tls_gets_no_mail_where_tls_is_wanted() -> None:
    box = Box()
    with smtp_server(box) as port, pytest.raises(TransportError, match="cannot be used"):
        sent(SmtpTransport(server_at(port, tls="starttls")))
    assert box.mails == []


def test_files_are_written_whole_and_once(tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    made = open_transport(MailServer("Callcoach <calls@example.com>", folder=folder))
    assert isinstance(made, FileTransport)
    with made as transport:
        for _try in range(2):
            transport.check()
            transport.send(mail(), "ivy@example.com", "20270301-notices-1")
    (path,) = folder.iterdir()
    assert path.name == "20270301-notices-1.eml"
    assert b"Message-ID: <abc@example.com>" in path.read_bytes()
    assert folder.stat().st_mode & 0o077 == 0


def test_a_folder_that_cannot_be_made_is_the_servers_trouble(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file is in the way")
    with pytest.raises(TransportError) as caught:
        FileTransport(tmp_path / "mail").check()
    assert caught.value.scope == "server"


def test_no_secret_is_in_what_is_printed_of_a_server() -> None:
    assert "right words" not in repr(server_at(25, password="right words"))


@contextmanager
def _dripping() -> Iterator[int]:
    """A server that answers the end of a mail byte by byte, for ever."""
    over = threading.Event()

    def serve(listening: socket.socket) -> None:
        connection, _address = listening.accept()
        with connection, connection.makefile("rwb", buffering=0) as lines:
            lines.write(b"220 here\r\n")
            for line in lines:
                if line.upper().startswith(b"DATA"):
                    break
                lines.write(b"250 yes\r\n")
            while not over.wait(0.02):
                try:
                    lines.write(b"250-")
                except OSError:
                    return

    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        thread = threading.Thread(target=serve, args=(listening,), daemon=True)
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            over.set()
            thread.join(timeout=5)
