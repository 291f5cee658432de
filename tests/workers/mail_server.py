"""A real SMTP server in this process, and how it misbehaves: refusing, greylisting, silent, dripping, breaking off."""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class Box:
    """What arrived, and the answers of the server: by address at RCPT, and to every mail at DATA."""

    mails: list[EmailMessage] = field(default_factory=list)
    envelopes: list[tuple[str, list[str]]] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    data_answer: str = "250 taken"
    silent: bool = False  # never answers DATA
    break_off: bool = False  # closes the connection in the middle of a mail
    users: list[str] = field(default_factory=list)

    async def handle_RCPT(
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take an address, or answer what was set for it."""
        if address in self.refuse:
            return self.refuse[address]
        if self.break_off:
            assert server.transport is not None
            server.transport.close()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Keep a mail, or answer what was set."""
        if self.silent:
            await asyncio.sleep(3600)
        if self.data_answer.startswith("250"):
            assert isinstance(envelope.content, bytes)
            read = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(read, EmailMessage)
            self.mails.append(read)
            self.envelopes.append((envelope.mail_from or "", list(envelope.rcpt_tos)))
        return self.data_answer

    def sign_in(self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, data: Any) -> AuthResult:
        """Let in one name with one password."""
        assert isinstance(data, LoginPassword)
        self.users.append(data.login.decode())
        right = data.password == b"right words"
        return AuthResult(success=right, handled=right)  # not handled: the server answers that it is wrong


class _OnFreePort(Controller):
    """The library's controller; it takes any free port, which is known once the server listens."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def smtp_server(box: Box, **more: Any) -> Iterator[int]:
    """The server on a free port, until the end of the block."""
    controller = _OnFreePort(box, hostname="127.0.0.1", port=0, ready_timeout=10, **more)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def make_certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext, Path]:
    """A certificate for 127.0.0.1 and localhost: the server's context, a client's that trusts it, and its file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.IPv4Address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    certificate, private = folder / "server.pem", folder / "server.key"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(certificate, private)
    return serving, ssl.create_default_context(cafile=str(certificate)), certificate
