from __future__ import annotations

import os
from pathlib import Path

from studio.render.cache import RenderCache, content_key


def keep(cache: RenderCache, folder: Path, name: str, *, size: int, used: float) -> None:
    part = folder / "part"
    part.write_bytes(bytes(size))
    cache.keep(part, name=name)
    os.utime(folder / "cache" / name, (used, used))
    part.unlink()


def test_an_empty_cache_has_nothing(tmp_path: Path) -> None:
    cache = RenderCache(tmp_path / "cache")

    assert not cache.take("a.mp4", into=tmp_path / "a.mp4")
    cache.prune()
    assert not (tmp_path / "a.mp4").exists()


def test_what_is_kept_can_be_taken(tmp_path: Path) -> None:
    cache = RenderCache(tmp_path / "cache")
    (tmp_path / "part").write_bytes(b"film")
    cache.keep(tmp_path / "part", name="a.mp4")

    assert cache.take("a.mp4", into=tmp_path / "taken.mp4")
    assert (tmp_path / "taken.mp4").read_bytes() == b"film"


def test_pruning_removes_what_was_used_longest_ago(tmp_path: Path) -> None:
    cache = RenderCache(tmp_path / "cache")
    for name, used in (("old", 1.0), ("older", 0.0), ("new", 2.0)):
        keep(cache, tmp_path, name, size=100, used=used)

    cache.prune(limit_bytes=250)

    assert sorted(path.name for path in (tmp_path / "cache").iterdir()) == ["new", "old"]


def test_taking_counts_as_use(tmp_path: Path) -> None:
    cache = RenderCache(tmp_path / "cache")
    for name in ("a", "b"):
        keep(cache, tmp_path, name, size=100, used=1.0 if name == "a" else 2.0)

    cache.take("a", into=tmp_path / "taken")
    cache.prune(limit_bytes=100)

    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["a"]


def test_pruning_does_not_pull_a_taken_file_away(tmp_path: Path) -> None:
    cache = RenderCache(tmp_path / "cache")
    keep(cache, tmp_path, "a", size=100, used=1.0)
    cache.take("a", into=tmp_path / "taken")

    cache.prune(limit_bytes=0)

    assert (tmp_path / "taken").stat().st_size == 100


def test_pruning_removes_what_dead_processes_left(tmp_path: Path) -> None:
    cache = RenderCache(tmp_path / "cache")
    for name, used in ((".dead", 0.0), (".alive", None)):
        (tmp_path / "cache" / name).write_bytes(b"half")
        if used is not None:
            os.utime(tmp_path / "cache" / name, (used, used))

    cache.prune()

    assert [path.name for path in (tmp_path / "cache").iterdir()] == [".alive"]


def test_a_key_is_the_same_for_the_same_parts_and_another_for_others() -> None:
    assert content_key(a=1, b=[2]) == content_key(b=[2], a=1)
    assert content_key(a=1) != content_key(a=2)
    assert len(content_key()) == 64
