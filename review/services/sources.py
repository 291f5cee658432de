"""Sources: where calls come from, and what is known in advance about all calls of one: language, standard, channels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from review.errors import ReviewError
from review.models import Call, Source, SourceRoleChange, utc_now
from review.services import audit
from review.states import Step, unpark_needs_model
from review.upsert import insert_new

ENGINES: Final = ("auto", "whisper", "sphinx")
ACCURACIES: Final = ("normal", "high")
MOST_QUEUES: Final = 40
MOST_NAMES: Final = 200  # entries of one list
LONGEST_NAME: Final = 80  # characters of one entry

KEEP: Final = "\x00keep"
"""Given for a setting that stays as it is, where None already means the installation's default."""


class UnknownSource(ReviewError):
    """No call ever came from a source of this name."""

    code = "unknown_source"

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no source {name!r}. A source appears when it first delivers a call.")
        self.name = name


class BadSource(ReviewError):
    """A setting of a source cannot be used; `field` names it."""

    code = "bad_source"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """One source; None means the installation's default."""

    id: int
    name: str
    kind: str  # the door it first came through
    language: str | None
    queue_languages: Mapping[str, str]  # a queue's own language, by its name
    rep_channel: int  # which channel of a two-channel recording is the rep's
    standard: str | None
    queue_standards: Mapping[str, str]  # a queue's own standard, by its name
    company_names: tuple[str, ...]
    products: tuple[str, ...]  # what is sold, as it is said
    engine: str | None  # one of ENGINES
    accuracy: str  # one of ACCURACIES
    calls: int
    created_at: datetime


def list_sources(session: Session) -> tuple[SourceRow, ...]:
    """All sources by name, with how many calls came from each."""
    counts = select(Call.source, func.count().label("calls")).group_by(Call.source).subquery()
    found = session.execute(
        select(Source, func.coalesce(counts.c.calls, 0))
        .outerjoin(counts, counts.c.source == Source.name)
        .order_by(Source.name)
    )
    return tuple(_row(source, calls) for source, calls in found)


def get_source(session: Session, source_id: int) -> SourceRow | None:
    """One source; None when there is none with this id."""
    source = session.get(Source, source_id)
    if source is None:
        return None
    calls = session.scalar(select(func.count()).where(Call.source == source.name)) or 0
    return _row(source, calls)


def source_language(source: Source, queue: str | None) -> str | None:
    """The language fixed for a call of this source and queue; None where it is to be found by listening."""
    return source.queue_languages.get(queue or "") or source.language


def source_standard(source: Source, queue: str | None) -> str | None:
    """The standard a call of this source and queue is judged by; None for the installation's."""
    return source.queue_standards.get(queue or "") or source.standard


def list_queues(session: Session, source: SourceRow) -> tuple[str, ...]:
    """The queues whose calls came from a source or that have settings, by name; the first MOST_QUEUES."""
    seen = select(Call.queue).where(Call.source == source.name, Call.queue.is_not(None)).distinct().limit(MOST_QUEUES)
    known = {*source.queue_languages, *source.queue_standards}
    return tuple(sorted({*(queue for queue in session.scalars(seen) if queue), *known})[:MOST_QUEUES])


def learned_sources(session: Session) -> frozenset[str]:
    """Sources whose rep channel was turned round because people kept swapping their calls, and not put back since."""
    newest = select(func.max(SourceRoleChange.id)).group_by(SourceRoleChange.source)
    learned = select(SourceRoleChange.source).where(
        SourceRoleChange.id.in_(newest), SourceRoleChange.reason == "learned"
    )
    return frozenset(session.scalars(learned))


