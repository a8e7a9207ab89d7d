"""The ffmpeg processes of one render: run some at once, wait for them all, and leave none behind."""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any, TypeVar

from studio.errors import RenderFailed
from studio.render import process
from studio.render.process import Stopped

T = TypeVar("T")

TICK_S = 0.25
"""How often the waiting thread looks at the clock and tells how far the film is."""


def all_cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Crew:
    """
    Runs ffmpeg in the threads of its own pool while the caller's thread waits.

    Whatever ends the wait (a failure, the deadline, a signal raised as an exception in the main thread) ends every
    process: asked first, killed after `process.GRACE_S`. A crew works once; after `stop` it starts nothing.
    """

    def __init__(self, *, timeout_s: float, max_file_bytes: int = process.MAX_FILE_BYTES) -> None:
        self._timeout_s = timeout_s
        self._max_file_bytes = max_file_bytes
        self._deadline = time.monotonic() + timeout_s
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._stopped = False

    def finish(
        self, tasks: Sequence[Callable[[], T]], *, jobs: int = 1, on_tick: Callable[[], None] | None = None
    ) -> list[T]:
        """
        Do *tasks*, *jobs* at once in the order given, and return what they return.

        Args:
            tasks: they call `run` and `read`; each runs in a thread of the pool.
            jobs: how many at once.
            on_tick: called in the caller's thread every TICK_S; what it raises ends the render.

        Raises:
            RenderFailed: a task failed, or the deadline passed.
        """
        with ThreadPoolExecutor(max(1, jobs), thread_name_prefix="render") as pool:
            futures = [pool.submit(task) for task in tasks]
            try:
                self._await(futures, on_tick)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                self.stop()
                raise
            return [future.result() for future in futures]

    def run(
        self,
        argv: Sequence[str],
        *,
        folder: Path,
        frames: Iterable[Any] | None = None,
        on_frame: Callable[[int], None] | None = None,
    ) -> str:
        """
        Run ffmpeg to its end and return the end of its report.

        Args:
            argv: without the program.
            folder: working directory; every name in *argv* is relative to it.
            frames: buffers to write to its standard input, in order.
            on_frame: told the number of frames done; called from another thread.

        Raises:
            RenderFailed: ffmpeg failed; carries its last lines.
        """
        with self._child(argv, folder=folder, is_fed=frames is not None) as child:
            tail = process.Tail(child)
            reader = process.watch_frames(child, on_frame or _ignore)
            if frames is not None:
                process.feed(child, frames)
            self._outlast(child)
            reader.join(process.GRACE_S)
            self._judge(child, tail)
            return tail.text()

    @contextlib.contextmanager
    def read(self, argv: Sequence[str], *, folder: Path, size: int) -> Iterator[Iterator[memoryview]]:
        """
        What ffmpeg writes to its standard output, in pieces of *size* bytes; leaving early ends it.

        Raises:
            RenderFailed: it failed; raised at the end of the pieces.
        """
        with self._child(argv, folder=folder, is_fed=False) as child:
            tail = process.Tail(child)

            def pieces() -> Iterator[memoryview]:
                yield from process.chunks(child, size=size)
                self._outlast(child)
                self._judge(child, tail)

            yield pieces()

    def stop(self) -> None:
        """End every process that runs and start no other."""
        with self._lock:
            self._stopped = True
            running = list(self._running)
        for child in running:
            if child.poll() is None:
                child.terminate()
        for child in running:
            process.end(child)

    @contextlib.contextmanager
    def _child(self, argv: Sequence[str], *, folder: Path, is_fed: bool) -> Iterator[subprocess.Popen[bytes]]:
        # Under the lock: `stop` either sees the child or keeps it from starting.
        with self._lock:
            if self._stopped:
                raise Stopped("the render was stopped")
            child = process.start(
                argv,
                folder=folder,
                is_fed=is_fed,
                cpu_s=int(self._timeout_s) * all_cores() + 1,
                file_bytes=self._max_file_bytes,
            )
            self._running.add(child)
        try:
            yield child
        finally:
            # First our end of its input: a child that waits for a frame hears no signal.
            process.close_input(child)
            process.end(child)
            process.close_pipes(child)
            with self._lock:
                self._running.discard(child)

    def _outlast(self, child: subprocess.Popen[bytes]) -> None:
        try:
            child.wait(max(0.0, self._deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            raise self._too_late() from None

    def _judge(self, child: subprocess.Popen[bytes], tail: process.Tail) -> None:
        if self._stopped:
            raise Stopped("the render was stopped")
        if child.returncode:
            failure = process.BrokenInput if child.returncode == process.BROKEN_INPUT else RenderFailed
            raise failure(f"ffmpeg ended with {child.returncode}:\n{tail.text()}")

    def _await(self, futures: Sequence[Future[T]], on_tick: Callable[[], None] | None) -> None:
        pending: set[Future[T]] = set(futures)
        while pending:
            done, pending = wait(pending, timeout=TICK_S, return_when=FIRST_EXCEPTION)
            for future in done:
                future.result()
            if on_tick:
                on_tick()
            if pending and time.monotonic() > self._deadline:
                raise self._too_late()

    def _too_late(self) -> RenderFailed:
        return RenderFailed(
            f"the render took longer than {self._timeout_s:.0f} s; raise RENDER_TIMEOUT_S or choose a lower tier"
        )


def _ignore(_frames: int) -> None:
    pass
