"""A mail before it has a form: a greeting, what there is to tell in sections, one thing to do, and small print."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One thing told: a sentence, what it is about, and the address of its page."""

    sentence: str
    about: str = ""
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """Lines that belong together; a mail about one thing has a section without a heading."""

    heading: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """Words and the address they lead to."""

    words: str
    url: str


@dataclass(frozen=True, slots=True)
class Mail:
    """The whole mail in words; its two forms say the same."""

    subject: str
    greeting: str
    opening: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    act: Link | None = None
    closing: tuple[str, ...] = ()
    small: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    stop_url: str | None = None


def as_text(mail: Mail) -> str:
    """The plain form: every address stands on a line of its own."""
    blocks = ["\n".join((mail.greeting, "", *mail.opening)).strip()]
    for section in mail.sections:
        lines = [section.heading.upper()] if section.heading else []
        for line in section.lines:
            lines.append(f"- {line.sentence}{f' ({line.about})' if line.about else ''}")
            if line.url:
                lines.append(f"  {line.url}")
        blocks.append("\n".join(lines))
    if mail.act:
        blocks.append(f"{mail.act.words}:\n{mail.act.url}")
    blocks += ["\n".join(part) for part in (mail.closing,) if part]
    small = [*mail.small, *(f"{link.words}:\n{link.url}" for link in mail.links)]
    if small:
        blocks.append("\n".join(("-- ", *small)))
    return "\n\n".join(blocks) + "\n"
