"""A seal stands for one event at one place of one chain, whichever database kept the event in between."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.audit_chain.links import Link, canonical, derive_key, digest_earlier, seal

KEY = derive_key("a secret of forty characters, or about that")
LINK = Link(
    id=7,
    at=datetime(2026, 11, 23, 9, 30, tzinfo=UTC),
    actor=3,
    action="user.roles_changed",
    subject_kind="user",
    subject_id="9",
    details={"before": ["rep"], "after": ["rep", "manager"]},
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(-1e12, 1e12) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    "other",
    [
        replace(LINK, id=8),
        replace(LINK, at=LINK.at + timedelta(microseconds=1)),
        replace(LINK, actor=None),
        replace(LINK, action="user.roles_change"),
        replace(LINK, subject_kind="call"),
        replace(LINK, subject_id="90"),
        replace(LINK, details={"before": ["rep"], "after": ["manager", "rep"]}),
    ],
)
def test_every_part_of_an_event_is_under_its_seal(other: Link) -> None:
    assert seal(KEY, 1, "", other) != seal(KEY, 1, "", LINK)


def test_the_place_the_one_before_and_the_secret_are_too() -> None:
    seals = {
        seal(KEY, 1, "", LINK),
        seal(KEY, 2, "", LINK),
        seal(KEY, 1, "ab", LINK),
        seal(derive_key("another secret"), 1, "", LINK),
    }
    assert len(seals) == 4


def test_another_zone_is_the_same_moment() -> None:
    assert canonical(replace(LINK, at=LINK.at.astimezone(timezone(timedelta(hours=9))))) == canonical(LINK)


@given(st.dictionaries(st.text(max_size=4), VALUES, max_size=4))
def test_details_read_back_from_json_have_the_same_seal(details: dict[str, object]) -> None:
    shuffled = dict(reversed(list(json.loads(json.dumps(details)).items())))
    assert canonical(replace(LINK, details=shuffled)) == canonical(replace(LINK, details=details))


def test_whole_numbers_may_come_back_without_their_point() -> None:
    assert canonical(replace(LINK, details={"final": 61.0})) == canonical(replace(LINK, details={"final": 61}))


def test_the_fingerprint_of_what_was_there_before_knows_the_order() -> None:
    other = replace(LINK, id=8)
    assert digest_earlier([]) == ""
    assert digest_earlier([LINK, other]) != digest_earlier([other, LINK])
