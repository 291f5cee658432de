"""How mail leaves the installation, as the settings say: an SMTP server, files in a folder, or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path
from typing import Final

from review.bad_setting import BadSetting

WAYS: Final = ("smtp", "file", "off")
TLS: Final = ("starttls", "tls", "none")
PORTS: Final = {"starttls": 587, "tls": 465, "none": 25}


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mails go. `folder` is set for files, the others for SMTP. The password is left out of its `repr`."""

    sender: str  # as in From: Callcoach <callcoach@example.com>
    host: str = ""
    port: int = 0
    tls: str = "starttls"  # starttls, tls (from the first byte) or none
    user: str = ""
    password: str = field(default="", repr=False)
    folder: Path | None = None

    @property
    def domain(self) -> str:
        """The domain that mails come from, for their ids."""
        return parseaddr(self.sender)[1].rpartition("@")[2] or "callcoach"

    @property
    def place(self) -> str:
        """Where mails go, for people: a folder, or host and port. No secrets."""
        return str(self.folder) if self.folder else f"{self.host}:{self.port}"


def read_mail_server(env: Mapping[str, str], data: Path) -> MailServer | None:
    """The mail server the environment names; None when none is set up.

    Raises BadSetting, which never tells the password.
    """
    host = (env.get("CALLCOACH_SMTP_HOST") or "").strip()
    way = env.get("CALLCOACH_MAIL") or ("smtp" if host else "off")
    if way not in WAYS:
        raise BadSetting("CALLCOACH_MAIL", way, f"give one of {', '.join(WAYS)}")
    if way == "off":
        return None
    user = env.get("CALLCOACH_SMTP_USER") or ""
    sender = _sender(env.get("CALLCOACH_MAIL_FROM") or "", user, way)
    if way == "file":
        return MailServer(sender, folder=data / "mail")
    if not host or any(character.isspace() or character in "/@:" for character in host.strip("[]").replace(":", "")):
        raise BadSetting("CALLCOACH_SMTP_HOST", host, "give the mail server's name, as mail.example.com")
    tls = env.get("CALLCOACH_SMTP_TLS") or "starttls"
    if tls not in TLS:
        raise BadSetting("CALLCOACH_SMTP_TLS", tls, f"give one of {', '.join(TLS)}")
    password = env.get("CALLCOACH_SMTP_PASSWORD") or ""
    if password and not user:
        raise BadSetting("CALLCOACH_SMTP_USER", "", "a password needs the name it belongs to")
    if password and tls == "none" and host not in ("localhost", "127.0.0.1", "::1"):
        raise BadSetting("CALLCOACH_SMTP_TLS", tls, "a password is sent over TLS only: give starttls or tls")
    return MailServer(sender, host.strip("[]"), _port(env.get("CALLCOACH_SMTP_PORT") or "", tls), tls, user, password)


def _port(text: str, tls: str) -> int:
    if not text:
        return PORTS[tls]
    if not (text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= 65535):
        raise BadSetting("CALLCOACH_SMTP_PORT", text, "give a number from 1 to 65535")
    return int(text)


def _sender(text: str, user: str, way: str) -> str:
    given = text.strip() or (user if "@" in user else "")
    if not given and way == "file":
        return "Callcoach <callcoach@localhost>"
    name, address = parseaddr(given)
    local, at, domain = address.rpartition("@")
    if not (local and at and domain) or any(not c.isprintable() for c in given) or " " in address:
        raise BadSetting("CALLCOACH_MAIL_FROM", text, "give the address mails come from: Callcoach <calls@example.com>")
    return given if name else f"Callcoach <{address}>"
