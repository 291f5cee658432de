"""Rule packs: what sellers and clients say, per language, as data (`scoring/packs/<lang>/*.yaml`).

`pack.yaml` holds the language, version, thresholds and slots; every other file holds entries. An entry is a way of
saying one thing: phrases that find it, guards that drop it, and lines that must and must not match. A pack is read
once per process, when a call in its language is first scored.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Final

from scoring.guarded_regex import GuardedRegex, guard_regex
from scoring.languages import Language, language_of
from scoring.languages.codes import AlphabetFull
from scoring.needs import keys_of
from scoring.patterns import Compiled, PatternInvalid, Vocabulary, compile_pattern, exact_forms
from scoring.yaml_source import SourceInvalid, Value, read_yaml

FUZZY_LENGTH: Final = 12
LINES: Final = 5
_ROLES: Final = ("rep", "client", "any")

PackInvalid = SourceInvalid


class PackMissing(LookupError):
    """There is no rule pack for the language; carries `language`."""

    def __init__(self, language: str | None) -> None:
        super().__init__(f"there is no rule pack for the language '{language or 'unknown'}'")
        self.language = language


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One way of saying one thing.

    `group` is what it counts as, `precision` how often a hit is right (0..1), `negated` whether a negation just
    before drops the hit, `asks` whether the sentence must (True) or must not (False) be a question. `tags` refine
    the group: an objection's explicitness, a promise's kind.
    """

    id: str
    group: str
    role: str
    precision: float
    phrases: tuple[Compiled, ...]
    unless: tuple[Compiled, ...]
    fuzzy: tuple[str, ...]
    regex: tuple[GuardedRegex, ...]
    guarded: bool
    asks: bool | None
    tags: frozenset[str]
    match: tuple[str, ...]
    miss: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Pack:
    """One language's rules. `thresholds` are the pack's figures with a judgement in them; `words` its word lists."""

    language: str
    version: str
    thresholds: Mapping[str, float]
    words: Mapping[str, frozenset[str]]
    lists: Mapping[str, tuple[tuple[str, ...], ...]]
    """Sayings of several words by name, each as the stems of its tokens."""

    vocabulary: Vocabulary
    entries: tuple[Entry, ...]

    def threshold(self, name: str) -> float:
        """The threshold of that name. Raises KeyError."""
        return self.thresholds[name]

    def compile_all(self) -> None:
        """Compile every phrase now: for a process whose forks would each compile the same ones again."""
        for entry in self.entries:
            for phrase in (*entry.phrases, *entry.unless):
                _ = phrase.regex

    def phrase(self, source: str) -> Compiled:
        """A phrase of code's own in the pack's vocabulary; the same few are asked for in every call."""
        return _phrase(self, source)


@lru_cache(maxsize=64)
def _phrase(pack: Pack, source: str) -> Compiled:
    return compile_pattern(source, pack.vocabulary)


@lru_cache(maxsize=1)
def languages_with_packs() -> tuple[str, ...]:
    """The languages that have a pack."""
    root = resources.files("scoring").joinpath("packs")
    return tuple(sorted(item.name for item in root.iterdir() if item.is_dir() and item.joinpath("pack.yaml").is_file()))


def load_pack(language: str | None) -> Pack:
    """The pack for a language tag ("en-GB" is served by "en"). Raises PackMissing, PackInvalid."""
    short = (language or "").replace("_", "-").split("-")[0].lower()
    if short not in languages_with_packs():
        raise PackMissing(language)
    return _load(short)


@lru_cache(maxsize=8)
def _load(language: str) -> Pack:
    return read_pack(resources.files("scoring").joinpath("packs", language))


def read_pack(folder: Traversable) -> Pack:
    """The pack in a folder. Raises PackInvalid naming file, line, entry and fix."""
    name = folder.name
    head = read_yaml(folder.joinpath("pack.yaml").read_text(encoding="utf-8"), f"{name}/pack.yaml")
    keys = head.mapping(required=("language", "version", "thresholds", "slots", "words"), optional=("lists",))
    slots = {key: value.text() for key, value in keys["slots"].mapping(optional=None).items()}
    language = language_of(keys["language"].text())
    words = {
        key: frozenset(language.stem(word) for word in value.text().split())
        for key, value in keys["words"].mapping(optional=None).items()
    }
    sources: list[Value] = []
    for file in sorted(folder.iterdir(), key=lambda item: item.name):
        if file.name.endswith(".yaml") and file.name != "pack.yaml":
            document = read_yaml(file.read_text(encoding="utf-8"), f"{name}/{file.name}")
            sources.extend(document.mapping(required=("entries",))["entries"].items())
    phrases = [text for source in sources for text in _phrases_of(source)]
    vocabulary = Vocabulary(
        language,
        slots,
        words.get("not_names", frozenset()),
        exact_forms([*phrases, *slots.values()]),
        _counts(sources, language),
    )
    entries = tuple(_entry(source, vocabulary) for source in sources)
    seen: set[str] = set()
    for entry, source in zip(entries, sources, strict=True):
        if entry.id in seen:
            raise source.wrong(f"the entry '{entry.id}' is there twice", "rename one of them")
        seen.add(entry.id)
    return Pack(
        language=keys["language"].text(),
        version=keys["version"].text(),
        thresholds={key: value.number() for key, value in keys["thresholds"].mapping(optional=None).items()},
        words=words,
        lists=_lists(keys.get("lists"), language),
        vocabulary=vocabulary,
        entries=entries,
    )


