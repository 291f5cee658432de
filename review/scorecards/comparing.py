"""What differs between two versions of a scorecard: criteria added, removed, moved, and each part that was changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import fsum
from typing import Final

from scoring.standards import Criterion, Section, Standard, in_language

CHANGES: Final = ("added", "removed", "changed")

# What of a criterion is looked at, by the name the page has words for; words are compared in every language.
_WORDS: Final = ("question", "guidance", "good", "bad")
_PLAIN: Final = ("weight", "kind", "detector", "mode", "critical", "bonus", "mandatory", "na_allowed")


@dataclass(frozen=True, slots=True)
class PartChange:
    """One part: `part` names it; `before` and `after` as short text ("" for nothing); `language` of changed words."""

    part: str
    before: str
    after: str
    language: str | None = None
    option: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionChange:
    """A criterion that differs; `share` is its percent of the total, None where a version does not have it."""

    id: str
    change: str  # one of CHANGES
    question: str
    section: str
    parts: tuple[PartChange, ...] = ()
    share_before: float | None = None
    share_after: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionChange:
    """A section that differs; its criteria are told apart from it."""

    id: str
    change: str
    title: str
    parts: tuple[PartChange, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Everything that differs, in the later version's order, what was removed last."""

    criteria: tuple[CriterionChange, ...] = ()
    sections: tuple[SectionChange, ...] = ()
    head: tuple[PartChange, ...] = ()
    script: bool = False  # the script differs
    same: int = field(default=0)  # criteria that are the same

    @property
    def any(self) -> bool:
        """Whether anything differs."""
        return bool(self.criteria or self.sections or self.head or self.script)

    def count(self, change: str) -> int:
        """How many criteria were added, removed or changed."""
        return sum(item.change == change for item in self.criteria)


def shares(standard: Standard) -> dict[str, float]:
    """Each criterion's percent of the total where every criterion is answered; 0 for bonus and text."""
    total = fsum(section.weight for section in standard.sections if _weight(section) > 0)
    found = {}
    for section in standard.sections:
        inside = _weight(section)
        for criterion in section.criteria:
            counts = total > 0 and inside > 0
            found[criterion.id] = 100 * section.weight / total * criterion.weight / inside if counts else 0.0
    return found


def compare_standards(before: Standard, after: Standard, language: str) -> Comparison:
    """What differs, with questions and titles in `language`."""
    old, new = _criteria(before), _criteria(after)
    old_share, new_share = shares(before), shares(after)
    found = []
    for name in (*new, *(name for name in old if name not in new)):
        was, now = old.get(name), new.get(name)
        criterion, section = now or was or (None, None)
        if criterion is None or section is None:
            continue
        parts = _criterion_parts(was[0], now[0]) if was and now else ()
        if was and now and was[1].id != now[1].id:
            parts = (
                *parts,
                PartChange("section", in_language(was[1].title, language), in_language(now[1].title, language)),
            )
        if was and now and not parts:
            continue
        found.append(
            CriterionChange(
                id=name,
                change="added" if was is None else "removed" if now is None else "changed",
                question=in_language(criterion.question, language),
                section=in_language(section.title, language),
                parts=parts,
                share_before=old_share.get(name),
                share_after=new_share.get(name),
            )
        )
    return Comparison(
        criteria=tuple(found),
        sections=tuple(_sections(before, after, language)),
        head=(
            *_words("title", before.title, after.title),
            *_words("description", before.description, after.description),
        ),
        script=before.stages != after.stages,
        same=sum(name in old for name in new) - sum(item.change == "changed" for item in found),
    )


def _weight(section: Section) -> float:
    return fsum(criterion.weight for criterion in section.criteria)


def _criteria(standard: Standard) -> dict[str, tuple[Criterion, Section]]:
    return {criterion.id: (criterion, section) for section in standard.sections for criterion in section.criteria}


