"""What the company said of itself on its first day, and which roles must use one-time codes: one row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.errors import ReviewError
from review.models import ROLES, Installation, utc_now
from review.services import audit
from review.ui_languages import UI_LANGUAGES
from review.upsert import insert_new

ROW: Final = 1
MOST_WORDS: Final = 60  # products or competitors; as many as are handed to a speech engine
LONGEST: Final = 120  # characters of a name


class BadInstallation(ReviewError):
    """A value cannot be kept; `field` names it, the text says how to mend it."""

    code = "bad_installation"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallationRow:
    """What is kept of the installation; the times are None for what did not happen."""

    company: str = ""
    language: str = UI_LANGUAGES[0]
    products: tuple[str, ...] = ()
    competitors: tuple[str, ...] = ()
    code_roles: tuple[str, ...] = ()
    named_at: datetime | None = None
    samples_at: datetime | None = None
    samples_done_at: datetime | None = None
    dismissed_at: datetime | None = None


def read_installation(session: Session) -> InstallationRow:
    """The row; its defaults where nobody has said anything yet."""
    row = session.scalar(select(Installation).where(Installation.id == ROW))
    if row is None:
        return InstallationRow()
    return InstallationRow(
        company=row.company,
        language=row.language,
        products=tuple(row.products),
        competitors=tuple(row.competitors),
        code_roles=tuple(row.code_roles),
        named_at=row.named_at,
        samples_at=row.samples_at,
        samples_done_at=row.samples_done_at,
        dismissed_at=row.dismissed_at,
    )


def save_company(
    session: Session,
    *,
    company: str,
    language: str,
    products: Iterable[str],
    competitors: Iterable[str],
    by: int | None,
) -> None:
    """Keep the company's name, its language, and words its calls are full of. Raises BadInstallation."""
    name = " ".join(company.split())
    if not name or len(name) > LONGEST or not name.isprintable():
        raise BadInstallation("company", f"Write the company's name as your reps say it, at most {LONGEST} characters.")
    if language not in UI_LANGUAGES:
        raise BadInstallation("language", f"Choose one of the languages {', '.join(UI_LANGUAGES)}.")
    row = open_row(session)
    row.company, row.language = name, language
    row.products, row.competitors = _words("products", products), _words("competitors", competitors)
    row.named_at = utc_now()
    session.flush()
    audit.record(session, by, "installation.named", "installation", ROW, company=name, language=language)


def set_code_roles(session: Session, roles: Iterable[str], *, by: int | None) -> None:
    """Say which roles must use one-time codes; people who have none yet are asked at their next sign-in."""
    wanted = set(roles)
    if not wanted <= set(ROLES):
        raise BadInstallation("roles", f"The roles are: {', '.join(ROLES)}.")
    row = open_row(session)
    before, after = list(row.code_roles), [role for role in ROLES if role in wanted]
    if before == after:
        return
    row.code_roles = after
    session.flush()
    audit.record(session, by, "installation.code_roles", "installation", ROW, before=before, after=after)


def company_names(session: Session, given: Sequence[str]) -> tuple[str, ...]:
    """Names reps greet with where a source names none: those of the settings, else the company's own."""
    if given:
        return tuple(given)
    name = session.scalar(select(Installation.company).where(Installation.id == ROW))
    return (name,) if name else ()


def common_words(session: Session) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Products and competitors of the whole company, for every source."""
    found = session.execute(
        select(Installation.products, Installation.competitors).where(Installation.id == ROW)
    ).one_or_none()
    return ((), ()) if found is None else (tuple(found.products), tuple(found.competitors))


def open_row(session: Session) -> Installation:
    """The row for writing, made when it is not there; two at once make one."""
    insert_new(
        session,
        Installation,
        ["id"],
        id=ROW,
        company="",
        language=UI_LANGUAGES[0],
        products=[],
        competitors=[],
        code_roles=[],
    )
    return session.scalars(select(Installation).where(Installation.id == ROW)).one()


def _words(field: str, words: Iterable[str]) -> list[str]:
    kept = list(dict.fromkeys(shown for word in words if (shown := " ".join(word.split()))))
    if len(kept) > MOST_WORDS or any(len(word) > LONGEST or not word.isprintable() for word in kept):
        raise BadInstallation(
            field, f"At most {MOST_WORDS} words or names of at most {LONGEST} characters, one a line."
        )
    return kept