def _counts(sources: Sequence[Value], language: Language) -> Counter[str]:
    """How often each stem and pair of neighbours stands in the lines of the entries, to tell rare ones from common."""
    counts: Counter[str] = Counter()
    for source in sources:
        keys = source.mapping(required=_REQUIRED, optional=_OPTIONAL)
        for text in (*keys["match"].texts(), *keys["miss"].texts()):
            counts.update(keys_of(language.split(text), language))
    return counts


def _lists(value: Value | None, language: Language) -> dict[str, tuple[tuple[str, ...], ...]]:
    return {
        key: tuple(tuple(token.stem for token in language.tokens(text)) for text in item.texts())
        for key, item in (value.mapping(optional=None).items() if value is not None else ())
    }


_REQUIRED: Final = ("id", "group", "role", "match", "miss")
_OPTIONAL: Final = ("phrases", "unless", "fuzzy", "regex", "guarded", "asks", "tags", "precision")


def _phrases_of(source: Value) -> list[str]:
    keys = source.mapping(required=_REQUIRED, optional=_OPTIONAL)
    return [text for key in ("phrases", "unless") if key in keys for text in keys[key].texts()]


def _entry(source: Value, vocabulary: Vocabulary) -> Entry:
    keys = source.mapping(required=_REQUIRED, optional=_OPTIONAL)
    entry_id = keys["id"].text()
    if not any(key in keys for key in ("phrases", "fuzzy", "regex")):
        raise source.wrong(f"the entry '{entry_id}' finds nothing", "add 'phrases:'")
    for key in ("match", "miss"):
        if len(keys[key].items()) < LINES:
            raise keys[key].wrong(f"the entry '{entry_id}' has fewer than {LINES} '{key}' lines", "add more")
    fuzzy = tuple(keys["fuzzy"].texts()) if "fuzzy" in keys else ()
    for text in fuzzy:
        if len(text) < FUZZY_LENGTH:
            raise keys["fuzzy"].wrong(
                f"the fuzzy phrase '{text}' of '{entry_id}' is under {FUZZY_LENGTH} characters",
                "move it to 'phrases', which match exactly",
            )
    return Entry(
        id=entry_id,
        group=keys["group"].text(),
        role=keys["role"].choice(_ROLES),
        precision=keys["precision"].number(least=0, most=1) if "precision" in keys else 0.9,
        phrases=_compiled(keys.get("phrases"), entry_id, vocabulary),
        unless=_compiled(keys.get("unless"), entry_id, vocabulary),
        fuzzy=fuzzy,
        regex=_regexes(keys.get("regex"), entry_id, vocabulary.language),
        guarded="guarded" in keys and keys["guarded"].flag(),
        asks=keys["asks"].flag() if "asks" in keys else None,
        tags=frozenset(keys["tags"].texts()) if "tags" in keys else frozenset(),
        match=tuple(keys["match"].texts()),
        miss=tuple(keys["miss"].texts()),
    )


def _compiled(value: Value | None, entry_id: str, vocabulary: Vocabulary) -> tuple[Compiled, ...]:
    compiled = []
    for item in value.items() if value is not None else ():
        try:
            compiled.append(compile_pattern(item.text(), vocabulary))
        except (PatternInvalid, AlphabetFull) as error:
            raise item.wrong(f"the phrase '{item.text()}' of '{entry_id}' is refused", str(error)) from error
    return tuple(compiled)


def _regexes(value: Value | None, entry_id: str, language: Language) -> tuple[GuardedRegex, ...]:
    found = []
    for item in value.items() if value is not None else ():
        keys = item.mapping(required=("pattern", "needs"))
        source = keys["pattern"].text()
        needs = frozenset(t.stem for word in keys["needs"].texts() for t in language.tokens(word)[:1])
        try:
            found.append(guard_regex(source, entry=entry_id, needs=needs))
        except (PatternInvalid, AlphabetFull) as error:
            raise item.wrong(f"the regex '{source}' of '{entry_id}' is refused", str(error)) from error
    return tuple(found)
