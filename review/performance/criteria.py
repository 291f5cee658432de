"""What criteria are called and in which order they stand: as the newest version of each scorecard in use says."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.models import StandardVersion
from review.performance.sums import Bucket
from scoring.standards import Standard, StandardNotFound, in_language, load_standard, read_standard


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedCriterion:
    """One criterion of a scorecard in somebody's language. One that is on no version any more is called by its id."""

    id: str
    standard: str
    question: str
    guidance: str
    section: str
    section_title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedStandard:
    """A scorecard in use, its criteria in its own order; `answers` is how many answers of the period are on it."""

    name: str
    title: str
    answers: int
    criteria: tuple[NamedCriterion, ...]


def name_standards(session: Session, buckets: Collection[Bucket], language: str) -> tuple[NamedStandard, ...]:
    """The scorecards the buckets are of, the most used first. One statement at most."""
    used: dict[str, int] = {}
    asked: dict[str, set[str]] = {}
    for bucket in buckets:
        used[bucket.standard] = used.get(bucket.standard, 0) + bucket.sums.calls
        asked.setdefault(bucket.standard, set()).add(bucket.criterion)
    if not used:
        return ()
    rows = session.execute(
        select(StandardVersion.name, StandardVersion.text)
        .where(StandardVersion.name.in_(sorted(used)))
        .order_by(StandardVersion.name, StandardVersion.version)
    )
    texts = {name: text for name, text in rows}  # noqa: C416 (the last of several versions stays)
    found = []
    for name in sorted(used, key=lambda one: (-used[one], one)):
        standard = _read(name, texts.get(name))
        title = name if standard is None else in_language(standard.title, language)
        found.append(
            NamedStandard(
                name=name,
                title=title,
                answers=used[name],
                criteria=tuple(_named(name, standard, asked[name], language)),
            )
        )
    return tuple(found)


def _read(name: str, text: str | None) -> Standard | None:
    if text is not None:
        return _parsed(text, f"{name}.yaml")
    try:
        return load_standard(name)
    except StandardNotFound:
        return None


@lru_cache(maxsize=64)
def _parsed(text: str, file: str) -> Standard:
    return read_standard(text, file)


def _named(name: str, standard: Standard | None, asked: set[str], language: str) -> Iterable[NamedCriterion]:
    left = set(asked)
    for section in standard.sections if standard is not None else ():
        for criterion in section.criteria:
            if criterion.id in left:
                left.discard(criterion.id)
                yield NamedCriterion(
                    id=criterion.id,
                    standard=name,
                    question=in_language(criterion.question, language),
                    guidance=in_language(criterion.guidance, language) if criterion.guidance else "",
                    section=section.id,
                    section_title=in_language(section.title, language),
                )
    for gone in sorted(left):
        yield NamedCriterion(id=gone, standard=name, question=gone, guidance="", section="", section_title="")
