"""Channels worked on side by side: answers in order, the first error, and no waiting after an interrupt."""

from __future__ import annotations

import threading

import pytest

from transcription.abreast import abreast


def test_answers_come_in_the_order_of_the_works_whoever_ends_first() -> None:
    ended = threading.Event()

    def slow() -> str:
        assert ended.wait(10)
        return "first"

    def quick() -> str:
        ended.set()
        return "second"

    assert abreast([slow, quick]) == ["first", "second"]
    assert abreast([lambda: 1]) == [1]
    assert abreast([]) == []


def test_the_first_error_is_raised_after_all_have_ended() -> None:
    ended: list[int] = []

    def fails(number: int) -> int:
        ended.append(number)
        raise ValueError(str(number))

    with pytest.raises(ValueError, match="1"):
        abreast([lambda: 0, lambda: fails(1), lambda: fails(2)])
    assert sorted(ended) == [1, 2]


def test_an_interrupt_waits_for_nobody() -> None:
    never = threading.Event()

    def interrupted() -> bool:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        abreast([interrupted, lambda: never.wait(30)])
    never.set()