def _sections(before: Standard, after: Standard, language: str) -> Iterable[SectionChange]:
    old = {section.id: section for section in before.sections}
    new = {section.id: section for section in after.sections}
    for section in (*after.sections, *(one for one in before.sections if one.id not in new)):
        was, now = old.get(section.id), new.get(section.id)
        parts = _section_parts(was, now) if was and now else ()
        if was is None or now is None or parts:
            change = "added" if was is None else "removed" if now is None else "changed"
            yield SectionChange(
                id=section.id, change=change, title=in_language(section.title, language), parts=tuple(parts)
            )


def _section_parts(was: Section, now: Section) -> tuple[PartChange, ...]:
    return (
        *_words("title", was.title, now.title),
        *_one("weight", _text(was.weight), _text(now.weight)),
        *_one("fail", _fail(was), _fail(now)),
        *_one("order", *_order(was, now)),
    )


def _order(was: Section, now: Section) -> tuple[str, str]:
    """The ids of criteria that are in both, in each one's order; equal where nothing was moved."""
    both = {one.id for one in was.criteria} & {one.id for one in now.criteria}
    old, new = ([one.id for one in section.criteria if one.id in both] for section in (was, now))
    return ", ".join(old), ", ".join(new)


def _criterion_parts(was: Criterion, now: Criterion) -> tuple[PartChange, ...]:
    parts: list[PartChange] = []
    for name in _WORDS:
        parts += _words(name, getattr(was, name), getattr(now, name))
    for name in _PLAIN:
        parts += _one(name, _text(getattr(was, name)), _text(getattr(now, name)))
    parts += _one("settings", _settings(was), _settings(now))
    parts += _one("when", _when(was), _when(now))
    parts += _one("range", _range(was), _range(now))
    return (*parts, *_options(was, now))


def _options(was: Criterion, now: Criterion) -> Iterable[PartChange]:
    old, new = ({option.id: option for option in one.options} for one in (was, now))
    for name in (*new, *(name for name in old if name not in new)):
        before, after = old.get(name), new.get(name)
        if before is None or after is None:
            one = after or before
            label = "" if one is None else in_language(one.label, "en")
            yield PartChange("option", "" if before is None else label, "" if after is None else label, option=name)
            continue
        for change in (
            *_words("label", before.label, after.label),
            *_one("points", _text(before.points), _text(after.points)),
            *_one("level", before.level or "", after.level or ""),
            *_one("auto_fail", before.auto_fail or "", after.auto_fail or ""),
        ):
            yield PartChange(change.part, change.before, change.after, change.language, name)


def _words(part: str, before: Mapping[str, str], after: Mapping[str, str]) -> tuple[PartChange, ...]:
    languages = (*after, *(language for language in before if language not in after))
    return tuple(
        PartChange(part, before.get(language, ""), after.get(language, ""), language)
        for language in languages
        if before.get(language, "") != after.get(language, "")
    )


def _one(part: str, before: str, after: str) -> tuple[PartChange, ...]:
    return () if before == after else (PartChange(part, before, after),)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float | int) else str(value)


def _settings(criterion: Criterion) -> str:
    pairs = sorted(criterion.settings.items())
    return ", ".join(f"{key}: {' '.join(v) if isinstance(v, tuple) else _text(v)}" for key, v in pairs)


def _when(criterion: Criterion) -> str:
    return "" if criterion.when is None else f"{criterion.when.criterion}: {', '.join(criterion.when.answers)}"


def _range(criterion: Criterion) -> str:
    if criterion.range is None:
        return ""
    numbers = criterion.range
    fail = "" if numbers.fail is None else f"; < {numbers.fail.below:g}: {numbers.fail.fails}"
    return f"{numbers.least:g} - {numbers.most:g} / {numbers.step:g}{fail}"


def _fail(section: Section) -> str:
    return "" if section.fail is None else f"< {section.fail.below:g} %: {section.fail.fails}"
