"""Standards made at random by hypothesis, every part of the format among them."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from scoring.assessment import STAGES
from scoring.detectors.catalogue import DETECTORS, DetectorSpec
from scoring.moves import forbidden_ids, required_ids
from scoring.script import ScriptMove, ScriptStage
from scoring.standard_reading import LANGUAGES, SETTINGS
from scoring.standards import Condition, Criterion, Fail, Option, Range, Section, Standard

# Words that YAML could take for something else, and marks that need quotes.
TEXT = st.one_of(
    st.sampled_from(["No", "yes", "null", "3", "~", "a: b", "- x", "# y", "'q'", '"q"', "…", "да: нет", "{a}", "  x "]),
    st.text(
        st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp"), blacklist_characters="\ufeff\x85"),
        min_size=1,
        max_size=12,
    ),
).filter(lambda text: bool(text.strip()))
IDS = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,12}", fullmatch=True)
NUMBERS = st.one_of(st.integers(0, 100), st.floats(0, 1000, allow_nan=False).map(lambda value: round(value, 3)))


def words(empty: bool = False) -> st.SearchStrategy[dict[str, str]]:
    some = st.fixed_dictionaries({"en": TEXT}, optional=dict.fromkeys(LANGUAGES[1:], TEXT))
    return st.one_of(st.just({}), some) if empty else some


@st.composite
def criteria(draw: st.DrawFn, name: str, before: tuple[Criterion, ...] = ()) -> Criterion:
    """A criterion of any kind; `before` are those its condition may name."""
    kind = draw(st.sampled_from(["options", "options", "yes_no", "range", "text"]))
    made = draw(_plain(name))
    if kind in ("range", "text"):
        made = replace(made, detector="person", settings={}, options=(), mode="people")
    if kind == "range":
        step = draw(st.sampled_from([0.5, 1.0, 2.5]))
        least = 0.0 if made.bonus else draw(st.sampled_from([-5.0, 0.0, 1.5]))
        most = least + step * draw(st.integers(1, 12))
        fail = draw(st.none() | st.sampled_from(["section", "whole"]).map(lambda fails: Fail(most, fails)))
        made = replace(made, range=Range(least, most, step, fail))
    if kind == "text":
        made = replace(made, weight=0.0, critical=False, bonus=False)
    if kind == "yes_no":
        spec = next(spec for spec in DETECTORS.values() if len(spec.levels) == 2 and not spec.required)
        options = tuple(
            replace(made.options[n], id=("no", "yes")[n], level=spec.levels[n]) for n in range(2)
        )  # the first two of at least two, by rising points
        made = replace(made, detector=spec.name, settings={}, options=options)
    named = [criterion for criterion in before if criterion.options]
    when = None
    if named and draw(st.integers(0, 3)) == 0:
        other = draw(st.sampled_from(named))
        when = Condition(other.id, tuple(draw(st.lists(st.sampled_from(other.answers), min_size=1, unique=True))))
    return replace(
        made,
        kind=kind,
        mandatory=draw(st.booleans()),
        na_allowed=draw(st.booleans()),
        mode=made.mode if made.mode == "people" else draw(st.sampled_from(["machine", "suggest", "people"])),
        when=when,
        good=draw(words(empty=True)),
        bad=draw(words(empty=True)),
    )


@st.composite
def _plain(draw: st.DrawFn, name: str) -> Criterion:
    spec = DETECTORS[draw(st.sampled_from(sorted(DETECTORS)))]
    bonus = draw(st.integers(0, 5)) == 0
    count = len(spec.levels) or draw(st.integers(2, 4))
    points = sorted(draw(st.lists(NUMBERS, min_size=count, max_size=count, unique=True)))
    if bonus:
        points[0] = 0
        points[-1] = points[-1] or 1
    options = tuple(
        Option(
            id=f"o{n}",
            points=float(value),
            label=draw(words()),
            level=spec.levels[n] if spec.levels else None,
            auto_fail=draw(st.sampled_from([None, "section", "whole"])) if n == 0 else None,
        )
        for n, value in enumerate(points)
    )
    return Criterion(
        id=name,
        question=draw(words()),
        guidance=draw(words(empty=True)),
        detector=spec.name,
        settings=draw(settings_of(spec)),
        options=options,
        weight=0.0 if bonus else float(draw(NUMBERS)) or 1.0,
        critical=draw(st.booleans()),
        bonus=bonus,
    )


def settings_of(spec: DetectorSpec) -> st.SearchStrategy[dict[str, float | str | tuple[str, ...]]]:
    def one(key: str) -> st.SearchStrategy[float | str | tuple[str, ...]]:
        if key in spec.numbers:
            return NUMBERS.map(float)
        if key == "groups":
            return st.lists(st.sampled_from(["benefit", "thanks", "forbidden"]), min_size=1, max_size=3).map(tuple)
        return st.sampled_from(SETTINGS[key])

    return st.fixed_dictionaries({key: one(key) for key in spec.required}, optional={k: one(k) for k in spec.optional})


@st.composite
def moves(draw: st.DrawFn, ids: tuple[str, ...]) -> tuple[ScriptMove, ...]:
    found = []
    for move_id in draw(st.lists(st.sampled_from(ids), unique=True, max_size=3)):
        lines = st.fixed_dictionaries({}, optional=dict.fromkeys(LANGUAGES, st.lists(TEXT, max_size=2).map(tuple)))
        found.append(
            ScriptMove(
                move_id,
                tuple(draw(st.lists(st.sampled_from(ids), max_size=2))),
                draw(st.none() | words()),
                draw(st.none() | lines),
            )
        )
    return tuple(found)


@st.composite
def standards(draw: st.DrawFn) -> Standard:
    stages = []
    for stage in draw(st.lists(st.sampled_from(STAGES), unique=True, max_size=3)):
        required = draw(moves(required_ids()))
        taken = {move.id for move in required}
        forbidden = tuple(move for move in draw(moves(forbidden_ids())) if move.id not in taken)
        if required or forbidden:
            stages.append(ScriptStage(stage, draw(words()), required, forbidden, draw(st.booleans())))
    sections = []
    for s in range(draw(st.integers(1, 2))):
        made: list[Criterion] = []
        for n in range(draw(st.integers(1, 3))):
            before = (*(criterion for section in sections for criterion in section.criteria), *made)
            made.append(draw(criteria(f"c{s}_{n}", before)))
        fail = draw(st.none() | st.just(Fail(50.0, "section")))
        sections.append(Section(f"s{s}", draw(words()), float(draw(NUMBERS)) or 1.0, tuple(made), fail))
    if not any(criterion.weight for section in sections for criterion in section.criteria):
        plain = replace(draw(_plain("plain")), weight=1.0, bonus=False)
        sections[0] = replace(sections[0], criteria=(*sections[0].criteria, plain))
    return Standard(
        name=draw(IDS),
        version=draw(st.integers(1, 99)),
        title=draw(words()),
        description=draw(words(empty=True)),
        sections=tuple(sections),
        stages=tuple(stages),
    )
