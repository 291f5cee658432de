"""The refusal of a setting that cannot be used."""

from __future__ import annotations


class BadSetting(ValueError):
    """A setting cannot be used; names the setting, its value and the fix."""

    def __init__(self, name: str, value: str, fix: str) -> None:
        super().__init__(f"{name}={value!r} cannot be used: {fix}")
        self.name = name
        self.value = value
        self.fix = fix
