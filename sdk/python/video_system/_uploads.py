"""A file to send: from a path, out of memory, or open already."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

Upload = str | os.PathLike[str] | bytes | BinaryIO


@contextmanager
def opened(file: Upload) -> Iterator[BinaryIO]:
    """
    *file* to read from; what the caller opened stays open.

    Raises:
        TypeError: it is open for text, or no file at all.
    """
    if isinstance(file, (bytes, bytearray, memoryview)):
        yield io.BytesIO(file)
    elif isinstance(file, (str, os.PathLike)):
        with Path(file).open("rb") as content:
            yield content
    elif isinstance(file, io.TextIOBase) or not hasattr(file, "read"):
        raise TypeError(f"a path, bytes or a file opened with 'rb' is needed here, not {type(file).__name__}")
    else:
        yield file


def name_of(content: BinaryIO) -> str:
    """
    What the open file is called.

    Raises:
        TypeError: it has no name.
    """
    name = getattr(content, "name", None)
    if not isinstance(name, str) or not name:
        raise TypeError("filename is needed here, such as filename='film.mp4': the content has no name of its own")
    return Path(name).name


def length_of(content: BinaryIO) -> dict[str, str]:
    """The header that says how much is left to read, where that can be known."""
    if not content.seekable():
        return {}
    at = content.tell()
    end = content.seek(0, os.SEEK_END)
    content.seek(at)
    return {"Content-Length": str(end - at)}
