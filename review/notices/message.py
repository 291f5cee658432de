"""The finished mail: headers that programs honour, plain text and simple HTML of the same words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from review.notices.server import MailServer


@dataclass(frozen=True, slots=True)
class Written:
    """A letter in words. `stop_url` is the address that ends mails like this one, None where none may be ended."""

    subject: str
    text: str
    html: str
    stop_url: str | None = None


def make_message(
    written: Written, server: MailServer, *, to: str, name: str, message_id: str, at: datetime
) -> EmailMessage:
    """The mail for one reader. Raises ValueError for an address or a header that cannot be written.

    The Message-ID is the letter's own, so that a server that got it before may drop a second one.
    """
    message = EmailMessage(policy=SMTP)
    message["Subject"] = " ".join(written.subject.split())
    sender_name, sender = parseaddr(server.sender)
    message["From"] = Address(_one_line(sender_name), addr_spec=sender)
    message["To"] = Address(_one_line(name), addr_spec=to)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{message_id}@{server.domain}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers, please
    message["X-Auto-Response-Suppress"] = "All"
    if written.stop_url is not None:
        message["List-Unsubscribe"] = f"<{written.stop_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    message.set_content(written.text, cte="quoted-printable")
    message.add_alternative(written.html, subtype="html", cte="quoted-printable")
    return message


def _one_line(text: str) -> str:
    """A name without line breaks and other characters a header cannot carry."""
    return "".join(character if character.isprintable() else " " for character in text).strip()[:100]
