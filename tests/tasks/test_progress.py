"""How far a film is: written seldom, and only by the process that makes it."""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from store.repos.users import Users
from store.repos.videos import Videos
from store.session import engine, reading, transaction
from store.tables.videos import Video
from studio.models.brief import Brief
from tasks import progress
from tasks.lease import this_process
from tasks.progress import SHARES, Progress, keep
from tests.support.migrated import take_migrated


@pytest.fixture
def film(fresh_home: Path) -> str:
    """A film that this process works on."""
    take_migrated(fresh_home)
    with transaction() as session:
        videos = Videos.of_everyone(session)
        video = videos.add(Brief(title="潮汐"), owner_id=Users(session).operator().id)
        videos.change(video.id, **this_process().columns())
        return video.id


def row(video_id: str) -> Video:
    with reading() as session:
        video = Videos.of_everyone(session).get(video_id)
    assert video
    return video


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Sets the time that progress goes by."""
    start = progress.time.monotonic()

    def set_to(seconds: float) -> None:
        monkeypatch.setattr(progress.time, "monotonic", lambda: start + seconds)

    set_to(0)
    return set_to


@pytest.fixture
def writes(film: str, clock: Callable[[float], None], monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Every stage and progress that is written from now on."""
    seen = []

    def watch(video_id: str, *, stage: str, progress: int) -> None:
        keep(video_id, stage=stage, progress=progress)
        seen.append((row(video_id).stage, row(video_id).progress))

    monkeypatch.setattr(progress, "keep", watch)
    return seen


def test_the_beginning_of_a_stage_is_written(film: str, writes: list[tuple[str, int]]) -> None:
    Progress(film).report("script")

    assert writes == [("script", 0)]


def test_within_a_second_nothing_more_is_written(film: str, writes: list[tuple[str, int]]) -> None:
    report = Progress(film).report
    for fraction in (0.0, 0.1, 0.5, 0.9, 1.0):
        report("render", fraction)

    assert writes == [("render", 38)]


def test_each_second_is_written_once(film: str, writes: list[tuple[str, int]], clock: Callable[[float], None]) -> None:
    report = Progress(film).report
    for tenth in range(31):
        clock(tenth / 10)
        report("render", tenth / 30)

    assert writes == [("render", 38), ("render", 58), ("render", 78), ("render", 98)]


def test_a_new_stage_is_written_at_once(film: str, writes: list[tuple[str, int]]) -> None:
    report = Progress(film).report
    for stage in SHARES:
        report(stage)

    assert writes == [
        ("script", 0), ("review", 4), ("narration", 4), ("footage", 34), ("shots", 36), ("timeline", 37), ("render", 38), ("finish", 98),
    ]  # fmt: skip


def test_what_has_not_changed_is_not_written(
    film: str, writes: list[tuple[str, int]], clock: Callable[[float], None]
) -> None:
    report = Progress(film).report
    report("render", 0.5)
    clock(5)
    report("render", 0.501)

    assert writes == [("render", 68)]


@pytest.mark.parametrize(("fraction", "percent"), [(-1.0, 38), (2.0, 98)])
def test_no_fraction_leaves_its_stage(film: str, writes: list[tuple[str, int]], fraction: float, percent: int) -> None:
    Progress(film).report("render", fraction)

    assert writes == [("render", percent)]


def test_the_shares_of_the_stages_make_a_hundred_without_a_gap() -> None:
    edges = list(SHARES.values())

    assert (edges[0][0], edges[-1][1]) == (0, 100)
    assert [end for _, end in edges[:-1]] == [start for start, _ in edges[1:]]


STAYED = 7
"""What a process ends with that came to its end: one that leaves a film to another ends with 0 before."""


def keep_elsewhere(video_id: str, *, takes_over: bool = False) -> int | None:
    """How a process ends that writes progress of the film, and perhaps takes it over before."""

    def work() -> None:
        this_process.cache_clear()
        engine.cache_clear()
        if takes_over:
            with transaction() as session:
                Videos.of_everyone(session).change(video_id, **this_process().columns())
        keep(video_id, stage="render", progress=50)
        sys.exit(STAYED)

    # Nothing that is open may be used by both.
    engine().dispose()
    process = multiprocessing.get_context("fork").Process(target=work, daemon=True)
    process.start()
    process.join(60)
    return process.exitcode


def test_a_process_whose_film_another_one_holds_ends_quietly_and_writes_nothing(
    film: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert keep_elsewhere(film) == 0
    assert capfd.readouterr().out == ""
    assert (row(film).stage, row(film).progress) == ("", 0)


def test_a_process_that_holds_its_film_writes_and_goes_on(film: str) -> None:
    assert keep_elsewhere(film, takes_over=True) == STAYED
    assert (row(film).stage, row(film).progress) == ("render", 50)


def test_a_film_that_is_not_there_ends_the_process_too(film: str) -> None:
    assert keep_elsewhere("task_0") == 0
