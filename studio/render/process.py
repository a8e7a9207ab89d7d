"""
ffmpeg as a child process: the only subprocess of the studio.

A child stays in our process group, so a signal to the group reaches it too; it has limits on time and file size,
an empty environment, and dies with us even when we are killed without warning.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import resource
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import IO, Any

import imageio_ffmpeg

from studio.errors import RenderFailed

TAIL_LINES = 40
"""Lines of ffmpeg's report that an error carries: the last one alone is only "Error opening ..."."""

GRACE_S = 3.0
"""From asking to stop to killing. ffmpeg closes its file in 0.4 s; a stopped process never answers."""

MAX_FILE_BYTES = 8 << 30
"""No file of one process grows beyond this: twenty times an hour of film, and less than a disk."""

BROKEN_INPUT = 183
"""What ffmpeg ends with then: the low byte of AVERROR_INVALIDDATA. Source: libavutil/error.h."""

PIPE_BYTES = 1 << 20
"""Size we ask for a pipe of frames: fewer switches between us and ffmpeg."""

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


class Stopped(RenderFailed):
    """The render was given up while this process ran; the reason is raised elsewhere."""


class BrokenInput(RenderFailed):
    """What ffmpeg was given to read is damaged."""


@cache
def ffmpeg() -> str:
    """Where the ffmpeg program is."""
    return str(imageio_ffmpeg.get_ffmpeg_exe())


@cache
def ffmpeg_version() -> str:
    """Version of that program, part of every cache key."""
    return str(imageio_ffmpeg.get_ffmpeg_version())


def start(argv: Sequence[str], *, folder: Path, is_fed: bool, cpu_s: int, file_bytes: int) -> subprocess.Popen[bytes]:
    """
    Start ffmpeg with *argv* (without the program) in *folder*.

    Call it from a thread that outlives the child: the kernel ends the child with the thread that forked it.
    """
    child = subprocess.Popen(
        [ffmpeg(), *argv],
        cwd=folder,
        env=_environment(folder),
        stdin=subprocess.PIPE if is_fed else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        # Runs between fork and exec: two system calls on libraries that are already loaded, no locks.
        preexec_fn=_begin,
    )
    _limit(child.pid, cpu_s=cpu_s, file_bytes=file_bytes)
    for pipe in (child.stdin, child.stdout):
        _widen(pipe)
    return child


def feed(child: subprocess.Popen[bytes], frames: Iterable[Any]) -> None:
    """Write *frames* (anything with a buffer) to the child. A child that died in between says why by itself."""
    stdin = child.stdin
    if stdin is None:
        raise ValueError("this child was started without a way in")
    with contextlib.suppress(BrokenPipeError):
        for frame in frames:
            left = memoryview(frame).cast("B")
            while left:
                left = left[os.write(stdin.fileno(), left) :]
    close_input(child)


def chunks(child: subprocess.Popen[bytes], *, size: int) -> Iterator[memoryview]:
    """What the child writes, in pieces of *size* bytes; each is overwritten by the next. A short rest is dropped."""
    buffer = bytearray(size)
    while _fill(child.stdout, memoryview(buffer)):
        yield memoryview(buffer)


class Tail:
    """The last lines of the child's report, read in a thread so that it never waits for us."""

    def __init__(self, child: subprocess.Popen[bytes]) -> None:
        self._lines: deque[str] = deque(maxlen=TAIL_LINES)
        self._thread = _drain(child.stderr, self._lines.append)

    def text(self) -> str:
        """The lines, once the child has ended."""
        self._thread.join(GRACE_S)
        return "\n".join(self._lines)


def watch_frames(child: subprocess.Popen[bytes], on_frame: Callable[[int], None]) -> threading.Thread:
    """Call *on_frame* with the number of frames done, as `-progress pipe:1` reports it."""

    def line(text: str) -> None:
        name, _, value = text.partition("=")
        if name == "frame" and value.strip().isdigit():
            on_frame(int(value))

    return _drain(child.stdout, line)


def end(child: subprocess.Popen[bytes]) -> None:
    """Ask the child to stop, insist after GRACE_S, and wait until it is gone."""
    if child.poll() is None:
        child.terminate()
    try:
        child.wait(GRACE_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def close_input(child: subprocess.Popen[bytes]) -> None:
    """Tell the child that no more frames come. Only the thread that feeds it may."""
    if child.stdin is not None:
        with contextlib.suppress(BrokenPipeError):
            child.stdin.close()


def close_pipes(child: subprocess.Popen[bytes]) -> None:
    """Give our ends of the pipes back."""
    for pipe in (child.stdin, child.stdout, child.stderr):
        if pipe is not None:
            with contextlib.suppress(BrokenPipeError):
                pipe.close()


def give_memory_back() -> None:
    """Return freed memory to the system: a look at a 4K clip leaves 15 MB in the heap of every thread that looked."""
    if _LIBC is not None and hasattr(_LIBC, "malloc_trim"):
        _LIBC.malloc_trim(0)


def _environment(folder: Path) -> dict[str, str]:
    """No secrets, no proxies; fonts only from the folder, so that every machine sets the same type."""
    return {
        "PATH": os.defpath,
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
        # Threads that share a heap waste 4 MB less each, and ours hardly allocate once they run.
        "MALLOC_ARENA_MAX": "1",
        "FONTCONFIG_FILE": str(folder / "fonts.conf"),
    }


def _begin() -> None:
    """Die with the parent, and leave Ctrl-C to it: the key goes to everything in a terminal, and the parent ends us."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _limit(pid: int, *, cpu_s: int, file_bytes: int) -> None:
    if sys.platform != "linux":
        return
    with contextlib.suppress(ProcessLookupError):
        resource.prlimit(pid, resource.RLIMIT_CPU, (cpu_s, cpu_s + 5))
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (file_bytes, file_bytes))
        resource.prlimit(pid, resource.RLIMIT_CORE, (0, 0))


def _widen(pipe: IO[bytes] | None) -> None:
    if pipe is not None and sys.platform == "linux":
        with contextlib.suppress(OSError):
            fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, PIPE_BYTES)


def _fill(pipe: IO[bytes] | None, view: memoryview) -> bool:
    if pipe is None:
        return False
    while view:
        count = os.readv(pipe.fileno(), [view])
        if not count:
            return False
        view = view[count:]
    return True


def _drain(pipe: IO[bytes] | None, on_line: Callable[[str], None]) -> threading.Thread:
    def read() -> None:
        # A pipe closed under us means that nobody wants to know any more.
        with contextlib.suppress(ValueError, OSError):
            for line in pipe or ():
                on_line(line.decode("utf-8", "replace").rstrip())

    thread = threading.Thread(target=read, name="ffmpeg-report", daemon=True)
    thread.start()
    return thread
