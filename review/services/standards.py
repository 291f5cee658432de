"""The standards an installation judges by: those that ship, and its own, which people import as YAML.

A version is fixed once a call was judged by it: old scores must always be explained by the words they were made with.
An installation's own standard replaces a shipped one of the same name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from review.errors import ReviewError
from review.models import (
    Evaluation,
    ScorecardArchive,
    ScorecardPublication,
    StandardVersion,
    StoredAssessment,
    utc_now,
)
from review.services import audit
from review.upsert import insert_new
from scoring.standards import (
    Standard,
    StandardNotFound,
    default_standard_name,
    list_standards,
    load_standard,
    read_standard,
)

SHIPS: Final = "ships"
OWN: Final = "own"
Origin = Literal["ships", "own"]


class VersionTaken(ReviewError):
    """A standard with other text is in use under this version; carries `name`, `version` and the next free `fix`."""

    code = "version_taken"

    def __init__(self, name: str, version: int, free: int, why: str) -> None:
        super().__init__(
            f"Version {version} of '{name}' {why} with other text, and what a call was judged by never changes. "
            f"Raise the version: write 'version: {free}'. Nothing was stored."
        )
        self.name = name
        self.version = version
        self.free = free


class NoSuchVersion(ReviewError):
    """The standard has no such version."""

    code = "no_such_version"

    def __init__(self, name: str, version: int) -> None:
        super().__init__(f"There is no version {version} of '{name}' here.")
        self.name = name
        self.version = version


@dataclass(frozen=True, slots=True)
class StandardChoice:
    """A standard one can judge by: the version in use, where it comes from, and how many calls it has judged."""

    name: str
    version: int
    title: Mapping[str, str]
    languages: tuple[str, ...]
    criteria: int
    origin: Origin


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: `new` is False when this version was there already with the same content."""

    standard: Standard
    new: bool
    in_use: int  # the version calls are judged by from now on


def list_choices(session: Session, *, archived: bool = False) -> tuple[StandardChoice, ...]:
    """Every standard by name, in the version new calls are judged by; those put away only when asked for."""
    rows = session.execute(
        select(StandardVersion.name, StandardVersion.text)
        .where(StandardVersion.imported_at.is_not(None))
        .order_by(StandardVersion.name, StandardVersion.version)
    )
    own = {name: _parse(text, f"{name}.yaml") for name, text in rows}  # of several versions the last
    found = {info.name: _choice(load_standard(info.name), SHIPS) for info in list_standards()}
    found |= {name: _choice(standard, OWN) for name, standard in own.items()}
    away = set() if archived else set(session.scalars(select(ScorecardArchive.name)))
    return tuple(found[name] for name in sorted(found) if name not in away)


def find_standard(session: Session, name: str | None = None, version: int | None = None) -> Standard:
    """The standard to judge by: the installation's own newest version of the name, else the shipped one.

    Without a name the one that ships as default. Raises StandardNotFound, NoSuchVersion.
    """
    name = name or default_standard_name()
    wanted = _own_version(session, name) if version is None else version
    if wanted is not None:
        text = session.scalar(
            select(StandardVersion.text).where(StandardVersion.name == name, StandardVersion.version == wanted)
        )
        if text is not None:
            return _parse(text, f"{name}.yaml")
    try:
        shipped = load_standard(name)
    except StandardNotFound:
        known = known_names(session)
        if name in known and version is not None:
            raise NoSuchVersion(name, version) from None
        raise StandardNotFound(name, known) from None
    if version not in (None, shipped.version):
        raise NoSuchVersion(name, version or 0)
    return shipped


def import_standard(session: Session, text: str, file: str, *, by: int | None = None) -> Imported:
    """Store a standard written in YAML as the installation's own. Raises StandardInvalid, VersionTaken.

    A group that no rule pack has is refused too: nothing would ever be found for it. Does not commit.
    """
    from scoring.pack_checks import known_groups

    standard = read_standard(text, file, groups=known_groups())
    row = session.get(StandardVersion, (standard.name, standard.version))
    shipped = _shipped(standard.name)
    if row is None and shipped is not None and shipped.version == standard.version and shipped != standard:
        raise VersionTaken(standard.name, standard.version, _free(session, standard), "ships")
    new = row is None or row.imported_at is None
    if row is None:
        insert_new(
            session,
            StandardVersion,
            ("name", "version"),
            name=standard.name,
            version=standard.version,
            text=text,
            first_used_at=utc_now(),
            imported_at=utc_now(),
        )
    else:
        if _parse(row.text, file) != standard:
            if is_used(session, standard.name, standard.version):
                raise VersionTaken(standard.name, standard.version, _free(session, standard), "is in use")
            new = True
            row.text = text
        row.imported_at = row.imported_at or utc_now()
    session.flush()
    if new:
        audit.record(session, by, "standard.imported", "standard", standard.name, version=standard.version, file=file)
    return Imported(standard, new, find_standard(session, standard.name).version)


def is_used(session: Session, name: str, version: int) -> bool:
    """Whether a call was ever judged by this version, by the machine or a person, or it was published from a draft."""
    judged = select(StoredAssessment.id).where(StoredAssessment.standard == name, StoredAssessment.version == version)
    filled = select(Evaluation.id).where(Evaluation.standard == name, Evaluation.version == version)
    if any(session.scalar(query.limit(1)) is not None for query in (judged, filled)):
        return True
    return session.get(ScorecardPublication, (name, version)) is not None


def keep_text(session: Session, standard: Standard) -> None:
    """Keep a standard's text beside the scores made with it, unless it is kept already."""
    insert_new(
        session,
        StandardVersion,
        ("name", "version"),
        name=standard.name,
        version=standard.version,
        text=standard.source_text,
        first_used_at=utc_now(),
    )


def _own_version(session: Session, name: str) -> int | None:
    """The newest imported version of a name."""
    newest = select(func.max(StandardVersion.version)).where(
        StandardVersion.name == name, StandardVersion.imported_at.is_not(None)
    )
    return session.scalar(newest)


def known_names(session: Session) -> tuple[str, ...]:
    """Every name there is, by name, put away or not."""
    own = session.scalars(select(StandardVersion.name).where(StandardVersion.imported_at.is_not(None)).distinct())
    return tuple(sorted({info.name for info in list_standards()} | set(own)))


def _shipped(name: str) -> Standard | None:
    try:
        return load_standard(name)
    except StandardNotFound:
        return None


def next_version(session: Session, name: str) -> int:
    """The lowest version above every one there is of a name."""
    highest = session.scalar(select(func.max(StandardVersion.version)).where(StandardVersion.name == name))
    shipped = _shipped(name)
    return max(highest or 0, shipped.version if shipped else 0) + 1


def _free(session: Session, standard: Standard) -> int:
    return max(standard.version + 1, next_version(session, standard.name))


def _choice(standard: Standard, origin: Origin) -> StandardChoice:
    return StandardChoice(
        name=standard.name,
        version=standard.version,
        title=standard.title,
        languages=standard.languages,
        criteria=sum(len(section.criteria) for section in standard.sections),
        origin=origin,
    )


@lru_cache(maxsize=64)
def _parse(text: str, file: str) -> Standard:
    return read_standard(text, file)
