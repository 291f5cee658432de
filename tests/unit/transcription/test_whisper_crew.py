"""Windows heard at the same time: how threads are shared, and lines of work run to their ends, faults or a stop."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from transcription.engines.cores import usable_cores
from transcription.engines.whisper_crew import MOST_AT_ONCE, share_threads, work_through
from transcription.errors import Cancelled


@pytest.mark.parametrize(
    ("threads", "narrow", "middle", "wide"),
    [
        (1, (1, 1), (1, 1), (1, 1)),
        (2, (2, 1), (2, 1), (1, 2)),
        (3, (3, 1), (2, 1), (1, 3)),
        (4, (4, 1), (2, 2), (1, 4)),
        (6, (3, 2), (2, 3), (1, 6)),
        (7, (3, 2), (2, 3), (1, 7)),
        (8, (4, 2), (2, 4), (2, 4)),
        (16, (4, 4), (4, 4), (4, 4)),
        (64, (4, 16), (4, 16), (4, 16)),
    ],
)
def test_threads_are_shared_among_windows(
    threads: int, narrow: tuple[int, int], middle: tuple[int, int], wide: tuple[int, int]
) -> None:
    assert share_threads(threads, 384) == narrow
    assert share_threads(threads, 768) == middle
    assert share_threads(threads, 1280) == wide
    for crew, each in (narrow, middle, wide):
        assert crew <= MOST_AT_ONCE
        assert crew * each <= threads


def line(*answers: int) -> Iterator[int]:
    yield from answers


@pytest.mark.parametrize("crew", [1, 2, 4])
def test_every_answer_is_taken_in_this_thread_and_in_order_within_a_line(crew: int) -> None:
    taken: list[tuple[int, int]] = []
    lines = [line(*(n * 10 + k for k in range(5))) for n in range(3)]
    work_through(lines, crew, lambda answer: taken.append((answer, threading.get_ident())))
    assert sorted(answer for answer, _ in taken) == sorted(n * 10 + k for n in range(3) for k in range(5))
    assert {thread for _, thread in taken} == {threading.get_ident()}
    for n in range(3):
        own = [answer for answer, _ in taken if answer // 10 == n]
        assert own == sorted(own)


def test_no_work_is_no_threads() -> None:
    work_through([], 4, lambda _answer: pytest.fail("nothing was made"))


def test_a_fault_ends_the_work_and_is_raised() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise ValueError("the third word")

    with pytest.raises(ValueError, match="third word"):
        work_through([broken(), line(2, 3)], 2, lambda _answer: None)
    assert not [thread for thread in threading.enumerate() if thread.name == "whisper-window"]


def test_a_stop_ends_lines_after_the_answer_they_are_at() -> None:
    made: list[int] = []

    def endless() -> Iterator[int]:
        while True:
            made.append(len(made))
            yield made[-1]

    taken: list[int] = []
    with pytest.raises(Cancelled):
        work_through([endless()], 1, taken.append, lambda: len(taken) >= 3)
    assert len(taken) == 3
    assert not [thread for thread in threading.enumerate() if thread.name == "whisper-window"]


def groups(tmp_path: Path, own: str, **files: str) -> tuple[Path, Path]:
    for name, content in files.items():
        path = tmp_path / "cgroup" / name.replace("__", "/").replace("cpu_max", "cpu.max")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    (tmp_path / "own").write_text(own)
    return tmp_path / "cgroup", tmp_path / "own"


@pytest.mark.parametrize(("quota", "cores"), [("100000 100000", 1), ("50000 100000", 1), ("max 100000", None)])
def test_a_containers_share_bounds_the_threads(tmp_path: Path, quota: str, cores: int | None) -> None:
    here = len(os.sched_getaffinity(0))
    found = usable_cores(*groups(tmp_path, "0::/app/worker\n", app__cpu_max=quota, app__worker__cpu_max="max 100000"))
    assert found == (cores or here)


def test_the_older_control_groups_count_too_and_their_absence_is_no_fault(tmp_path: Path) -> None:
    here = len(os.sched_getaffinity(0))
    roots = groups(tmp_path, "4:cpu,cpuacct:/box\n1:name=systemd:/\n")
    assert usable_cores(*roots) == here
    box = roots[0] / "cpu" / "box"
    box.mkdir(parents=True)
    (box / "cpu.cfs_quota_us").write_text("120000\n")
    (box / "cpu.cfs_period_us").write_text("100000\n")
    assert usable_cores(*roots) == 1
    assert usable_cores(tmp_path / "no", tmp_path / "none") == here
