"""The words companies are told from everyday words by, read once from companies.yaml."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

import yaml

from transcription.identity.words import fold, name_words

_FORMS_BEFORE: Final = ("주식회사", "유한회사", "㈜")
_FORMS_BEHIND: Final = ("주식회사", "유한회사", "㈜", "그룹", "股份有限公司", "有限责任公司", "有限公司", "集团公司",
                        "集团", "公司")  # fmt: skip


@dataclass(frozen=True, slots=True)
class CompanyWords:
    """Everyday words that companies are called by, and the Korean that is written on to names, as patterns."""

    everyday: frozenset[str]
    openers: frozenset[str]  # those that sentences begin with
    particles: str
    kinds: str  # what a Korean company is, written on to its name

    def is_everyday(self, folded: str) -> bool:
        """Whether people say this word anyway."""
        names = name_words()
        return folded in self.everyday or folded in names.also_words or folded in names.small

    def opens(self, folded: str) -> bool:
        """Whether sentences begin with this word, so that its capital there says nothing."""
        return folded in self.openers or folded in name_words().small

    def without_forms(self, name: str) -> str:
        """A Korean or Chinese name without what it is registered under."""
        for form in _FORMS_BEFORE:
            name = name.removeprefix(form)
        for form in _FORMS_BEHIND:
            if len(name) > len(form) + 1 and name.endswith(form):
                return name.removesuffix(form)
        return name


@cache
def company_words() -> CompanyWords:
    """The words of companies.yaml."""
    data: Any = yaml.safe_load((files("transcription.identity") / "companies.yaml").read_text(encoding="utf-8"))
    particles = sorted(data["ko"]["particles"].split(), key=len, reverse=True)
    return CompanyWords(
        everyday=frozenset(fold(word) for part in data.values() for word in part["everyday"].split()),
        openers=frozenset(fold(word) for part in data.values() for word in part.get("openers", "").split()),
        particles="|".join(re.escape(particle) for particle in particles),
        kinds="그룹|은행|카드|전자|회사",
    )