def ensure_source(
    session: Session,
    name: str,
    kind: str,
    *,
    language: str | None = None,
    standard: str | None = None,
    company_names: Sequence[str] = (),
) -> None:
    """Make the source with these settings unless it exists; one that exists is left as it is. Does not commit."""
    if session.scalar(select(Source.id).where(Source.name == name)) is not None:
        return
    insert_new(  # another door may be making it at this moment
        session,
        Source,
        ("name",),
        name=name,
        kind=kind,
        language=language,
        rep_channel=0,
        standard=standard,
        company_names=list(company_names),
        created_at=utc_now(),
    )


def change_source(
    session: Session,
    name: str,
    *,
    language: str | None,
    rep_channel: int,
    standard: str | None,
    company_names: Sequence[str],
    products: Sequence[str] | None = None,
    queue_languages: Mapping[str, str] | None = None,
    queue_standards: Mapping[str, str] | None = None,
    engine: str | None = KEEP,
    accuracy: str | None = None,
    by: int | None = None,
) -> list[tuple[int, Step]]:
    """Change what is known of a source; calls that arrive later follow it. Raises UnknownSource, BadSource.

    `products`, the queues' settings and `accuracy` None, and `engine` KEEP, stay as they are. Calls of the source that
    wait for a speech model go on when the language or engine changed: ring for what comes back, after the commit.
    """
    source = session.scalar(select(Source).where(Source.name == name))
    if source is None:
        raise UnknownSource(name)
    after: dict[str, Any] = {
        "language": language,
        "queue_languages": dict(source.queue_languages if queue_languages is None else queue_languages),
        "queue_standards": dict(source.queue_standards if queue_standards is None else queue_standards),
        "rep_channel": rep_channel,
        "standard": standard,
        "company_names": _names("company_names", company_names),
        "products": list(source.products) if products is None else _names("products", products),
        "engine": source.engine if engine == KEEP else engine,
        "accuracy": accuracy or source.accuracy,
    }
    if after["engine"] not in (None, *ENGINES):
        raise BadSource("engine", f"There is no speech engine {after['engine']!r}: {', '.join(ENGINES)}.")
    if after["accuracy"] not in ACCURACIES:
        raise BadSource("accuracy", f"Accuracy is one of {', '.join(ACCURACIES)}, not {after['accuracy']!r}.")
    if rep_channel not in (0, 1):
        raise BadSource("rep_channel", "The rep is on channel 0 or 1.")
    before = {field: getattr(source, field) for field in after}
    if before == after:
        return []
    for field, value in after.items():
        setattr(source, field, value)
    session.flush()
    changed = {field for field in after if before[field] != after[field]}
    audit.record(
        session,
        by,
        "source.changed",
        "source",
        name,
        before={field: before[field] for field in before if field in changed},
        after={field: after[field] for field in after if field in changed},
    )
    if changed.isdisjoint({"language", "queue_languages", "engine"}):
        return []
    waiting = select(Call.id).where(Call.source == name, Call.state == "needs_model")
    return unpark_needs_model(session, list(session.scalars(waiting)))


def _names(field: str, names: Sequence[str]) -> list[str]:
    """The entries without blanks and repeats, in the order given. Raises BadSource."""
    found = list(dict.fromkeys(" ".join(name.replace("\x00", "").split()) for name in names if name.strip()))
    if len(found) > MOST_NAMES:
        raise BadSource(field, f"At most {MOST_NAMES} names fit here; the most important ones help most.")
    if any(len(name) > LONGEST_NAME for name in found):
        raise BadSource(field, f"A name has at most {LONGEST_NAME} characters: one name on each line.")
    return found


def _row(source: Source, calls: int) -> SourceRow:
    return SourceRow(
        id=source.id,
        name=source.name,
        kind=source.kind,
        language=source.language,
        queue_languages=dict(source.queue_languages),
        queue_standards=dict(source.queue_standards),
        rep_channel=source.rep_channel,
        standard=source.standard,
        company_names=tuple(source.company_names),
        products=tuple(source.products),
        engine=source.engine,
        accuracy=source.accuracy,
        calls=calls,
        created_at=source.created_at,
    )
