"""Putting a scorecard away: it is no longer a choice, and everything made with it goes on as it was."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from review.errors import ReviewError
from review.models import ScorecardArchive, Source, utc_now
from review.services import audit
from review.services.standards import StandardChoice, find_standard, list_choices
from review.upsert import insert_new
from scoring.standards import default_standard_name


@dataclass(frozen=True, slots=True)
class Use:
    """A place that judges by a scorecard: a source, or one queue of it; `source` None is the installation."""

    source: str | None
    queue: str | None = None


class StillInUse(ReviewError):
    """Calls are still judged by this scorecard; carries the places. Nothing was put away."""

    code = "still_in_use"

    def __init__(self, name: str, uses: tuple[Use, ...]) -> None:
        super().__init__(
            f"'{name}' is still what new calls are judged by in {len(uses)} places. Nothing was put away: "
            "choose the scorecard that takes its place."
        )
        self.name = name
        self.uses = uses


def read_uses(session: Session, installed: str | None) -> dict[str, tuple[Use, ...]]:
    """Where new calls are judged by each name: the installation (`installed` is its setting), sources, queues.

    Names that nothing uses are not in it.
    """
    found = {installed or default_standard_name(): [Use(None)]}
    for source in session.scalars(select(Source).order_by(Source.name)):
        if source.standard:
            found.setdefault(source.standard, []).append(Use(source.name))
        for queue, used in sorted(source.queue_standards.items()):
            found.setdefault(used, []).append(Use(source.name, queue))
    return {name: tuple(uses) for name, uses in found.items()}


def archive(session: Session, name: str, by: int | None, *, installed: str | None, instead: str | None = None) -> None:
    """Put a name away; `instead` takes its place in sources and queues. Raises StandardNotFound, StillInUse.

    The installation's own default is a setting and cannot be put away while it is one.
    """
    find_standard(session, name)
    uses = read_uses(session, installed).get(name, ())
    fixed = tuple(use for use in uses if use.source is None)
    if fixed or (uses and (instead is None or instead == name or instead not in _names(session))):
        raise StillInUse(name, fixed or uses)
    for source in session.scalars(select(Source).where(Source.name.in_({use.source for use in uses}))):
        before = {"standard": source.standard, "queue_standards": dict(source.queue_standards)}
        if source.standard == name:
            source.standard = instead
        source.queue_standards = {
            queue: str(instead) if used == name else used for queue, used in source.queue_standards.items()
        }
        after = {"standard": source.standard, "queue_standards": dict(source.queue_standards)}
        audit.record(session, by, "source.changed", "source", source.name, before=before, after=after)
    made = insert_new(session, ScorecardArchive, ("name",), name=name, archived_by=by, archived_at=utc_now())
    session.flush()
    if made is not None:
        audit.record(session, by, "scorecard.archived", "standard", name, instead=instead)


def unarchive(session: Session, name: str, by: int | None) -> bool:
    """Make a name a choice again; False when it was one."""
    gone = session.scalar(
        delete(ScorecardArchive)
        .where(ScorecardArchive.name == name)
        .returning(ScorecardArchive.name)
        .execution_options(synchronize_session=False)
    )
    if gone is not None:
        audit.record(session, by, "scorecard.unarchived", "standard", name)
    return gone is not None


def stand_ins(session: Session, name: str) -> tuple[StandardChoice, ...]:
    """The scorecards that can take its place."""
    return tuple(choice for choice in list_choices(session) if choice.name != name)


def _names(session: Session) -> set[str]:
    return {choice.name for choice in list_choices(session)}
