from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.errors import RenderFailed
from studio.render import process
from studio.render.crew import Crew
from tests.studio.render.conftest import ffmpeg_children

pytestmark = pytest.mark.usefixtures("no_child_left")

QUIET = ["-nostdin", "-hide_banner", "-loglevel", "warning", "-y"]
ENDLESS = [*QUIET, "-re", "-f", "lavfi", "-i", "testsrc2=size=64x64", "-f", "null", "-"]
PIPED = [*QUIET, "-f", "rawvideo", "-pixel_format", "gray", "-video_size", "64x64", "-i", "pipe:0", "-f", "null", "-"]


def test_no_tasks_are_no_work() -> None:
    assert Crew(timeout_s=10).finish([]) == []


def test_results_come_in_the_order_of_the_tasks() -> None:
    assert Crew(timeout_s=10).finish([lambda: 1, lambda: 2, lambda: 3], jobs=2) == [1, 2, 3]


def test_a_failure_carries_the_end_of_ffmpegs_report(tmp_path: Path) -> None:
    with pytest.raises(RenderFailed, match=r"(?s)ffmpeg ended with 254:.*No such file or directory.*absent\.mp4"):
        Crew(timeout_s=10).run([*QUIET, "-i", "absent.mp4", "out.mp4"], folder=tmp_path)


def test_a_full_disk_is_a_failure_that_says_so(tmp_path: Path) -> None:
    argv = [*QUIET, "-f", "lavfi", "-i", "testsrc2=size=640x640:duration=5", "-f", "rawvideo", "file:/dev/full"]

    with pytest.raises(RenderFailed, match="No space left on device"):
        Crew(timeout_s=30).run(argv, folder=tmp_path)


def test_a_file_that_grows_without_end_is_cut_short(tmp_path: Path) -> None:
    argv = [*QUIET, "-f", "lavfi", "-i", "testsrc2=size=640x640", "-f", "rawvideo", "big.raw"]

    with pytest.raises(RenderFailed, match="ffmpeg ended with"):
        Crew(timeout_s=30, max_file_bytes=5_000_000).run(argv, folder=tmp_path)

    assert (tmp_path / "big.raw").stat().st_size <= 5_000_000


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is the kernel's")
def test_a_process_that_computes_for_ever_is_ended_by_the_kernel(tmp_path: Path) -> None:
    argv = [*QUIET, "-f", "lavfi", "-i", "testsrc2=size=640x640", "-f", "null", "-"]
    child = process.start(argv, folder=tmp_path, is_fed=False, cpu_s=1, file_bytes=1_000_000)
    try:
        ended = child.wait(30)
    finally:
        process.end(child)
        process.close_pipes(child)

    assert ended in (-signal.SIGXCPU, 128 + signal.SIGXCPU, 255)


def test_the_deadline_ends_every_process(tmp_path: Path) -> None:
    crew = Crew(timeout_s=1)
    started = time.monotonic()

    with pytest.raises(RenderFailed, match="took longer than 1 s; raise RENDER_TIMEOUT_S"):
        crew.finish([lambda: crew.run(ENDLESS, folder=tmp_path)] * 2, jobs=2)

    assert time.monotonic() - started < 4


def test_a_failure_ends_the_others(tmp_path: Path) -> None:
    crew = Crew(timeout_s=60)

    def fail() -> str:
        time.sleep(0.3)
        raise RenderFailed("the other one")

    with pytest.raises(RenderFailed, match="the other one"):
        crew.finish([lambda: crew.run(ENDLESS, folder=tmp_path), fail], jobs=2)


def test_an_interrupt_in_the_waiting_thread_ends_every_process(tmp_path: Path) -> None:
    crew = Crew(timeout_s=60)

    def interrupt() -> None:
        if ffmpeg_children():
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        crew.finish([lambda: crew.run(ENDLESS, folder=tmp_path)] * 3, jobs=2, on_tick=interrupt)


def test_a_process_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    crew = Crew(timeout_s=60)

    def freeze_then_interrupt() -> None:
        for child in ffmpeg_children():
            os.kill(child, signal.SIGSTOP)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        crew.finish([lambda: crew.run(ENDLESS, folder=tmp_path)], on_tick=freeze_then_interrupt)


def test_a_stopped_crew_starts_nothing(tmp_path: Path) -> None:
    crew = Crew(timeout_s=60)
    crew.stop()

    with pytest.raises(RenderFailed, match="stopped"):
        crew.run(ENDLESS, folder=tmp_path)


def test_a_failing_source_of_frames_ends_the_encoder(tmp_path: Path) -> None:
    def frames() -> Iterator[bytes]:
        yield bytes(64 * 64)
        raise ValueError("no more paint")

    with pytest.raises(ValueError, match="no more paint"):
        Crew(timeout_s=60).run(PIPED, folder=tmp_path, frames=frames())


def test_an_encoder_that_dies_over_its_frames_says_why(tmp_path: Path) -> None:
    argv = [*PIPED[:-3], "-vf", "nosuchfilter", *PIPED[-3:]]

    with pytest.raises(RenderFailed, match="nosuchfilter"):
        Crew(timeout_s=60).run(argv, folder=tmp_path, frames=(bytes(64 * 64) for _ in range(1000)))


def test_reading_stops_where_the_reader_stops(tmp_path: Path) -> None:
    argv = [*ENDLESS[:-3], "-f", "rawvideo", "-pix_fmt", "gray", "pipe:1"]

    with Crew(timeout_s=60).read(argv, folder=tmp_path, size=64 * 64) as pieces:
        assert len(next(pieces)) == 64 * 64


def test_ffmpeg_sees_none_of_our_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "canary")
    crew = Crew(timeout_s=60)
    seen: list[bytes] = []

    def look() -> None:
        for child in ffmpeg_children():
            seen.append(Path(f"/proc/{child}/environ").read_bytes())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        crew.finish([lambda: crew.run(ENDLESS, folder=tmp_path)], on_tick=look)

    assert seen
    assert b"canary" not in seen[0]


def test_a_killed_parent_leaves_no_orphan(tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", _PARENT, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert Path(f"/proc/{child}").exists()

    parent.kill()
    parent.wait()
    parent.stdout.close()

    assert _is_gone_within(child, seconds=3)


_PARENT = f"""
import sys
from pathlib import Path
from studio.render.crew import Crew
from tests.studio.render.conftest import ffmpeg_children
crew = Crew(timeout_s=60)
def tell():
    for child in ffmpeg_children():
        print(child, flush=True)
crew.finish([lambda: crew.run({ENDLESS!r}, folder=Path(sys.argv[1]))], on_tick=tell)
"""


def _is_gone_within(pid: int, *, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if (Path("/proc") / str(pid) / "stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.05)
    return False
