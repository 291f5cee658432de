"""Which passwords are refused, and that the hash fits only the password it was made of."""

from __future__ import annotations

import pytest

from review.services.passwords import (
    SHORTEST,
    WeakPassword,
    check_password,
    hash_password,
    needs_new_hash,
    verify_password,
)


@pytest.mark.parametrize(
    "password",
    [
        "green kettle by the door",
        "плотник сварил кофе дважды",
        "우리 팀은 매일 아침 커피를 마신다",
        "alllowercaseletterswithnosigns",  # no composition rules
        "84215907361529840",  # digits alone are allowed, if not a row of them
    ],
)
def test_accepted(password: str) -> None:
    check_password(password, "jonas@example.com", "Jonas Weber")


@pytest.mark.parametrize(
    "password",
    [
        "",
        "short",
        "fourteen chars",
        " " * 20,
        "...............",
        "passwordpassword",
        "Password Password!",
        "123456789012345",
        "aaaaaaaaaaaaaaaa",
        "abcabcabcabcabcabc",
        "qwertyuiopasdfghjkl",
        "correct horse battery staple",
        "пароль пароль пароль",
        "йцукенгшщзхъфыва",
        "jonas@example.com",
        "jonas@example.com1",
        "Jonas Weber 2026",
        "x" * 300,
    ],
)
def test_refused(password: str) -> None:
    with pytest.raises(WeakPassword) as refused:
        check_password(password, "jonas@example.com", "Jonas Weber")
    assert refused.value.why
    assert len(password) < SHORTEST or password not in refused.value.why


def test_a_hash_fits_its_password_alone() -> None:
    stored = hash_password("green kettle by the door")
    assert stored.startswith("$argon2id$")
    assert "kettle" not in stored
    assert verify_password(stored, "green kettle by the door")
    assert not verify_password(stored, "green kettle by the Door")
    assert not verify_password(None, "green kettle by the door")
    assert not verify_password("!", "!")
    assert not needs_new_hash(stored)


def test_the_same_characters_typed_elsewhere_fit() -> None:
    assert verify_password(hash_password("Bjo\u0308rn geht im Regen"), "Bj\u00f6rn geht im Regen")
